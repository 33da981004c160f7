import { TimeZone } from "@headwater/core";
import { localRuns } from "./local-runs.ts";
import { DAY, WEEK, type LocalWindow, type Run, type Span, type Windows } from "./window.ts";

/** The Monday before the epoch. */
const FIRST_MONDAY = -3 * DAY;

/**
 * Windows of days, weeks or months. One begins when clocks first show its beginning, or when they skip it: a day begins
 * at one o'clock where midnight is skipped, and a day that is skipped whole (Apia, 30 December 2011) has no window.
 */
export class CalendarWindows implements Windows {
  readonly #zone: TimeZone;
  readonly #count: number;
  readonly #offset: number;
  /** Length of a window while clocks are not changed, or undefined for months. */
  readonly #length: number | undefined;
  readonly #origin: number;

  constructor({ unit, count, timeZone, offset = 0 }: LocalWindow) {
    this.#zone = TimeZone.of(timeZone);
    this.#count = count;
    this.#length = unit === "month" ? undefined : count * (unit === "week" ? WEEK : DAY);
    this.#origin = unit === "week" ? FIRST_MONDAY : 0;
    this.#offset = offset;
  }

  at(time: number): Span {
    let index = this.#indexOf(time + this.#zone.pieceAt(time).offset - this.#offset);
    let start = this.#edge(index);
    while (start > time) start = this.#edge(--index);
    let end = this.#edge(index + 1);
    while (end <= time) [start, end] = [end, this.#edge(++index + 1)];
    return { start, end };
  }

  runs(from: number, to: number): Iterable<Run> {
    return localRuns((time) => this.at(time), this.#length, this.#zone, from, to);
  }

  #indexOf(wall: number): number {
    if (this.#length !== undefined) return Math.floor((wall - this.#origin) / this.#length);
    const date = new Date(Math.floor(wall / 1000));
    return Math.floor(((date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()) / this.#count);
  }

  /** The instant at which the window of this number begins. */
  #edge(index: number): number {
    const wall =
      this.#length === undefined ? Date.UTC(1970, index * this.#count, 1) * 1000 : this.#origin + index * this.#length;
    return this.#zone.firstInstantAt(wall + this.#offset);
  }
}
