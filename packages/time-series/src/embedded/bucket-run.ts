import type { Summary } from "./summary.ts";

/** Buckets of a series in their order, a column for each of what is known of them. */
export interface BucketRun {
  readonly starts: Float64Array;
  readonly counts: Float64Array;
  /** Of numbers, if they are wanted: the first, last, least and greatest of each bucket, one after the other. */
  readonly numbers?: Float64Array;
  readonly sums?: Float64Array;
  /** Of texts: the first and last of each bucket. */
  readonly texts?: readonly string[];
}

export function sliceBuckets(run: BucketRun, from: number, to: number): BucketRun {
  const { starts, counts, numbers, sums, texts } = run;
  if (from === 0 && to === starts.length) return run;
  return {
    starts: starts.subarray(from, to),
    counts: counts.subarray(from, to),
    ...(numbers !== undefined && { numbers: numbers.subarray(4 * from, 4 * to) }),
    ...(sums !== undefined && { sums: sums.subarray(from, to) }),
    ...(texts !== undefined && { texts: texts.slice(2 * from, 2 * to) }),
  };
}

/** The buckets [from, to) together; `to` > `from`. Without `numbers` only count and sum mean something. */
export function summarizeBuckets({ counts, numbers, sums, texts }: BucketRun, from: number, to: number): Summary {
  let count = 0;
  for (let i = from; i < to; i++) count += counts[i]!;
  let [sum, min, max] = [0, Infinity, -Infinity];
  if (sums === undefined) return { count, sum, min, max, first: texts![2 * from]!, last: texts![2 * to - 1]! };
  for (let i = from; i < to; i++) sum += sums[i]!;
  if (numbers === undefined) return { count, sum, min, max, first: Number.NaN, last: Number.NaN };
  for (let i = from; i < to; i++) {
    if (numbers[4 * i + 2]! < min) min = numbers[4 * i + 2]!;
    if (numbers[4 * i + 3]! > max) max = numbers[4 * i + 3]!;
  }
  return { count, sum, min, max, first: numbers[4 * from]!, last: numbers[4 * to - 3]! };
}
