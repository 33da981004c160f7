import type { Interval } from "../conditions/program.ts";

/** Rules that share one range in which none of them is troubled. */
const blockSize = 16;
const blockBits = 4;

/**
 * What a series looks at before it troubles a rule, by the rule's place in its list: a number from `low` up to, not
 * including, `high`, in a reading whose judged time is before `until`, changes nothing. Behind the rules stand the
 * ranges that blocks of them have in common, and last that of all: a reading which concerns no rule is done after one
 * look, and one that concerns a few looks at their blocks alone.
 */
export class QuietRanges {
  readonly #rules: number;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #until: Float64Array;

  private constructor(rules: number, low: Float64Array, high: Float64Array, until: Float64Array) {
    this.#rules = rules;
    this.#low = low;
    this.#high = high;
    this.#until = until;
  }

  /** Of rules that wait for no instant. */
  static of(intervals: readonly Interval[]): QuietRanges {
    const rules = intervals.length;
    const places = rules + Math.ceil(rules / blockSize) + 1;
    const low = new Float64Array(places).fill(-Infinity);
    const high = new Float64Array(places).fill(Infinity);
    const ranges = new QuietRanges(rules, low, high, new Float64Array(places).fill(Infinity));
    for (const [slot, interval] of intervals.entries()) {
      low[slot] = interval.low;
      high[slot] = interval.high;
    }
    for (let first = 0; first < rules; first += blockSize) ranges.#join(first >> blockBits);
    return ranges;
  }

  copy(): QuietRanges {
    return new QuietRanges(this.#rules, this.#low.slice(), this.#high.slice(), this.#until.slice());
  }

  /** The first rule from a slot on that a number concerns; -1: none. */
  next(from: number, value: number, time: number): number {
    const rules = this.#rules;
    if (this.#isQuiet(this.#low.length - 1, value, time)) return -1;
    for (let slot = from; slot < rules; slot++) {
      while ((slot & (blockSize - 1)) === 0 && this.#isQuiet(rules + (slot >> blockBits), value, time)) {
        slot += blockSize;
        if (slot >= rules) return -1;
      }
      if (!this.#isQuiet(slot, value, time)) return slot;
    }
    return -1;
  }

  is(slot: number, { low, high }: Interval, until: number): boolean {
    return this.#low[slot] === low && this.#high[slot] === high && this.#until[slot] === until;
  }

  set(slot: number, { low, high }: Interval, until: number): void {
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#until[slot] = until;
    this.#join(slot >> blockBits);
  }

  #isQuiet(place: number, value: number, time: number): boolean {
    return value >= this.#low[place]! && value < this.#high[place]! && time < this.#until[place]!;
  }

  /** Brings what stands for a block, and for all, in line with its rules. */
  #join(block: number): void {
    const rules = this.#rules;
    const first = block << blockBits;
    this.#intersect(rules + block, first, Math.min(first + blockSize, rules));
    const last = this.#low.length - 1;
    this.#intersect(last, rules, last);
  }

  /** Makes a place the intersection of those from one place up to, not including, another. */
  #intersect(place: number, from: number, to: number): void {
    const [lows, highs, untils] = [this.#low, this.#high, this.#until];
    let low = -Infinity;
    let high = Infinity;
    let until = Infinity;
    for (let each = from; each < to; each++) {
      if (lows[each]! > low) low = lows[each]!;
      if (highs[each]! < high) high = highs[each]!;
      if (untils[each]! < until) until = untils[each]!;
    }
    lows[place] = low;
    highs[place] = high;
    untils[place] = until;
  }
}
