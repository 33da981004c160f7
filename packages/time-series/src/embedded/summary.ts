import type { Values } from "./run.ts";

/**
 * From it any aggregate of a run of numbers can be computed; of text only the count, first and last mean
 * something.
 */
export interface Summary {
  count: number;
  sum: number;
  min: number;
  max: number;
  first: number | string;
  last: number | string;
}

/** Takes `values[start, end)` into a summary of the values before (absent: there are none); `end` > `start`. */
export function summarize(values: Values, start: number, end: number, before?: Summary): Summary {
  const first = values[start] as number | string;
  const summary = before ?? { count: 0, sum: 0, min: Infinity, max: -Infinity, first, last: first };
  summary.count += end - start;
  summary.last = values[end - 1] as number | string;
  if (!(values instanceof Float64Array)) return summary;
  let { sum, min, max } = summary;
  for (let i = start; i < end; i++) {
    const value = values[i] as number;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  summary.sum = sum;
  summary.min = min;
  summary.max = max;
  return summary;
}

/** Takes a later run into a summary. */
export function addSummary(before: Summary | undefined, later: Summary): Summary {
  if (before === undefined) return { ...later };
  before.count += later.count;
  before.sum += later.sum;
  before.min = Math.min(before.min, later.min);
  before.max = Math.max(before.max, later.max);
  before.last = later.last;
  return before;
}
