import { quantileOf, type PointAggregate } from "../aggregate.ts";
import type { Span } from "../windows/index.ts";
import { QuantileSketch } from "./quantile-sketch.ts";

/** Two points of a series, one after the other. */
export interface Pair {
  readonly from: number;
  readonly before: number;
  readonly to: number;
  readonly after: number;
}

/** Takes in the points of one window, and the steps between them. All in the order of time, or all against it. */
export interface Accumulator {
  add(value: number): void;
  /** A step to a point of the window, also from one before it. */
  step(pair: Pair): void;
  /** The step from the last point of the window to one behind it. */
  leave(pair: Pair): void;
  /** undefined: the window does not tell. */
  value(): number | undefined;
}

export function accumulatorOf(aggregate: PointAggregate, window: Span): Accumulator {
  const quantile = quantileOf(aggregate);
  if (quantile !== undefined) return new Quantile(quantile);
  switch (aggregate) {
    case "stddev":
      return new Deviation();
    case "integral":
      return new Integral(window);
    default:
      return new Change(aggregate as ChangeAggregate);
  }
}

/** By Welford's update (1962). */
class Deviation implements Accumulator {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    this.#count += 1;
    const delta = value - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (value - this.#mean);
  }

  step(): void {}
  leave(): void {}

  value(): number {
    return Math.sqrt(this.#squares / this.#count);
  }
}

class Quantile implements Accumulator {
  readonly #quantile: number;
  readonly #sketch = new QuantileSketch();

  constructor(quantile: number) {
    this.#quantile = quantile;
  }

  add(value: number): void {
    this.#sketch.add(value);
  }

  step(): void {}
  leave(): void {}

  value(): number {
    return this.#sketch.quantile(this.#quantile);
  }
}

type ChangeAggregate = "difference" | "increase" | "resets" | "rate" | "increase-rate";

class Change implements Accumulator {
  readonly #aggregate: ChangeAggregate;
  #first: Pair | undefined;
  #last: Pair | undefined;
  /** What a counter had reached where it was reset, all together. */
  #lost = 0;
  #resets = 0;

  constructor(aggregate: ChangeAggregate) {
    this.#aggregate = aggregate;
  }

  add(): void {}

  step(pair: Pair): void {
    if (this.#first === undefined || pair.from < this.#first.from) this.#first = pair;
    if (this.#last === undefined || pair.to > this.#last.to) this.#last = pair;
    if (pair.after >= pair.before) return;
    this.#lost += pair.before;
    this.#resets += 1;
  }

  leave(): void {}

  value(): number | undefined {
    const [first, last] = [this.#first, this.#last];
    if (first === undefined || last === undefined) return undefined;
    const difference = last.after - first.before;
    const increase = difference + this.#lost;
    const seconds = (last.to - first.from) / 1e6;
    switch (this.#aggregate) {
      case "difference":
        return difference;
      case "increase":
        return increase;
      case "resets":
        return this.#resets;
      case "rate":
        return difference / seconds;
      case "increase-rate":
        return increase / seconds;
    }
  }
}

/** The area under the line through the points, as far as it lies within the window. */
class Integral implements Accumulator {
  readonly #window: Span;
  #area = 0;
  #isKnown = false;

  constructor(window: Span) {
    this.#window = window;
  }

  add(): void {}

  step(pair: Pair): void {
    const from = Math.max(pair.from, this.#window.start);
    const to = Math.min(pair.to, this.#window.end);
    const seconds = (to - from) / 1e6;
    this.#area += ((valueAt(pair, from) + valueAt(pair, to)) / 2) * seconds;
    this.#isKnown = true;
  }

  leave(pair: Pair): void {
    this.step(pair);
  }

  value(): number | undefined {
    return this.#isKnown ? this.#area : undefined;
  }
}

function valueAt({ from, before, to, after }: Pair, time: number): number {
  if (time <= from) return before;
  if (time >= to) return after;
  return before + (after - before) * ((time - from) / (to - from));
}
