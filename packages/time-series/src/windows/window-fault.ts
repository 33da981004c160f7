import { isTimeZone } from "@headwater/core";
import { DAY, isLocal, WEEK, type LocalWindow, type Window } from "./window.ts";

/** Longest window of a calendar: a hundred years, in each unit. */
const most = { clock: DAY, day: 36_525, week: 5_218, month: 1_200 } as const;
const shortest = { clock: 1, day: DAY, week: WEEK, month: 28 * DAY } as const;

/** Why there are no such windows, or undefined. */
export function windowFault(window: Window): string | undefined {
  if (isLocal(window)) return localFault(window);
  const { every, offset = 0 } = typeof window === "number" ? { every: window } : window;
  if (!Number.isSafeInteger(every) || every < 1) return "a window is a whole number of microseconds, at least 1";
  return offsetFault(offset, every);
}

function localFault({ unit, count, timeZone, offset = 0 }: LocalWindow): string | undefined {
  if (!Object.hasOwn(most, unit)) return `a window has no unit ${JSON.stringify(unit)}`;
  if (!Number.isSafeInteger(count) || count < 1) return "a window is a whole number of its unit, at least 1";
  if (count > most[unit]) return "a window is longer than 100 years, or one by the clock than a day";
  if (unit === "clock" && DAY % count !== 0) return "a window by the clock divides a day";
  if (!isTimeZone(timeZone)) return `there is no time zone ${JSON.stringify(timeZone)}`;
  return offsetFault(offset, count * shortest[unit]);
}

function offsetFault(offset: number, length: number): string | undefined {
  if (Number.isSafeInteger(offset) && Math.abs(offset) < length) return undefined;
  return "the offset of a window is a whole number of microseconds and shorter than the window";
}
