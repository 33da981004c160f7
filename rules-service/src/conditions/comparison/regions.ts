import type { Interval } from "../program.ts";
import type { Verdict } from "../verdict.ts";

const view = new DataView(new ArrayBuffer(8));

/** The least double that is greater; of the greatest it is infinity. */
export function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  view.setBigInt64(0, value > 0 ? bits + 1n : bits - 1n);
  return view.getFloat64(0);
}

/**
 * The line of numbers, cut where the verdict changes: whatever the comparison, a number is judged by the region that it
 * lies in, and another of the same region changes nothing.
 */
export class Regions {
  readonly #starts: Float64Array;
  readonly #verdicts: readonly Verdict[];
  /** By verdict; undefined: it has several regions, or none. */
  readonly #intervals: readonly (Interval | undefined)[];

  /** `judge` has to be constant between neighbours of the bounds. */
  constructor(bounds: readonly number[], judge: (value: number) => Verdict) {
    const candidates = new Set([-Infinity, ...bounds.flatMap((bound) => [bound, nextUp(bound)])]);
    const starts: number[] = [];
    const verdicts: Verdict[] = [];
    for (const start of [...candidates].toSorted((a, b) => a - b)) {
      const verdict = judge(start);
      if (verdict === verdicts.at(-1)) continue;
      starts.push(start);
      verdicts.push(verdict);
    }
    this.#starts = Float64Array.from(starts);
    this.#verdicts = verdicts;
    const intervals: (Interval | undefined)[] = [];
    for (const [index, verdict] of verdicts.entries()) {
      const isOnly = verdicts.indexOf(verdict) === verdicts.lastIndexOf(verdict);
      intervals[verdict] = isOnly ? { low: starts[index]!, high: starts[index + 1] ?? Infinity } : undefined;
    }
    this.#intervals = intervals;
  }

  verdict(value: number): Verdict {
    return this.#verdicts[this.#indexOf(value)]!;
  }

  around(value: number): Interval {
    const index = this.#indexOf(value);
    return { low: this.#starts[index]!, high: this.#starts[index + 1] ?? Infinity };
  }

  /** Every number of a verdict that has one region; undefined if it has several or none. */
  of(verdict: Verdict): Interval | undefined {
    return this.#intervals[verdict];
  }

  /** The same together with its neighbours of steady verdicts. */
  steady(verdict: Verdict, isSteady: (verdict: Verdict) => boolean): Interval | undefined {
    if (this.#intervals[verdict] === undefined || !isSteady(verdict)) return this.#intervals[verdict];
    return this.#calmFrom(this.#verdicts.indexOf(verdict), isSteady);
  }

  /** Numbers around one, up to the first whose verdict is not steady. */
  calm(value: number, isSteady: (verdict: Verdict) => boolean): Interval | undefined {
    const index = this.#indexOf(value);
    return isSteady(this.#verdicts[index]!) ? this.#calmFrom(index, isSteady) : undefined;
  }

  #calmFrom(index: number, isSteady: (verdict: Verdict) => boolean): Interval {
    const verdicts = this.#verdicts;
    let first = index;
    let last = index;
    while (first > 0 && isSteady(verdicts[first - 1]!)) first--;
    while (last + 1 < verdicts.length && isSteady(verdicts[last + 1]!)) last++;
    return { low: this.#starts[first]!, high: this.#starts[last + 1] ?? Infinity };
  }

  #indexOf(value: number): number {
    const starts = this.#starts;
    let index = starts.length - 1;
    while (value < starts[index]!) index--;
    return index;
  }
}
