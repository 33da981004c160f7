import { TimeZone } from "@headwater/core";

/** How time is cut into panes, which follow each other without a gap; numbered, an earlier one by a lesser number. */
export interface PaneGrid {
  /** Of a pane, at most, in microseconds. */
  readonly longest: number;
  indexAt(time: number): number;
  /** When the pane of this number begins. */
  startOf(index: number): number;
}

/** Panes of equal length, which begin at multiples of it. */
export class EvenGrid implements PaneGrid {
  readonly longest: number;

  constructor(length: number) {
    this.longest = length;
  }

  indexAt(time: number): number {
    return Math.floor(time / this.longest);
  }

  startOf(index: number): number {
    return index * this.longest;
  }
}

const day = 86_400_000_000;
const week = 7 * day;
/** The Monday before the epoch. */
const firstMonday = -3 * day;
/** Clocks were never changed by more at once, but for a day that a zone had twice, or skipped. */
const change = 2 * 3_600_000_000;

export const calendarUnits = ["d", "w", "mo"] as const;
export type CalendarUnit = (typeof calendarUnits)[number];

/**
 * Panes of local days, weeks from Monday on, or months. One begins when clocks first show its beginning, or skip it; a
 * day that a zone skipped whole is empty.
 */
export class CalendarGrid implements PaneGrid {
  readonly longest: number;
  readonly #unit: CalendarUnit;
  readonly #zone: TimeZone;
  /** The last that was asked for: readings come close together. */
  #last = { index: 0, start: 0, end: 0 };

  /** Throws RangeError for a zone that is not known. */
  constructor(unit: CalendarUnit, timeZone: string) {
    this.longest = { d: day, w: week, mo: 31 * day }[unit] + change;
    this.#unit = unit;
    this.#zone = TimeZone.of(timeZone);
  }

  indexAt(time: number): number {
    const { index, start, end } = this.#last;
    if (time >= start && time < end) return index;
    return this.#find(time);
  }

  startOf(index: number): number {
    return this.#zone.firstInstantAt(this.#wallOf(index));
  }

  /** The last pane that has begun. */
  #find(time: number): number {
    let index = this.#indexOfWall(time + this.#zone.pieceAt(time).offset);
    while (this.startOf(index) > time) index--;
    let end = this.startOf(index + 1);
    while (end <= time) end = this.startOf(++index + 1);
    this.#last = { index, start: this.startOf(index), end };
    return index;
  }

  /** When it begins, as clocks of the zone show it. */
  #wallOf(index: number): number {
    if (this.#unit === "mo") return Date.UTC(1970, index, 1) * 1000;
    return this.#unit === "w" ? firstMonday + index * week : index * day;
  }

  #indexOfWall(wall: number): number {
    if (this.#unit === "w") return Math.floor((wall - firstMonday) / week);
    if (this.#unit === "d") return Math.floor(wall / day);
    const date = new Date(Math.floor(wall / 1000));
    return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  }
}
