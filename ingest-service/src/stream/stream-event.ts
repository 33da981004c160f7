import {
  alertTransition,
  readingValue,
  type AlertEvent,
  type CommandEvent,
  type TelemetryRecord,
} from "@headwater/proto";
import { readTelemetry, type SeenDerivations } from "@headwater/proto/telemetry";
import { DecodeError, isoFromMicros } from "@headwater/core";
import type { LogRecord } from "@headwater/event-log";
import type { FoldedEvents, RecordSource } from "@headwater/service";
import type { AlertsTold } from "./alerts-told.ts";
import type { CommandsTold } from "./commands-told.ts";
import type { StreamTopic } from "./stream-topic.ts";

/** What a listener was told before. */
export interface ToldBefore {
  readonly alerts: AlertsTold;
  readonly commands: CommandsTold;
  /** Of a partition of telemetry. */
  derivedOf(partition: number): SeenDerivations;
}

/** An event as listeners receive it; undefined for a mark, a tick, what no reader counts, and a repetition. */
export function streamEvent(
  topic: StreamTopic,
  source: RecordSource,
  record: LogRecord,
  folded: FoldedEvents,
  before: ToldBefore,
): object | undefined {
  switch (topic) {
    case "telemetry":
      return telemetry(record, before.derivedOf(source.partition));
    case "alerts":
      return told(folded.alert(source, record), (event) => alert(event, before.alerts));
    case "devices":
      return told(folded.device(source, record), device);
    case "commands":
      return told(folded.command(source, record), (event) =>
        before.commands.accept(event) ? command(event) : undefined,
      );
  }
}

function told<E>(event: E | undefined, tell: (event: E) => object | undefined): object | undefined {
  return event === undefined ? undefined : tell(event);
}

function telemetry({ value, offset }: LogRecord, seen: SeenDerivations): object | undefined {
  try {
    const record = readTelemetry(value);
    if (record.derived !== null && !seen.accept(record.derived, offset)) return undefined;
    return reading(record);
  } catch (error) {
    // It is in quarantine, or will be.
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function reading({ device: id, readings, eventTime, gateway, derived }: TelemetryRecord): object | undefined {
  if (readings.length === 0) return undefined;
  return {
    device: id,
    t: eventTime / 1000,
    ...(gateway !== "" && { gateway }),
    ...(derived !== null && { rule: derived.rule }),
    readings: readings.map((each) => ({
      metric: each.metric,
      value: readingValue(each) ?? null,
      t: (eventTime + each.timeDelta) / 1000,
      ...(each.unit !== "" && { unit: each.unit }),
    })),
  };
}

type DeviceEvent = NonNullable<ReturnType<FoldedEvents["device"]>>;

const transitions = new Map<number, string>(Object.entries(alertTransition).map(([name, kind]) => [kind, name]));

function alert(event: AlertEvent, before: AlertsTold): object | undefined {
  // Of an action, and no transition of the alert.
  if ((event.kind as number) === alertTransition.repeated || !before.accept(event)) return undefined;
  return {
    id: event.alertId,
    transition: event.transition,
    kind: transitions.get(event.kind) ?? String(event.kind),
    rule: event.rule,
    revision: event.revision,
    device: event.device,
    ...(event.gateway !== "" && { gateway: event.gateway }),
    ...(event.reason !== "" && { reason: event.reason }),
    severity: event.severity,
    at: isoFromMicros(event.at),
    metric: event.metric,
    value: event.text ?? event.value,
    threshold: event.threshold,
    amended: event.amended,
    shadow: event.shadow,
    ...(event.cause !== "" && { cause: event.cause }),
    ...(event.by !== "" && { by: event.by }),
    ...(event.comment !== "" && { comment: event.comment }),
    ...((event.kind as number) === alertTransition.assigned && { assignee: event.assignee }),
    ...(event.snoozedUntil !== 0 && { snoozedUntil: isoFromMicros(event.snoozedUntil) }),
    ...(event.mutedBy.length > 0 && { mutedBy: event.mutedBy }),
    ...((event.flapping || (event.kind as number) === alertTransition.flapping) && { flapping: event.flapping }),
  };
}

function device({ id, revision, deleted, type, tags, updatedAt }: DeviceEvent): object {
  return { id, revision, deleted, type, tags: { ...tags }, updatedAt: isoFromMicros(updatedAt) };
}

const steps = ["requested", "claimed", "delivered", "succeeded", "failed", "rejected", "expired", "timedOut"] as const;

function command(event: CommandEvent): object {
  const step = steps.find((each) => event[each] !== null);
  const reply = event.succeeded ?? event.failed ?? event.rejected;
  return {
    commandId: event.commandId,
    device: event.device,
    what: step === "timedOut" ? "timed-out" : (step ?? "unknown"),
    at: isoFromMicros(event.at),
    ...(event.requested !== null && { name: event.requested.name }),
    ...(reply !== null && reply.result !== "" && { result: reply.result }),
  };
}
