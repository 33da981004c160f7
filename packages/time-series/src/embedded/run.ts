/**
 * A run: points of one series in time order, each time once. Arrival order decides which value a time keeps:
 * the last one written.
 */
export type Values = Float64Array | readonly string[];

export interface Run {
  readonly times: Float64Array;
  readonly values: Values;
}

export const EMPTY_NUMBERS: Run = { times: new Float64Array(0), values: new Float64Array(0) };

/** Orders points that are given as they arrived. */
export function runOfArrivals(times: Float64Array, values: Values): Run {
  if (isStrictlyRising(times)) return { times, values };
  const order = Uint32Array.from(times.keys());
  order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
  const kept = order.filter((at, i) => i + 1 === order.length || times[at] !== times[order[i + 1] as number]);
  return { times: Float64Array.from(kept, (at) => times[at] as number), values: pick(values, kept) };
}

/** Both together; where both have a time, the newer one's value. */
export function mergeRuns(older: Run, newer: Run): Run {
  const n = older.times.length;
  const m = newer.times.length;
  if (n === 0) return newer;
  if (m === 0) return older;
  const times = new Float64Array(n + m);
  const values: (number | string)[] | Float64Array =
    older.values instanceof Float64Array ? new Float64Array(n + m) : Array.from<string>({ length: n + m });
  let i = 0;
  let j = 0;
  let k = 0;
  while (i < n || j < m) {
    const a = i < n ? (older.times[i] as number) : Infinity;
    const b = j < m ? (newer.times[j] as number) : Infinity;
    if (b <= a) {
      times[k] = b;
      values[k] = newer.values[j] as never;
      j++;
      if (a === b) i++;
    } else {
      times[k] = a;
      values[k] = older.values[i] as never;
      i++;
    }
    k++;
  }
  return sliceRun({ times, values: values as Values }, 0, k);
}

export function sliceRun(run: Run, start: number, end: number): Run {
  if (start === 0 && end === run.times.length) return run;
  const values = run.values;
  return {
    times: run.times.subarray(start, end),
    values: values instanceof Float64Array ? values.subarray(start, end) : values.slice(start, end),
  };
}

/** The part in [from, to). */
export function clipRun(run: Run, from: number, to: number): Run {
  return sliceRun(run, lowerBound(run.times, from), lowerBound(run.times, to));
}

/** Index of the first time at or after `time`. */
export function lowerBound(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isStrictlyRising(times: Float64Array): boolean {
  for (let i = 1; i < times.length; i++) if ((times[i] as number) <= (times[i - 1] as number)) return false;
  return true;
}

function pick(values: Values, at: Uint32Array): Values {
  return values instanceof Float64Array
    ? Float64Array.from(at, (i) => values[i] as number)
    : Array.from(at, (i) => values[i] as string);
}
