import type { Readings } from "../payloads/payload.ts";

/** A threshold whose alerts are counted from what devices send. */
export interface ExpectedAlerts {
  readonly rule: string;
  readonly metric: string;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  /** Default: the threshold itself. */
  readonly clearBelow?: number | undefined;
  readonly clearAbove?: number | undefined;
}

/** Counts how often a device's values cross a threshold, in the order in which they are sent. */
export class AlertExpectation {
  raised = 0;
  readonly #expected: ExpectedAlerts;
  #isRaised = false;

  constructor(expected: ExpectedAlerts) {
    this.#expected = expected;
  }

  take(readings: Readings): void {
    const value = readings.find(([metric]) => metric === this.#expected.metric)?.[1];
    if (typeof value !== "number") return;
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
      this.raised += 1;
    }
  }
}
