/** Windows of one length in µs that tile time from `offset` on (default: the epoch), whatever clocks show. */
export interface FixedWindow {
  readonly every: number;
  readonly offset?: number | undefined;
}

/** Windows as clocks and calendars of a time zone have them; their lengths differ where clocks are changed. */
export interface LocalWindow {
  /**
   * `clock`: windows begin whenever clocks show, or skip, a multiple of `count` microseconds, which divides a day.
   * `day`, `week` (from Monday), `month`: so many of them, counted from 1970; a year is twelve months.
   */
  readonly unit: "clock" | "day" | "week" | "month";
  readonly count: number;
  /** One that `isTimeZone` knows. */
  readonly timeZone: string;
  /** How much later than that on the clock windows begin, in µs; below 0: how much sooner. */
  readonly offset?: number | undefined;
}

/** A number is the length of a FixedWindow without an offset. */
export type Window = number | FixedWindow | LocalWindow;

/** A stretch of time, `end` exclusive, in microseconds. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A span that whole windows of one length fill. */
export interface Run extends Span {
  readonly every: number;
}

/** Which window a time belongs to. */
export interface Windows {
  /** The window that holds a time. */
  at(time: number): Span;
  /** The windows that [from, to) touches, oldest first, as few runs of equal ones as is easily told. */
  runs(from: number, to: number): Iterable<Run>;
}

export const DAY = 86_400_000_000;
export const WEEK = 7 * DAY;

export function isLocal(window: Window): window is LocalWindow {
  return typeof window === "object" && "unit" in window;
}

/** The remainder that is never below 0. */
export function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest < 0 ? rest + b : rest;
}
