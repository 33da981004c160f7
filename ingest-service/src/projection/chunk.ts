import type { LogRecord } from "@headwater/event-log";
import type { Point } from "@headwater/time-series";

/** Something of a record that no store takes: the whole, or some of its metrics. */
export interface Refusal {
  /** Index into the chunk's records. */
  readonly source: number;
  readonly reason: string;
  /** Empty: the whole record. */
  readonly metrics: readonly string[];
}

/** A stretch of one partition on its way into the store; its records are settled all together. */
export interface Chunk {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  readonly points: readonly Point[];
  /** For each point the index of its record. */
  readonly sources: readonly number[];
  /** What was refused before the store was asked. */
  readonly refusals: readonly Refusal[];
  /** Aborted when the partition is someone else's. */
  readonly signal: AbortSignal;
  /** Called once all points are stored or quarantined, in the order of the partition's chunks. */
  settled(refusals: readonly Refusal[]): void;
}
