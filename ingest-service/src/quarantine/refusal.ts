import { DecodeError } from "@headwater/core";
import type { LogRecord } from "@headwater/event-log";

/** Consecutive records of one partition. */
export interface PartitionRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
}

/** A part of a record that no store takes: the whole, or some of its metrics. */
export interface Refusal {
  /** Index into the records that were projected together. */
  readonly source: number;
  readonly reason: string;
  /** Which limit it is beyond, if that is why; else "". */
  readonly cause: string;
  /** Empty: the whole record. */
  readonly metrics: ReadonlySet<string>;
}

const noMetrics: ReadonlySet<string> = new Set();

/** All refusals of one record. */
export interface RecordRefusal {
  reason: string;
  cause: string;
  metrics: Set<string> | "all";
}

/** The refusal of a record that cannot be decoded. Rethrows an error that is no fault of the record. */
export function undecodable(error: unknown, source: number): Refusal {
  if (!(error instanceof DecodeError)) throw error;
  return { source, reason: error.message.slice(0, 1000), cause: "", metrics: noMetrics };
}

/** The refusals of each record as one, by the record's index. */
export function mergeRefusals(refusals: readonly Refusal[]): Map<number, RecordRefusal> {
  const merged = new Map<number, RecordRefusal>();
  for (const { source, reason, cause, metrics } of refusals) {
    const present = merged.get(source) ?? { reason, cause, metrics: new Set<string>() };
    merged.set(source, present);
    if (present.cause === "") present.cause = cause;
    if (metrics.size === 0) present.metrics = "all";
    else if (present.metrics !== "all") for (const metric of metrics) present.metrics.add(metric);
    if (!present.reason.includes(reason) && present.reason.length < 1000) present.reason += `; ${reason}`;
  }
  return merged;
}
