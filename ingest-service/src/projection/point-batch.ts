import type { Point } from "@headwater/time-series";
import type { PartitionRecords, Refusal } from "../quarantine/refusal.ts";

/** A stretch of one partition on its way into the store; its records are settled all together. */
export interface PointBatch extends PartitionRecords {
  readonly points: readonly Point[];
  /** For each point the index of its record. */
  readonly sources: readonly number[];
  /** What was refused before the store was asked. */
  readonly refusals: readonly Refusal[];
  /** Aborted when the partition is someone else's. */
  readonly signal: AbortSignal;
  /** Called once all points are stored or quarantined, in the order of the partition's pointBatches. */
  onDurable(refusals: readonly Refusal[]): void;
}
