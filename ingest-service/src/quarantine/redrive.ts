import { nowMicros } from "@headwater/core";
import type { OutgoingRecord } from "@headwater/event-log";
import type { QuarantineEntry } from "./quarantine-queries.ts";
import { stepRecord } from "./steps.ts";

/** How an entry is handled again. */
export type Way =
  /** The owner of its partition projects the record in the log, under its identity. */
  | { readonly kind: "projection" }
  /** A gateway makes a new event of the message, or of the record that the log refused. */
  | {
      readonly kind: "gateway";
      readonly what: "decode" | "log";
      readonly payload: Uint8Array;
      readonly mqttTopic: string;
    }
  | { readonly kind: "none"; readonly reason: string };

/** Seconds of the log after which a gateway that has claimed an entry, and says no more, may be passed over. */
const claimMicros = 60_000_000;
const waits = ["quarantined", "dropped"];

export interface RedriveTopics {
  readonly telemetry: string;
  readonly alerts: string;
}

export function wayOf(entry: QuarantineEntry, topics: RedriveTopics): Way {
  const { stage, logTopic, fixedPayload, fixedTopic, payload, mqttTopic, device } = entry;
  const isMessage = logTopic === "";
  if (fixedPayload !== undefined || (fixedTopic !== undefined && isMessage)) {
    const topic = fixedTopic ?? (mqttTopic === "" ? `devices/${device}/telemetry` : mqttTopic);
    return { kind: "gateway", what: "decode", payload: fixedPayload ?? payload, mqttTopic: topic };
  }
  if (stage === "log") {
    if (logTopic === topics.telemetry) return { kind: "gateway", what: "log", payload, mqttTopic: "" };
    return { kind: "none", reason: "it is no telemetry" };
  }
  if (isMessage) {
    if (entry.state === "dropped") return { kind: "none", reason: "its bytes were dropped" };
    return { kind: "gateway", what: "decode", payload, mqttTopic };
  }
  if (logTopic === topics.telemetry || logTopic === topics.alerts) return { kind: "projection" };
  return { kind: "none", reason: "it is no telemetry" };
}

export interface Asked {
  readonly records: readonly OutgoingRecord[];
  /** How many are left as they are, by the reason. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** The requests for these entries, in their order; one that is under way is left to that. */
export function askFor(
  entries: readonly QuarantineEntry[],
  { by, source, topics }: { readonly by: string; readonly source: string; readonly topics: RedriveTopics },
): Asked {
  const at = nowMicros();
  const records: OutgoingRecord[] = [];
  const skipped = new Map<string, number>();
  const skip = (reason: string): void => {
    skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  };
  for (const entry of entries) {
    const isStale = entry.state === "claimed" && at - entry.changedAt > claimMicros;
    if (!waits.includes(entry.state) && !isStale) {
      skip(entry.state);
      continue;
    }
    const way = wayOf(entry, topics);
    if (way.kind === "none") {
      skip(way.reason);
      continue;
    }
    const attempt = entry.attempt + 1;
    const { gateway, incarnation, logTopic, logPartition, logOffset } = entry;
    const step =
      way.kind === "projection"
        ? { attempt, stage: "store", logTopic, logPartition, logOffset, requested: { by } }
        : {
            ...{ attempt, stage: way.what, payload: way.payload, mqttTopic: way.mqttTopic, gateway, at: entry.at },
            ...(incarnation !== undefined && { incarnation }),
            requested: { by },
          };
    records.push(stepRecord(entry, step, { source, at }));
  }
  return { records, skipped };
}
