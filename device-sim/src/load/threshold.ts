import type { Readings } from "../payloads/payload.ts";

/** What values of a metric have to cross for something to happen. */
export interface ThresholdOf {
  readonly metric: string;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  /** Default: the threshold itself. */
  readonly clearBelow?: number | undefined;
  readonly clearAbove?: number | undefined;
}

/** Counts how often a device's values cross a threshold, in the order in which they are sent. */
export class Threshold {
  crossed = 0;
  readonly #expected: ThresholdOf;
  #isRaised = false;

  constructor(expected: ThresholdOf) {
    this.#expected = expected;
  }

  /** Whether these readings cross it. */
  take(readings: Readings): boolean {
    const value = readings.find(([metric]) => metric === this.#expected.metric)?.[1];
    if (typeof value !== "number") return false;
    const { above, below, clearBelow, clearAbove } = this.#expected;
    if (this.#isRaised) {
      const isClear =
        above === undefined
          ? clearAbove === undefined
            ? value >= below!
            : value > clearAbove
          : clearBelow === undefined
            ? value <= above
            : value < clearBelow;
      if (isClear) this.#isRaised = false;
    } else if (above === undefined ? value < below! : value > above) {
      this.#isRaised = true;
      this.crossed += 1;
      return true;
    }
    return false;
  }
}
