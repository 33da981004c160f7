import type { RulesConfig } from "../config.ts";
import type { Uncovered } from "./uncovered.ts";

/** Between two checkpoints that no limit asks for (milliseconds). */
const leastMs = 5000;
/** Of the telemetry's bytes, how many the state log's may be. */
const share = 0.1;

export type CheckpointLimits = Pick<RulesConfig, "checkpointMs" | "checkpointRecords" | "replayMs">;

/** What a checkpoint may take in the state log (bytes). */
export function allowedBytes({ bytes }: Uncovered): number {
  return share * bytes;
}

/**
 * Whether a checkpoint is due so many milliseconds after the last: as soon as it takes no more than it may, and at the
 * latest when a restart would have to go through too much again. `partitions`: how many a restart goes through;
 * `cost`: what the checkpoint is going to take (bytes).
 */
export function isCheckpointDue(
  uncovered: Uncovered,
  sinceMs: number,
  limits: CheckpointLimits,
  partitions: number,
  cost: () => number,
): boolean {
  if (uncovered.count === 0) return false;
  if (sinceMs >= limits.checkpointMs || uncovered.count >= limits.checkpointRecords) return true;
  if (uncovered.milliseconds >= limits.replayMs / Math.max(1, partitions)) return true;
  if (sinceMs < leastMs) return false;
  return uncovered.hasWarmed || cost() <= allowedBytes(uncovered);
}
