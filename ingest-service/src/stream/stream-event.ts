import { alertTransition, events, readingValue, type TelemetryRecord } from "@headwater/proto";
import { isoFromMicros } from "@headwater/core";
import type { StreamTopic } from "./stream-topic.ts";

/** An event as listeners receive it; undefined for a mark or a tick. Throws DecodeError. */
export function streamEvent(topic: StreamTopic, value: Uint8Array): object | undefined {
  switch (topic) {
    case "telemetry":
      return telemetry(events.telemetry.decode(value));
    case "alerts":
      return alert(value);
    case "devices":
      return device(value);
    case "commands":
      return command(value);
  }
}

function telemetry({ device: id, readings, eventTime, gateway, derived }: TelemetryRecord): object | undefined {
  if (readings.length === 0) return undefined;
  return {
    device: id,
    t: eventTime / 1000,
    ...(gateway !== "" && { gateway }),
    ...(derived !== null && { rule: derived.rule }),
    readings: readings.map((reading) => ({
      metric: reading.metric,
      value: readingValue(reading) ?? null,
      t: (eventTime + reading.timeDelta) / 1000,
      ...(reading.unit !== "" && { unit: reading.unit }),
    })),
  };
}

const transitions = new Map<number, string>(Object.entries(alertTransition).map(([name, kind]) => [kind, name]));

function alert(value: Uint8Array): object {
  const event = events.alert.decode(value);
  return {
    id: event.alertId,
    transition: event.transition,
    kind: transitions.get(event.kind) ?? String(event.kind),
    rule: event.rule,
    revision: event.revision,
    device: event.device,
    severity: event.severity,
    at: isoFromMicros(event.at),
    metric: event.metric,
    value: event.value,
    threshold: event.threshold,
    amended: event.amended,
    shadow: event.shadow,
    ...(event.cause !== "" && { cause: event.cause }),
    ...(event.by !== "" && { by: event.by }),
  };
}

function device(value: Uint8Array): object {
  const { id, revision, deleted, type, tags, updatedAt } = events.device.decode(value);
  return { id, revision, deleted, type, tags: { ...tags }, updatedAt: isoFromMicros(updatedAt) };
}

const steps = ["requested", "claimed", "delivered", "succeeded", "failed", "rejected", "expired", "timedOut"] as const;

function command(value: Uint8Array): object {
  const event = events.command.decode(value);
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
