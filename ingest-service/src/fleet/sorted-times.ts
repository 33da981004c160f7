import { sharedTurn } from "@headwater/core";

/** Times that are sorted, or put in order, in one turn of the event loop. */
const SLICE = 16_384;

/** So many times in order, put there in slices: there may be millions of them. */
export async function sortedTimes(unsorted: Iterable<number>, count: number): Promise<Float64Array> {
  let times = new Float64Array(count);
  let filled = 0;
  for (const time of unsorted) {
    times[filled++] = time;
    if (filled % SLICE === 0) await sharedTurn();
  }
  for (let start = 0; start < count; start += SLICE) {
    times.subarray(start, start + SLICE).sort();
    if (count > SLICE) await sharedTurn();
  }
  let next = new Float64Array(count > SLICE ? count : 0);
  for (let length = SLICE; length < count; length *= 2) {
    for (let start = 0; start < count; start += 2 * length) {
      const runs = [times.subarray(start, start + length), times.subarray(start + length, start + 2 * length)] as const;
      await mergeInto(next.subarray(start), ...runs);
    }
    [times, next] = [next, times];
  }
  return times;
}

async function mergeInto(both: Float64Array, a: Float64Array, b: Float64Array): Promise<void> {
  const count = a.length + b.length;
  let [i, j] = [0, 0];
  for (let from = 0; from < count; from += SLICE) {
    const to = Math.min(count, from + SLICE);
    for (let k = from; k < to; k++) both[k] = j === b.length || (i < a.length && a[i]! <= b[j]!) ? a[i++]! : b[j++]!;
    await sharedTurn();
  }
}
