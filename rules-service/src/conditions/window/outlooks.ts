import type { Outlook } from "../outlook.ts";
import type { Interval } from "../program.ts";
import type { Accumulator } from "./accumulator.ts";
import type { PaneFold, Panes } from "./panes.ts";

/**
 * How far a sum that was kept by adding and subtracting may be from the one of the panes, as a part of all that went
 * through both: a few hundred roundings of 2^-53 at the most.
 */
const roundings = 1e-12;

/** Up to an instant, before which no number changes anything. */
export class QuietUntil implements Outlook {
  readonly wake: number;

  constructor(wake: number) {
    this.wake = wake;
  }

  passes(_value: number, time: number): boolean {
    return time < this.wake;
  }
}

/** Of a sliding window, whose panes leave one after the other as time goes on. */
abstract class SlidingOutlook implements Outlook {
  /** When the oldest pane that is left leaves. */
  wake: number;
  protected readonly fold: PaneFold;
  protected readonly panes: Panes;
  protected readonly within: Interval;
  /** How many panes the window has. */
  readonly #length: number;
  #oldest = 0;
  readonly #newest: number;

  constructor(fold: PaneFold, panes: Panes, length: number, within: Interval) {
    this.fold = fold;
    this.panes = panes;
    this.within = within;
    this.#length = length;
    this.#newest = fold.count(panes) - 1;
    this.wake = this.#leaving(0);
  }

  passes(value: number, time: number): boolean {
    while (time >= this.wake) {
      // What came after the newest pane is in none yet, and could not be told to leave.
      if (this.#oldest === this.#newest) return false;
      if (!this.leave(this.#oldest)) return false;
      this.#oldest += 1;
      this.wake = this.#leaving(this.#oldest);
    }
    return this.take(value);
  }

  #leaving(pane: number): number {
    return this.fold.grid.startOf(this.fold.index(this.panes, pane) + this.#length);
  }

  /** Whether the value stays within without a pane. */
  protected abstract leave(pane: number): boolean;

  /** Whether it does with one more number. */
  protected abstract take(value: number): boolean;
}

/** Of sums, means and counts. */
export class SumOutlook extends SlidingOutlook {
  readonly #sumAt: number;
  readonly #countAt: number;
  /** Sum, count, and the size of all that went into the sum: a list, so that no number is an object of its own. */
  readonly #sums: number[];

  constructor({ sums }: Required<Pick<Accumulator, "sums">>, ...rest: ConstructorParameters<typeof SlidingOutlook>) {
    super(...rest);
    const { fold, panes } = this;
    this.#sumAt = sums.sum;
    this.#countAt = sums.count;
    this.#sums = [0.5, 0.5, 0.5];
    let [sum, count, size] = [0, 0, 0];
    for (let pane = fold.count(panes) - 1; pane >= 0; pane--) {
      const part = this.#sumOf(pane);
      sum += part;
      size += Math.abs(part);
      count += this.#countOf(pane);
    }
    this.#set(sum, count, size);
  }

  #sumOf(pane: number): number {
    return this.#sumAt < 0 ? 0 : this.fold.numberAt(this.panes, pane, this.#sumAt);
  }

  #countOf(pane: number): number {
    return this.#countAt < 0 ? 0 : this.fold.numberAt(this.panes, pane, this.#countAt);
  }

  protected leave(pane: number): boolean {
    const [sum, count, size] = this.#sums as [number, number, number];
    return this.#set(sum - this.#sumOf(pane), count - this.#countOf(pane), size);
  }

  protected take(value: number): boolean {
    const sums = this.#sums;
    return this.#set(sums[0]! + value, sums[1]! + 1, sums[2]! + Math.abs(value));
  }

  #set(sum: number, count: number, size: number): boolean {
    const sums = this.#sums;
    sums[0] = sum;
    sums[1] = count;
    sums[2] = size;
    const { low, high } = this.within;
    if (this.#sumAt < 0) return count >= low && count < high;
    const of = this.#countAt < 0 ? 1 : count;
    const error = (size * roundings) / of;
    const value = sum / of;
    return value - error >= low && value + error < high;
  }
}

/** Of the least and the greatest: bounds between which it lies, whichever of the panes have left. */
export class ExtremeOutlook extends SlidingOutlook {
  readonly #isGreatest: boolean;
  /** Of all that was ever in it, and of what leaves last. */
  readonly #bounds: number[];

  constructor(
    { extreme }: Required<Pick<Accumulator, "extreme">>,
    ...rest: ConstructorParameters<typeof SlidingOutlook>
  ) {
    super(...rest);
    const { fold, panes } = this;
    this.#isGreatest = extreme === "max";
    this.#bounds = [0.5, 0.5];
    const newest = fold.count(panes) - 1;
    let all = fold.numberAt(panes, newest, 0);
    this.#bounds[1] = all;
    for (let pane = 0; pane < newest; pane++) all = this.#of(all, fold.numberAt(panes, pane, 0));
    this.#bounds[0] = all;
  }

  #of(a: number, b: number): number {
    return this.#isGreatest ? Math.max(a, b) : Math.min(a, b);
  }

  protected leave(): boolean {
    return this.#isWithin();
  }

  protected take(value: number): boolean {
    const bounds = this.#bounds;
    bounds[0] = this.#of(bounds[0]!, value);
    bounds[1] = this.#of(bounds[1]!, value);
    return this.#isWithin();
  }

  #isWithin(): boolean {
    const [a, b] = this.#bounds as [number, number];
    const { low, high } = this.within;
    return a >= low && a < high && b >= low && b < high;
  }
}
