import { RequestError } from "../errors.ts";
import { tryParseDuration } from "./duration.ts";
import { microsFromIso } from "./iso.ts";
import { instantOfLocal, TimeZone } from "./time-zone.ts";

/** A date, or a time of day without a zone. */
const localPattern = /^\d{4}-\d{2}-\d{2}(?:[Tt ][\d:.,]+)?$/;

const calendarPattern = /^(\d{1,4})(mo|y)$/;

/**
 * Microseconds since the epoch of a time as people write it in a query: `now`, a duration before or after now
 * (`-1h`, `+5m`), months or years of the calendar (`-3mo`, `-1y`), or ISO 8601 with an offset. `now` is in
 * microseconds. With a time zone, dates and times without an offset are what clocks show there: the first time they do,
 * or the moment at which they skip it; and so is the calendar, which is UTC's otherwise.
 * Throws RequestError (400, `invalid-time`) for anything else.
 */
export function parseTimeRef(text: string, now: number, timeZone?: string): number {
  if (text === "now") return now;
  // An unescaped plus in a query string arrives as a space.
  const sign = text.startsWith("-") ? -1 : text.startsWith("+") || text.startsWith(" ") ? 1 : 0;
  if (sign !== 0) {
    const duration = tryParseDuration(text.slice(1));
    if (duration !== undefined) return now + sign * duration;
    const [, count, unit] = calendarPattern.exec(text.slice(1)) ?? [];
    if (count !== undefined) return monthsFrom(now, sign * Number(count) * (unit === "y" ? 12 : 1), timeZone ?? "UTC");
  }
  if (timeZone !== undefined && localPattern.test(text)) {
    const wall = microsFromIso(text.length === 10 ? text : `${text}Z`);
    if (wall !== undefined) return TimeZone.of(timeZone).firstInstantAt(wall);
  }
  const micros = microsFromIso(text) ?? microsFromIso(text.replace(/ (\d{2}:?\d{2})$/, "+$1"));
  if (micros !== undefined) return micros;
  throw new RequestError(
    400,
    "invalid-time",
    `${JSON.stringify(text.slice(0, 60))} is no time; write it like 2026-05-01T12:00:00Z (with Z or an offset), -1h, -3mo or now`,
  );
}

/** The same day and time of day so many months later; where that month is shorter, its last day. */
function monthsFrom(instant: number, months: number, timeZone: string): number {
  const wall = instant + TimeZone.of(timeZone).pieceAt(instant).offset;
  const date = new Date(Math.floor(wall / 1000));
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return instantOfLocal(date.getTime() * 1000 + (wall - Math.floor(wall / 1000) * 1000), timeZone);
}
