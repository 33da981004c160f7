import type { Point } from "@headwater/time-series";
import type { PartitionRecords, Refusal } from "../quarantine/refusal.ts";

/** What a point holds beside the values that its record brought: objects, numbers, its line on the way to the store. */
const pointBytes = 300;

/** Memory that so many points, and the values of their records, hold. */
export function heldBytes(valueBytes: number, points: number): number {
  return valueBytes + points * pointBytes;
}

/** The points of consecutive records of one partition. The records count as projected all together. */
export interface PointBatch extends PartitionRecords {
  readonly points: readonly Point[];
  /** For each point the index of its record. */
  readonly sources: readonly number[];
  /** Memory that its records and points hold, approximately. */
  readonly bytes: number;
  /** Refusals that precede the write to the store. */
  readonly refusals: readonly Refusal[];
  /** Devices that are met in it in a higher incarnation than before: their predecessors' data may have to go first. */
  readonly met?: ReadonlyMap<string, number>;
  /** Done instead of a write, in its place among the writes; repeated while the store is away. */
  readonly task?: () => Promise<void>;
  /** Aborted when this instance loses the partition. */
  readonly signal: AbortSignal;
  /** Called once every point is stored or quarantined, in the order of the partition's batches. */
  onDurable(refusals: readonly Refusal[]): void;
}
