import { formatDuration, isoFromMicros, nowMicros } from "@headwater/core";

/** 2024-01-01: a machine that has not heard the time yet begins at 1970 or at the date of its image (µs). */
export const leastPlausible = 1_704_067_200_000_000;
/**
 * The share of the monotonic clock at which receive time runs while it is ahead of a plausible wall clock. The rules
 * learn a gateway's skew from the marks of ten minutes; in that time the two may not drift apart by 30 s.
 */
const slewedPace = 0.97;
/** Closer to the wall clock (µs) it waits for it. */
const leastAhead = 1000;
/** So far ahead (µs) it would take days to meet the wall clock, with times that are no use to anybody. */
const beyondSlewing = 24 * 60 * 60 * 1_000_000;
/** How far receive time may be ahead before it is said (µs). */
const silentAhead = 120_000_000;

/** The clocks that a receive clock goes by, in microseconds. */
export interface ReceiveClocks {
  /** Since the epoch; may jump. */
  readonly wall: () => number;
  /** Never goes back. */
  readonly monotonic: () => number;
}

const clocksOfMachine: ReceiveClocks = { wall: nowMicros, monotonic: () => performance.now() * 1000 };

/**
 * The gateway's hybrid receive clock in microseconds: the wall clock, but never at or before what it said last. Two
 * messages never share a time, and a wall clock that is set back (or a restart with a wrong one) cannot make a later
 * message look earlier. Until such a wall clock is there, receive time goes on with the monotonic clock: at 97 % of its
 * pace, or at its full pace where the wall clock is that of a machine that does not know the time yet.
 */
export class ReceiveClock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #last: number;
  /** Where it was when it found the wall clock behind it, and what it has given out since. */
  #ahead: { readonly time: number; readonly at: number; given: number } | undefined;

  /** `last` is the latest time that is known to have been given out, by this process or one before it. */
  constructor(last = 0, clocks: ReceiveClocks = clocksOfMachine) {
    this.#last = last;
    this.#wall = clocks.wall;
    this.#monotonic = clocks.monotonic;
    if (last > 0) this.#ahead = { time: last, at: clocks.monotonic(), given: last };
  }

  /** The latest time given out. */
  get last(): number {
    return this.#last;
  }

  /** The first of `count` consecutive microseconds that nobody else gets. */
  take(count = 1): number {
    const wall = this.#wall();
    const first = wall > this.#last ? wall : this.#following(wall, count);
    this.#last = first + count - 1;
    return first;
  }

  /** What time it is, without giving it out: a message that came now would not get less. */
  get now(): number {
    const wall = this.#wall();
    return wall > this.#last || this.#last - wall < leastAhead ? Math.max(wall, this.#last) : this.#slewed(wall);
  }

  /** Never again answers with this time or an earlier one. */
  advancePast(time: number): void {
    if (time > this.#last) this.#last = time;
  }

  /** What to say while it is so far ahead of the wall clock; undefined if that is no trouble. */
  warning(): string | undefined {
    const wall = this.#wall();
    if (this.#last - wall <= silentAhead) return undefined;
    const remedy = isOutOfReach(this.#last, wall) ? "a restart of the gateway begins anew with it" : "they approach it";
    return (
      `the times at which messages were received are at ${isoFromMicros(this.#last)}, and this machine's clock says ` +
      `${isoFromMicros(wall)}, ${formatDuration(Math.round((this.#last - wall) / 1_000_000) * 1_000_000)} less: ` +
      (wall < leastPlausible ? "it has not been set" : `if the clock is right, ${remedy}`)
    );
  }

  /** The next time while the wall clock has not reached the last one. */
  #following(wall: number, count: number): number {
    // Messages of one microsecond are no reason to ask the other clock.
    if (this.#last - wall < leastAhead) return this.#last + 1;
    const first = Math.max(this.#last + 1, this.#slewed(wall));
    this.#ahead!.given = first + count - 1;
    return first;
  }

  /** Where the monotonic clock has brought it since it found the wall clock behind it. */
  #slewed(wall: number): number {
    const at = this.#monotonic();
    // Not gone on from where the wall clock, or an event of many samples, has been further since.
    if (this.#ahead?.given !== this.#last) this.#ahead = { time: this.#last, at, given: this.#last };
    const pace = wall < leastPlausible ? 1 : slewedPace;
    return Math.max(this.#last, Math.floor(this.#ahead.time + (at - this.#ahead.at) * pace));
  }
}

/**
 * Whether receive times up to `last` are so far ahead of the wall clock that they were given out by a wrong one. Times
 * may begin anew with a new epoch alone: within one they promise never to go back.
 */
export function isOutOfReach(last: number, wall = nowMicros()): boolean {
  return wall >= leastPlausible && last - wall > beyondSlewing;
}
