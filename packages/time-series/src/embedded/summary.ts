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

/** Of two runs, one after the other, either of which may be missing; changes neither. */
export function joinSummaries(earlier: Summary | undefined, later: Summary | undefined): Summary | undefined {
  if (earlier === undefined || later === undefined) return earlier ?? later;
  return {
    count: earlier.count + later.count,
    sum: earlier.sum + later.sum,
    min: Math.min(earlier.min, later.min),
    max: Math.max(earlier.max, later.max),
    first: earlier.first,
    last: later.last,
  };
}
