import { RebuildError } from "./rebuild-error.ts";
import type { RebuildPartition } from "./rebuild-model.ts";

/**
 * A log that has its first record still has the range whole, as long as it is the log that the store was filled from.
 * One that was made anew knows little of what an older store has.
 */
export function assertSameHistory(partitions: readonly RebuildPartition[]): void {
  if (!partitions.some(({ shadow }) => shadow.fromBeginning)) return;
  const [values, added] = [sumOf(partitions, "values"), sumOf(partitions, "added")];
  if (added <= values) return;
  throw new RebuildError(
    `the store has ${added} values in the range of which the log knows nothing, and the log has ${values}: it began ` +
      "after them, it seems. If they are to go, ask for it with force",
  );
}

function sumOf(partitions: readonly RebuildPartition[], of: "values" | "added"): number {
  return partitions.reduce((sum, { shadow }) => sum + shadow[of], 0);
}
