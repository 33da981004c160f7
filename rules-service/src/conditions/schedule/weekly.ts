import { TimeZone } from "@headwater/core";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

/** Every week on these days, between two times of the local clock, in minutes since midnight. */
export interface WeeklyWindow {
  readonly days: readonly Weekday[];
  readonly from: number;
  /** Before `from` or equal to it: on the next day. */
  readonly to: number;
}

const minute = 60_000_000;
const day = 24 * 60 * minute;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly isOpen: boolean;
}

/**
 * Weekly windows in a time zone. A window begins when clocks first show its time, or skip it, and likewise ends: where
 * an hour is shown twice, it counts once.
 */
export class WeeklySchedule {
  readonly #zone: TimeZone;
  readonly #windows: readonly WeeklyWindow[];
  /** The last that was asked for: readings come close together. */
  #span: Span = { start: 0, end: 0, isOpen: false };

  /** Throws RangeError for a zone that is not known. */
  constructor(timeZone: string, windows: readonly WeeklyWindow[]) {
    this.#zone = TimeZone.of(timeZone);
    this.#windows = windows;
  }

  isOpen(instant: number): boolean {
    return this.#at(instant).isOpen;
  }

  /** The next instant at which it opens or closes; infinite: never. */
  nextEdge(instant: number): number {
    return this.#at(instant).end;
  }

  #at(instant: number): Span {
    const { start, end } = this.#span;
    if (instant < start || instant >= end) this.#span = this.#spanAt(instant);
    return this.#span;
  }

  #spanAt(instant: number): Span {
    const today = Math.floor((instant + this.#zone.pieceAt(instant).offset) / day);
    const open: { start: number; end: number }[] = [];
    for (let date = today - 8; date <= today + 8; date++) {
      // 1970 began on a Thursday.
      const weekday = weekdays[(((date + 3) % 7) + 7) % 7]!;
      for (const { days, from, to } of this.#windows) {
        if (!days.includes(weekday)) continue;
        const until = to > from ? to * minute : day + to * minute;
        const start = this.#zone.firstInstantAt(date * day + from * minute);
        const end = this.#zone.firstInstantAt(date * day + until);
        if (end > start) open.push({ start, end });
      }
    }
    const inside = merged(open);
    const here = inside.find(({ start, end }) => start <= instant && instant < end);
    // What is open for longer than a week, a change of the clocks included, never closes.
    if (here !== undefined && here.end - here.start > 8 * day) return { start: -Infinity, end: Infinity, isOpen: true };
    if (here !== undefined) return { ...here, isOpen: true };
    const next = inside.find(({ start }) => start > instant)?.start ?? Infinity;
    const before = inside.findLast(({ end }) => end <= instant)?.end ?? -Infinity;
    return { start: before, end: next, isOpen: false };
  }
}

/** Windows that touch each other are one. */
function merged(spans: readonly { start: number; end: number }[]): { start: number; end: number }[] {
  const all: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else all.push({ start, end });
  }
  return all;
}
