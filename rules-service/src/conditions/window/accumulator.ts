import type { Reading, Value } from "../../readings/reading.ts";

/** What a list of parts has in a place: a number, or plain immutable data. */
export type Part = number | string | readonly unknown[] | null;

/**
 * A part of a window as the few numbers that its aggregate needs. They lie side by side in lists, so that a part is no
 * object of its own; what a place holds that is no number is plain immutable data. `merge` goes in the order of time.
 */
export interface Accumulator {
  /** A part that means nothing, with as many places as a part takes. */
  readonly blank: readonly Part[];
  /** Writes the part of a reading. */
  of(reading: Reading, parts: Part[], at: number): void;
  /** Adds a later part, which lies in another list or another place. */
  merge(parts: Part[], at: number, later: readonly Part[], from: number): void;
  /** Of sums: in which places of a part the sum and the count lie, of which the value is made; -1: in none. */
  readonly sums?: { readonly sum: number; readonly count: number };
  /** Of the least or the greatest. */
  readonly extreme?: "min" | "max";
  /** undefined: not known. */
  value(parts: readonly Part[], at: number): Value | undefined;
  /** Of no reading at all. */
  readonly empty: Value | undefined;
}

/** Adds to a sum: a double, and in the next place what rounding left off, so that any window people use is exact. */
function plus(parts: number[], at: number, b: number, restB: number): void {
  // Knuth's TwoSum; see Ogita, Rump and Oishi, "Accurate Sum and Dot Product", 2005.
  const a = parts[at]!;
  const sum = a + b;
  const part = sum - a;
  const rest = a - (sum - part) + (b - part) + parts[at + 1]! + restB;
  const total = sum + rest;
  parts[at] = total;
  parts[at + 1] = rest - (total - sum);
}

function numberOf({ value }: Reading): number {
  return typeof value === "number" ? value : Number.NaN;
}

const sum: Accumulator = {
  blank: [0.5, 0.5],
  of(reading, parts: number[], at) {
    parts[at] = numberOf(reading);
    parts[at + 1] = 0;
  },
  merge: (parts: number[], at, later: readonly number[], from) => plus(parts, at, later[from]!, later[from + 1]!),
  value: (parts: readonly number[], at) => parts[at],
  empty: 0,
  sums: { sum: 0, count: -1 },
};

/** A sum, and how many they are. */
const mean: Accumulator = {
  blank: [0.5, 0.5, 0.5],
  of(reading, parts: number[], at) {
    parts[at] = numberOf(reading);
    parts[at + 1] = 0;
    parts[at + 2] = 1;
  },
  merge(parts: number[], at, later: readonly number[], from) {
    plus(parts, at, later[from]!, later[from + 1]!);
    parts[at + 2] = parts[at + 2]! + later[from + 2]!;
  },
  value: (parts: readonly number[], at) => parts[at]! / parts[at + 2]!,
  empty: undefined,
  sums: { sum: 0, count: 2 },
};

/** Count, mean and squares: moments by Chan, Golub and LeVeque's pairwise update (1979). */
const stddev: Accumulator = {
  blank: [0.5, 0.5, 0.5],
  of(reading, parts: number[], at) {
    parts[at] = 1;
    parts[at + 1] = numberOf(reading);
    parts[at + 2] = 0;
  },
  merge(parts: number[], at, later: readonly number[], from) {
    const [earlierCount, laterCount] = [parts[at]!, later[from]!];
    const all = earlierCount + laterCount;
    const delta = later[from + 1]! - parts[at + 1]!;
    parts[at] = all;
    parts[at + 1] = parts[at + 1]! + (delta * laterCount) / all;
    parts[at + 2] = parts[at + 2]! + later[from + 2]! + (delta * delta * earlierCount * laterCount) / all;
  },
  // Of the readings themselves (population), so that one reading has 0.
  value: (parts: readonly number[], at) => Math.sqrt(parts[at + 2]! / parts[at]!),
  empty: undefined,
};

/** One number, of which two make one. */
function oneNumber(
  of: (reading: Reading) => number,
  merge: (earlier: number, later: number) => number,
  empty: Value | undefined,
): Accumulator {
  return {
    blank: [0.5],
    of(reading, parts, at) {
      parts[at] = of(reading);
    },
    merge(parts: number[], at, later: readonly number[], from) {
      parts[at] = merge(parts[at]!, later[from]!);
    },
    value: (parts: readonly number[], at) => parts[at],
    empty,
  };
}

/** Something else in one place, of which two make one. */
function onePlace<A extends Part>(
  of: (reading: Reading) => A,
  merge: (earlier: A, later: A) => A,
  value: (part: A) => Value | undefined,
  empty: Value | undefined,
): Accumulator {
  return {
    blank: [null],
    of(reading, parts, at) {
      parts[at] = of(reading);
    },
    merge(parts, at, later, from) {
      parts[at] = merge(parts[at] as A, later[from] as A);
    },
    value: (parts, at) => value(parts[at] as A),
    empty,
  };
}

const count: Accumulator = {
  ...oneNumber(
    () => 1,
    (a, b) => a + b,
    0,
  ),
  sums: { sum: -1, count: 0 },
};
const min: Accumulator = { ...oneNumber(numberOf, Math.min, undefined), extreme: "min" };
const max: Accumulator = { ...oneNumber(numberOf, Math.max, undefined), extreme: "max" };
const first = onePlace<Value>(
  ({ value }) => value,
  (earlier) => earlier,
  (value) => value,
  undefined,
);
const last = onePlace<Value>(
  ({ value }) => value,
  (_, later) => later,
  (value) => value,
  undefined,
);
/** The last of numbers alone. */
export const lastNumber = oneNumber(numberOf, (_, later) => later, undefined);

/** Most distinct values that are told apart in a window; beyond them the count stays. */
export const maxDistinct = 1000;

const distinct = onePlace<readonly Value[]>(
  ({ value }) => [value],
  (a, b) => {
    const all = new Set(a);
    for (const value of b) if (all.size < maxDistinct) all.add(value);
    return all.size === a.length ? a : [...all];
  },
  (values) => values.length,
  0,
);

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

function mergeBuckets(a: Buckets, b: Buckets): Buckets {
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
}

function percentile(percent: number): Accumulator {
  return onePlace<Buckets>(
    (reading) => [[bucketOf(numberOf(reading)), 1]],
    mergeBuckets,
    (buckets) => {
      const total = buckets.reduce((all, [, each]) => all + each, 0);
      // Nearest rank.
      let left = Math.max(1, Math.ceil((percent / 100) * total));
      for (const [bucket, each] of buckets) {
        left -= each;
        if (left <= 0) return middleOf(bucket);
      }
      return undefined;
    },
    undefined,
  );
}

/** First reading and its time, last reading and its time: their difference a `per`; not known below `least` of time. */
export function rateOf(per: number, least: number): Accumulator {
  return {
    blank: [0.5, 0.5, 0.5, 0.5],
    of(reading, parts: number[], at) {
      const value = numberOf(reading);
      parts[at] = value;
      parts[at + 1] = reading.time;
      parts[at + 2] = value;
      parts[at + 3] = reading.time;
    },
    merge(parts: number[], at, later: readonly number[], from) {
      parts[at + 2] = later[from + 2]!;
      parts[at + 3] = later[from + 3]!;
    },
    value(parts: readonly number[], at) {
      const [from, to] = [parts[at + 1]!, parts[at + 3]!];
      return to - from < least || to === from ? undefined : ((parts[at + 2]! - parts[at]!) / (to - from)) * per;
    },
    empty: undefined,
  };
}

const simple = { mean, min, max, sum, count, stddev, first, last, distinct } as const;

/** Whether the aggregate takes numbers alone. */
export function isNumeric(aggregate: string): boolean {
  return !["count", "first", "last", "distinct"].includes(aggregate);
}

/** `aggregate` is one of the language: mean, min, max, sum, count, stddev, first, last, distinct, p1 to p99. */
export function accumulatorOf(aggregate: string): Accumulator {
  return simple[aggregate as keyof typeof simple] ?? percentile(Number(aggregate.slice(1)));
}

/** Copies a part. */
export function copyPart(width: number, to: Part[], at: number, parts: readonly Part[], from: number): void {
  for (let place = 0; place < width; place++) to[at + place] = parts[from + place]!;
}
