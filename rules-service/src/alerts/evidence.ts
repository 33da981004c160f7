import { readingValue, type Evidence } from "@headwater/proto";
import { isoFromMicros } from "@headwater/core";
import { ForeignPositionError, UnknownTopicError, type LogRecord } from "@headwater/event-log";
import { decodedTelemetry } from "./decoded-telemetry.ts";
import { derivedSteps, type DerivedStep, type DerivedStepsOptions } from "./derived-steps.ts";

/** Records at most so many offsets apart are read as one range. */
const maxGap = 200;

/** A reading that decided a transition, with its record in the log. */
export interface EvidenceResource {
  readonly role: string;
  readonly metric: string;
  readonly value: number | string;
  readonly eventTime: string;
  readonly identity: {
    readonly gateway: string;
    readonly epoch: number;
    readonly partition: number;
    readonly n: number;
  };
  readonly position: { readonly topic: string; readonly partition: number; readonly offset: number };
  /** null if the log no longer holds the record. */
  readonly record: EvidenceRecord | null;
  /**
   * Of a reading that rules derived, from the last of them back to the first; position and record are those at which
   * they did.
   */
  readonly derived?: readonly DerivedStep[];
}

interface EvidenceRecord {
  readonly device: string;
  readonly appendedAt: string;
  readonly receivedAt: string;
  readonly eventTime: string;
  readonly readings: readonly { readonly metric: string; readonly value: number | boolean | string | null }[];
}

/** Looks evidence up in the log; each record is read once. */
export async function readEvidence(
  evidence: readonly Evidence[],
  options: DerivedStepsOptions,
): Promise<EvidenceResource[]> {
  const { log, topic } = options;
  const records = new Map<string, LogRecord>();
  for (const { partition, offsets } of offsetRanges(evidence)) {
    const wanted = new Set(offsets);
    const range = { fromOffset: offsets[0]!, toOffset: offsets.at(-1)! + 1 };
    try {
      for await (const batch of log.read(topic, partition, range)) {
        for (const record of batch.records) {
          if (wanted.has(record.offset)) records.set(`${partition}/${record.offset}`, record);
        }
      }
    } catch (error) {
      // An event that no rule wrote may name a place that there is not.
      if (!(error instanceof ForeignPositionError || error instanceof UnknownTopicError)) throw error;
    }
  }
  const derived = await derivedSteps(evidence, options);
  return evidence.map((each) => ({
    ...(derived.has(each) && { derived: derived.get(each)! }),
    role: each.role,
    metric: each.metric,
    value: each.text ?? each.value,
    eventTime: isoFromMicros(each.eventTime),
    identity: { gateway: each.gateway, epoch: each.epoch, partition: each.partition, n: each.n },
    position: { topic, partition: each.partition, offset: each.offset },
    record: described(records.get(`${each.partition}/${each.offset}`)),
  }));
}

function offsetRanges(evidence: readonly Evidence[]): { partition: number; offsets: number[] }[] {
  const sorted = evidence.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
  const found: { partition: number; offsets: number[] }[] = [];
  for (const { partition, offset } of sorted) {
    const last = found.at(-1);
    if (last?.partition === partition && offset - last.offsets.at(-1)! <= maxGap) last.offsets.push(offset);
    else found.push({ partition, offsets: [offset] });
  }
  return found;
}

function described(record: LogRecord | undefined): EvidenceRecord | null {
  const telemetry = record && decodedTelemetry(record);
  if (record === undefined || telemetry === undefined) return null;
  return {
    device: telemetry.device,
    appendedAt: isoFromMicros(record.appendTime),
    receivedAt: isoFromMicros(telemetry.receivedAt),
    eventTime: isoFromMicros(telemetry.eventTime),
    readings: telemetry.readings.map((reading) => ({ metric: reading.metric, value: readingValue(reading) ?? null })),
  };
}
