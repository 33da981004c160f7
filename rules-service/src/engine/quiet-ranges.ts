import type { Interval } from "../conditions/program.ts";

/** Rules that share one range in which none of them is troubled. */
const blockSize = 16;
const blockBits = 4;
/** Numbers of a place: `low`, `high` and `until`. */
const stride = 3;

/**
 * What a series looks at before it troubles a rule, by the rule's place in its list: a number from `low` up to, not
 * including, `high`, in a reading whose judged time is before `until`, changes nothing. Behind the rules stand the
 * ranges that blocks of them have in common, and last that of all: a reading which concerns no rule is done after one
 * look, and one that concerns a few looks at their blocks alone.
 */
export class QuietRanges {
  readonly #rules: number;
  /** Of each place the three numbers in their order, so that they lie in one line of the processor's cache. */
  readonly #numbers: number[];

  private constructor(rules: number, numbers: number[]) {
    this.#rules = rules;
    this.#numbers = numbers;
  }

  /** Of rules that wait for no instant. */
  static of(intervals: readonly Interval[]): QuietRanges {
    const rules = intervals.length;
    // What one rule has is that of all.
    const places = rules === 1 ? 1 : rules + Math.ceil(rules / blockSize) + 1;
    const ranges = new QuietRanges(rules, everyNumber(places));
    for (const [slot, interval] of intervals.entries()) ranges.#put(slot, interval.low, interval.high, Infinity);
    for (let first = 0; first < rules; first += blockSize) ranges.#join(first >> blockBits);
    return ranges;
  }

  copy(): QuietRanges {
    return new QuietRanges(this.#rules, this.#numbers.slice());
  }

  /** The first rule from a slot on that a number concerns; -1: none. */
  next(from: number, value: number, time: number): number {
    const rules = this.#rules;
    if (this.#isQuiet(this.#numbers.length - stride, value, time)) return -1;
    for (let slot = from; slot < rules; slot++) {
      while ((slot & (blockSize - 1)) === 0 && rules > 1 && this.#isQuiet(this.#blockAt(slot), value, time)) {
        slot += blockSize;
        if (slot >= rules) return -1;
      }
      if (!this.#isQuiet(slot * stride, value, time)) return slot;
    }
    return -1;
  }

  is(slot: number, { low, high }: Interval, until: number): boolean {
    const numbers = this.#numbers;
    const at = slot * stride;
    return numbers[at] === low && numbers[at + 1] === high && numbers[at + 2] === until;
  }

  set(slot: number, { low, high }: Interval, until: number): void {
    this.#put(slot, low, high, until);
    this.#join(slot >> blockBits);
  }

  #put(place: number, low: number, high: number, until: number): void {
    const numbers = this.#numbers;
    const at = place * stride;
    numbers[at] = low;
    numbers[at + 1] = high;
    numbers[at + 2] = until;
  }

  /** Where the range of a rule's block stands. */
  #blockAt(slot: number): number {
    return (this.#rules + (slot >> blockBits)) * stride;
  }

  #isQuiet(at: number, value: number, time: number): boolean {
    const numbers = this.#numbers;
    return value >= numbers[at]! && value < numbers[at + 1]! && time < numbers[at + 2]!;
  }

  /** Brings what stands for a block, and for all, in line with its rules. */
  #join(block: number): void {
    const rules = this.#rules;
    if (rules === 1) return;
    const first = block << blockBits;
    this.#intersect(rules + block, first, Math.min(first + blockSize, rules));
    const last = this.#numbers.length / stride - 1;
    this.#intersect(last, rules, last);
  }

  /** Makes a place the intersection of those from one place up to, not including, another. */
  #intersect(place: number, from: number, to: number): void {
    const numbers = this.#numbers;
    let low = -Infinity;
    let high = Infinity;
    let until = Infinity;
    for (let at = from * stride; at < to * stride; at += stride) {
      if (numbers[at]! > low) low = numbers[at]!;
      if (numbers[at + 1]! < high) high = numbers[at + 1]!;
      if (numbers[at + 2]! < until) until = numbers[at + 2]!;
    }
    this.#put(place, low, high, until);
  }
}

/** So many places in which every number is quiet: a list of doubles, as long as it has to be. */
function everyNumber(places: number): number[] {
  const numbers: number[] = [];
  for (let place = 0; place < places; place++) numbers.push(-Infinity, Infinity, Infinity);
  return numbers.slice();
}
