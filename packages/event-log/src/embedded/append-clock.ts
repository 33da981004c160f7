import { nowMicros } from "@headwater/core";

/** The share of the monotonic clock at which append time runs while it is ahead of the wall clock. */
const paceAhead = 0.9;

/** How far append time may be ahead of the wall clock before it is said (microseconds). */
export const silentAheadMicros = 120_000_000;

export interface Clocks {
  /** Microseconds since the epoch; may jump. */
  readonly wall: () => number;
  /** Microseconds; never goes back. */
  readonly monotonic: () => number;
}

const clocksOfMachine: Clocks = { wall: nowMicros, monotonic: () => performance.now() * 1000 };

/**
 * Append time: microseconds since the epoch that go up from commit to commit. It follows the wall clock forward and
 * never back: a wall clock that was set back while the log is open leaves append time on the monotonic clock, a little
 * slower, until they meet. Times in the log that lie ahead of the wall clock at the start (it was wrong when they were
 * written, or is wrong now) are not gone on from: each commit takes the next microsecond until the wall clock is there.
 */
export class AppendClock {
  readonly #clocks: Clocks;
  #last = 0;
  #anchor: number;
  #anchoredAt: number;

  constructor(clocks: Clocks = clocksOfMachine) {
    this.#clocks = clocks;
    this.#anchor = clocks.wall();
    this.#anchoredAt = clocks.monotonic();
  }

  /** The latest time given out or seen. */
  get last(): number {
    return this.#last;
  }

  /** The log holds records of this time: never again answers with it or an earlier one. */
  advancePast(time: number): void {
    this.#last = Math.max(this.#last, time);
  }

  next(): number {
    const { wall, monotonic } = this.#clocks;
    const at = monotonic();
    this.#anchor = Math.max(wall(), this.#anchor + (at - this.#anchoredAt) * paceAhead);
    this.#anchoredAt = at;
    this.#last = Math.max(this.#last + 1, Math.floor(this.#anchor));
    return this.#last;
  }
}

/** What to say of a log whose last append time is so far ahead; undefined if that is no trouble. */
export function aheadWarning(lastAppendTime: number, wall = nowMicros()): string | undefined {
  const ahead = lastAppendTime - wall;
  if (ahead <= silentAheadMicros) return undefined;
  const [time, now] = [lastAppendTime, wall].map((each) => new Date(each / 1000).toISOString());
  return (
    `the event log's time is ${time} and this machine's clock says ${now}: retention waits and log time hardly moves; ` +
    "if the clock is right, stop Headwater and run `headwater log repair`"
  );
}
