import type { Random } from "./random.ts";

export type Value = number | string | boolean;

/** What a sensor shows, reading after reading; undefined: nothing this time. */
export interface Signal {
  /** `elapsed`: milliseconds since the fleet began; `wall`: since the epoch. Called with times that rise. */
  next(elapsed: number, wall: number): Value | undefined;
}

/** What a device shows of one metric, made once for each device. */
export type SignalMaker = (random: Random) => Signal;
