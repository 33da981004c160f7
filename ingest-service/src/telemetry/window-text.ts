import { isTimeZone, parseDuration, RequestError, tryParseDuration } from "@headwater/core";
import { isLocal, type LocalWindow, type Window, windowFault } from "@headwater/time-series";

const day = 86_400_000_000;
/** The first Monday after the epoch. */
const firstMonday = 4 * day;

const calendarUnits = {
  d: { unit: "day", count: 1 },
  w: { unit: "week", count: 1 },
  mo: { unit: "month", count: 1 },
  y: { unit: "month", count: 12 },
} as const;

const calendarText = /^(\d{1,6})(d|w|mo|y)$|^P(\d{1,6})([DWMY])$/;
const utc = /^(?:(?:etc\/)?(?:utc|gmt|zulu|uct|universal)|[+-]00:00)$/i;

export interface WindowForm {
  readonly timeZone: string;
  /** As it was written: `6h`, `-1d`. */
  readonly offset?: string | undefined;
}

/**
 * Windows as people ask for them: `1d`, `1w`, `1mo` and `1y` are those of the calendar, parts of a day those of the
 * clock, and every other duration (`25h`) is of one length, whatever clocks show. Throws RequestError.
 */
export function parseWindow(text: string, { timeZone, offset: offsetText }: WindowForm): Window {
  const offset = offsetText === undefined ? 0 : parseOffset(offsetText);
  const window = shiftedBy(offset, windowOf(text, timeZone));
  const fault = windowFault(window);
  if (fault !== undefined) throw new RequestError(400, "invalid-window", `window ${text}: ${fault}`);
  return inUtc(window);
}

/** Throws RequestError for a zone that is not known. */
export function parseTimeZone(text: string): string {
  // An unescaped plus in a query string arrives as a space.
  const name = text.replaceAll(" ", "+");
  if (isTimeZone(name)) return name;
  const written = JSON.stringify(text.slice(0, 60));
  throw new RequestError(
    400,
    "invalid-time-zone",
    `${written} is no time zone; write it like Europe/Berlin, UTC or +05:30`,
  );
}

function windowOf(text: string, timeZone: string): Window {
  const calendar = calendarText.exec(text);
  if (calendar !== null) {
    const letter = calendar[2] ?? calendar[4]!.toLowerCase();
    const { unit, count } = calendarUnits[(letter === "m" ? "mo" : letter) as keyof typeof calendarUnits];
    return { unit, count: count * Number(calendar[1] ?? calendar[3]), timeZone };
  }
  const every = durationOf(text);
  return every > 0 && every < day && day % every === 0 ? { unit: "clock", count: every, timeZone } : every;
}

function durationOf(text: string): number {
  if (/^\d+M$/.test(text)) {
    throw new RequestError(400, "invalid-duration", `${text} is no window; write 1m for a minute, 1mo for a month`);
  }
  const micros = tryParseDuration(text);
  if (micros !== undefined || /^[\d.]+$/.test(text)) return micros ?? parseDuration(text);
  const written = JSON.stringify(text.slice(0, 60));
  throw new RequestError(
    400,
    "invalid-duration",
    `${written} is no window; write it like 30s, 5m, 6h, or of the calendar 1d, 1w, 1mo, 1y`,
  );
}

function parseOffset(text: string): number {
  const [, sign, length] = /^([-+ ]?)(.*)$/su.exec(text)!;
  return (sign === "-" ? -1 : 1) * parseDuration(length!);
}

function shiftedBy(offset: number, window: Window): Window {
  if (offset === 0) return window;
  return typeof window === "number" ? { every: window, offset } : { ...window, offset };
}

/** In UTC all but months are of one length. */
function inUtc(window: Window): Window {
  if (!isLocal(window) || window.unit === "month" || !utc.test(window.timeZone)) return window;
  const { unit, count, offset = 0 } = window;
  if (unit === "week") return { every: count * 7 * day, offset: firstMonday - 7 * day + offset };
  return { every: unit === "day" ? count * day : count, offset };
}

const nice: readonly string[] = [
  ...["us", "ms"].flatMap((unit) => [1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => `${count}${unit}`)),
  ...["s", "m"].flatMap((unit) => [1, 2, 5, 10, 15, 30].map((count) => `${count}${unit}`)),
  ...[
    "1h",
    "2h",
    "3h",
    "6h",
    "12h",
    "1d",
    "2d",
    "1w",
    "2w",
    "1mo",
    "3mo",
    "6mo",
    "1y",
    "2y",
    "5y",
    "10y",
    "50y",
    "100y",
  ],
];

/** The shortest usual window of which [from, to) touches at most `width`; undefined if the longest are too many. */
export function windowForWidth(width: number, from: number, to: number): string | undefined {
  return nice.find((text) => Math.ceil((to - from) / shortestOf(text)) + 1 <= width);
}

function shortestOf(text: string): number {
  const window = windowOf(text, "UTC");
  if (typeof window === "number") return window;
  const { unit, count } = window as LocalWindow;
  const lengths = { clock: 1, day, week: 7 * day, month: 28 * day };
  return unit === "month" && count % 12 === 0 ? (count / 12) * 365 * day : lengths[unit] * count;
}
