/** A wall clock that is further from where it should be has leapt (milliseconds). */
const leapMs = 60_000;
/** So long a leap has to last before it counts as the time. */
const proofMs = 60 * 60_000;

export interface MillisecondClocks {
  /** Milliseconds since the epoch; may jump. */
  readonly wall: () => number;
  /** Milliseconds; never goes back. */
  readonly monotonic: () => number;
}

const clocksOfMachine: MillisecondClocks = { wall: Date.now, monotonic: () => performance.now() };

/**
 * The time by which something is old enough to be deleted. What a clock that is wrong for a moment deletes is gone, and
 * what is deleted an hour late harms nobody: so it goes on with the monotonic clock from where it stood, and follows a
 * wall clock that leaps ahead only after that has run evenly for an hour. It is never ahead of the wall clock.
 */
export class RetentionClock {
  readonly #clocks: MillisecondClocks;
  #believed: number;
  #at: number;
  /** How far the wall clock is from the monotonic one since its leap, and when that was seen first. */
  #leap: { readonly distance: number; readonly since: number } | undefined;

  /** `known`: a time (milliseconds since the epoch) that had come when the process before ended; undefined: none. */
  constructor(known: number | undefined, clocks: MillisecondClocks = clocksOfMachine) {
    this.#clocks = clocks;
    const wall = clocks.wall();
    this.#believed = Math.min(wall, known ?? wall);
    this.#at = clocks.monotonic();
  }

  /** Milliseconds since the epoch. */
  now(): number {
    const wall = this.#clocks.wall();
    const at = this.#clocks.monotonic();
    this.#believed += at - this.#at;
    this.#at = at;
    if (Math.abs(wall - this.#believed) <= leapMs || this.#isProven(wall - at, at)) {
      this.#believed = wall;
      this.#leap = undefined;
    }
    return Math.min(wall, this.#believed);
  }

  /** Whether the wall clock has kept its distance from the monotonic one for long enough. */
  #isProven(distance: number, at: number): boolean {
    if (this.#leap === undefined || Math.abs(distance - this.#leap.distance) > leapMs) {
      this.#leap = { distance, since: at };
    }
    return at - this.#leap.since >= proofMs;
  }
}
