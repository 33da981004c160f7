import { isLocal, type LocalWindow, type Window } from "../windows/index.ts";

const minute = 60_000_000;
const day = 1_440 * minute;

/**
 * Starts of the windows that [from, to) touches, in order, told by looking at the clock every so often:
 * often enough for each change of it to fall on a look. */
export function referenceStarts(window: Window, from: number, to: number, step = 15 * minute): number[] {
  if (!isLocal(window)) {
    const { every, offset = 0 } = typeof window === "number" ? { every: window } : window;
    const starts: number[] = [];
    for (let start = Math.floor((from - offset) / every) * every + offset; start < to; start += every)
      starts.push(start);
    return starts;
  }
  const starts: number[] = [];
  const look = step * Math.floor((from - lookBack(window)) / step);
  const indexOf = counterOf(window);
  let before = wallClock(look - step, window.timeZone);
  let index = indexOf(before);
  for (let at = look; at < to; at += step) {
    const wall = wallClock(at, window.timeZone);
    if (window.unit === "clock") {
      const shows = (wall - (window.offset ?? 0)) % window.count === 0;
      const skips = wall - before > step && indexOf(wall) !== indexOf(before);
      if (shows || skips) starts.push(at);
    } else if (indexOf(wall) > index) {
      // Once a day has begun it goes on, also where clocks are put back into the day before.
      index = indexOf(wall);
      starts.push(at);
    }
    before = wall;
  }
  const first = starts.findLastIndex((start) => start <= from);
  return starts.slice(first);
}

function lookBack({ unit, count }: LocalWindow): number {
  const lengths = { clock: count + day, day: count * day, week: count * 7 * day, month: count * 31 * day };
  return lengths[unit] + 4 * day;
}

/** Numbers windows by what clocks show. */
function counterOf({ unit, count, offset = 0 }: LocalWindow): (wall: number) => number {
  return (shown) => {
    const wall = shown - offset;
    if (unit === "clock") return Math.floor(wall / count);
    if (unit === "day") return Math.floor(wall / (count * day));
    // 29 December 1969 was a Monday.
    if (unit === "week") return Math.floor((wall + 3 * day) / (count * 7 * day));
    const date = new Date(Math.floor(wall / 1000));
    return Math.floor(((date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()) / count);
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What clocks show, as if it were in UTC. */
export function wallClock(instant: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    formats.set(timeZone, format);
  }
  return Date.parse(`${format.format(instant / 1000).replace(" ", "T")}Z`) * 1000;
}
