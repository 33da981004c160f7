import { Pace } from "@headwater/core";

/** A time during which something was in one state; times in µs. */
export interface StateInterval {
  readonly state: string | number;
  readonly from: number;
  /** Where the range ends, if it went on. */
  readonly to: number;
  /** Whether it was still so at the end of the range. */
  readonly open: boolean;
  /** Readings that said so, within the range. */
  readonly count?: number;
  readonly [detail: string]: unknown;
}

export interface StateTotal {
  readonly state: string | number;
  readonly intervals: number;
  readonly seconds: number;
  readonly count?: number;
}

/** How often and for how long each state was, the longest first. */
export async function totalsOf(intervals: readonly StateInterval[]): Promise<readonly StateTotal[]> {
  const pace = new Pace();
  const totals = new Map<string | number, { intervals: number; micros: number; count: number | undefined }>();
  for (const { state, from, to, count } of intervals) {
    if (pace.isDue) await pace.rest();
    const known = totals.get(state) ?? { intervals: 0, micros: 0, count: undefined };
    known.intervals += 1;
    known.micros += to - from;
    if (count !== undefined) known.count = (known.count ?? 0) + count;
    totals.set(state, known);
  }
  return [...totals]
    .map(([state, { intervals: many, micros, count }]) => ({
      state,
      intervals: many,
      seconds: micros / 1e6,
      ...(count !== undefined && { count }),
    }))
    .toSorted((a, b) => b.seconds - a.seconds);
}
