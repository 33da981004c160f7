import type { Reading, Value } from "../../readings/reading.ts";

/**
 * A part of a window as the few numbers that its aggregate needs. Plain immutable data; the order of `merge` is that of
 * time.
 */
export interface Accumulator<A> {
  of(reading: Reading): A;
  merge(earlier: A, later: A): A;
  /** undefined: not known. */
  value(part: A): Value | undefined;
  /** Of no reading at all. */
  readonly empty: Value | undefined;
}

/** The sum as a double and what rounding left off, so that it is exact to the last bit for any window people use. */
type Sum = readonly [sum: number, rest: number];

function plus([a, restA]: Sum, [b, restB]: Sum): Sum {
  // Knuth's TwoSum; see Ogita, Rump and Oishi, "Accurate Sum and Dot Product", 2005.
  const sum = a + b;
  const part = sum - a;
  const rest = a - (sum - part) + (b - part) + restA + restB;
  const total = sum + rest;
  return [total, rest - (total - sum)];
}

function numberOf({ value }: Reading): number {
  return typeof value === "number" ? value : Number.NaN;
}

const sum: Accumulator<Sum> = {
  of: (reading) => [numberOf(reading), 0],
  merge: plus,
  value: ([total]) => total,
  empty: 0,
};

interface Mean {
  readonly sum: Sum;
  readonly count: number;
}

const mean: Accumulator<Mean> = {
  of: (reading) => ({ sum: [numberOf(reading), 0], count: 1 }),
  merge: (a, b) => ({ sum: plus(a.sum, b.sum), count: a.count + b.count }),
  value: ({ sum: [total], count }) => total / count,
  empty: undefined,
};

/** Moments by Chan, Golub and LeVeque's pairwise update (1979). */
interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

const stddev: Accumulator<Moments> = {
  of: (reading) => ({ count: 1, mean: numberOf(reading), squares: 0 }),
  merge(a, b) {
    const count = a.count + b.count;
    const delta = b.mean - a.mean;
    return {
      count,
      mean: a.mean + (delta * b.count) / count,
      squares: a.squares + b.squares + (delta * delta * a.count * b.count) / count,
    };
  },
  // Of the readings themselves (population), so that one reading has 0.
  value: ({ count, squares }) => Math.sqrt(squares / count),
  empty: undefined,
};

const count: Accumulator<number> = { of: () => 1, merge: (a, b) => a + b, value: (all) => all, empty: 0 };
const min: Accumulator<number> = { of: numberOf, merge: Math.min, value: (least) => least, empty: undefined };
const max: Accumulator<number> = { of: numberOf, merge: Math.max, value: (most) => most, empty: undefined };
const first: Accumulator<Value> = {
  of: ({ value }) => value,
  merge: (earlier) => earlier,
  value: (value) => value,
  empty: undefined,
};
const last: Accumulator<Value> = { ...first, merge: (_, later) => later };

/** Most distinct values that are told apart in a window; beyond them the count stays. */
export const maxDistinct = 1000;

const distinct: Accumulator<readonly Value[]> = {
  of: ({ value }) => [value],
  merge(a, b) {
    const all = new Set(a);
    for (const value of b) if (all.size < maxDistinct) all.add(value);
    return all.size === a.length ? a : [...all];
  },
  value: (values) => values.length,
  empty: 0,
};

/**
 * Counts in buckets whose bounds grow by a hundredth, so that a percentile is at most half a hundredth off (Masson, Rim
 * and Lee, "DDSketch", 2019). Negative values have negative buckets; 0 has its own.
 */
const growth = Math.log(1.01);
type Buckets = readonly (readonly [bucket: number, count: number])[];
/** Distance of the buckets of positive values from those of negative ones: log(1e-308) lies above its negative. */
const bucketOffset = 100_000;

function bucketOf(value: number): number {
  if (value === 0) return 0;
  const bucket = Math.ceil(Math.log(Math.abs(value)) / growth) + bucketOffset;
  return value > 0 ? bucket : -bucket;
}

function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const upper = Math.exp((Math.abs(bucket) - bucketOffset) * growth);
  // The bucket of the greatest number reaches beyond it.
  const middle = Math.min(Number.MAX_VALUE, upper * (2 / (1 + Math.exp(growth))));
  return bucket > 0 ? middle : -middle;
}

function percentile(percent: number): Accumulator<Buckets> {
  return {
    of: (reading) => [[bucketOf(numberOf(reading)), 1]],
    merge(a, b) {
      const merged: (readonly [number, number])[] = [];
      for (let i = 0, j = 0; i < a.length || j < b.length;) {
        const [x, y] = [a[i], b[j]];
        if (y === undefined || (x !== undefined && x[0] < y[0])) {
          merged.push(x!);
          i++;
        } else if (x === undefined || y[0] < x[0]) {
          merged.push(y);
          j++;
        } else {
          merged.push([x[0], x[1] + y[1]]);
          i++;
          j++;
        }
      }
      return merged;
    },
    value(buckets) {
      const total = buckets.reduce((all, [, each]) => all + each, 0);
      // Nearest rank.
      let left = Math.max(1, Math.ceil((percent / 100) * total));
      for (const [bucket, each] of buckets) {
        left -= each;
        if (left <= 0) return middleOf(bucket);
      }
      return undefined;
    },
    empty: undefined,
  };
}

/** First and last reading with their times, for rates. */
interface Ends {
  readonly first: number;
  readonly from: number;
  readonly last: number;
  readonly to: number;
}

/** (last - first) / their time, a `per`; not known below `least` of time between them. */
export function rateOf(per: number, least: number): Accumulator<Ends> {
  return {
    of: (reading) => ({ first: numberOf(reading), from: reading.time, last: numberOf(reading), to: reading.time }),
    merge: (a, b) => ({ first: a.first, from: a.from, last: b.last, to: b.to }),
    value: ({ first: begin, from, last: end, to }) =>
      to - from < least || to === from ? undefined : ((end - begin) / (to - from)) * per,
    empty: undefined,
  };
}

const simple = { mean, min, max, sum, count, stddev, first, last, distinct } as const;

/** Whether the aggregate takes numbers alone. */
export function isNumeric(aggregate: string): boolean {
  return !["count", "first", "last", "distinct"].includes(aggregate);
}

/** `aggregate` is one of the language: mean, min, max, sum, count, stddev, first, last, distinct, p1 to p99. */
export function accumulatorOf(aggregate: string): Accumulator<unknown> {
  const known = simple[aggregate as keyof typeof simple] as Accumulator<unknown> | undefined;
  return known ?? percentile(Number(aggregate.slice(1)));
}
