import { nowMicros } from "@headwater/core";

/**
 * The gateway's hybrid receive clock in microseconds: the wall clock, but never at or before what it said last. Two
 * messages never share a time, and a wall clock that is set back (or a restart with a wrong one) cannot make a later
 * message look earlier.
 */
export class ReceiveClock {
  readonly #wall: () => number;
  #last: number;

  /** `last` is the latest time that is known to have been given out, by this process or one before it. */
  constructor(last = 0, wall: () => number = nowMicros) {
    this.#last = last;
    this.#wall = wall;
  }

  /** The latest time given out. */
  get last(): number {
    return this.#last;
  }

  /** The first of `count` consecutive microseconds that nobody else gets. */
  take(count = 1): number {
    const wall = this.#wall();
    const first = wall > this.#last ? wall : this.#last + 1;
    this.#last = first + count - 1;
    return first;
  }

  /** Never again answers with this time or an earlier one. */
  advancePast(time: number): void {
    if (time > this.#last) this.#last = time;
  }
}
