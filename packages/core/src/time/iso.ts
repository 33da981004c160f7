import { InvariantError } from "../errors.ts";

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?([Zz]|[+-]\d{2}(?::?\d{2})?))?$/;

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The farthest a JavaScript Date reaches, in microseconds. */
const maxMicros = 8_640_000_000_000_000 * 1000;

/**
 * ISO 8601 in UTC, always with six digits after the second, so that the texts of times sort as the times do.
 * Throws InvariantError for a number that is no time (not finite, or beyond the years of a Date).
 */
export function isoFromMicros(micros: number): string {
  if (!(Math.abs(micros) <= maxMicros)) {
    throw new InvariantError(`${micros} is no time in microseconds since the epoch`);
  }
  const millis = Math.floor(micros / 1000);
  const rest = Math.floor(micros) - millis * 1000;
  return `${new Date(millis).toISOString().slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}

/**
 * Microseconds since the epoch of an ISO 8601 time, or undefined if the text is none. A time of day needs `Z` or an
 * offset, since a local time names no instant; a date alone is its midnight in UTC. Digits beyond microseconds are cut
 * off.
 */
export function microsFromIso(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  const [y, mo, d, h, mi, s] = [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second)];
  if (mo < 1 || mo > 12 || d < 1 || d > lengthOfMonth(y, mo) || h > 23 || mi > 59 || s > 59) return undefined;
  const offset = offsetMinutes(zone);
  if (offset === undefined) return undefined;
  const date = new Date(0);
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(y, mo - 1, d);
  date.setUTCHours(h, mi - offset, s, 0);
  return date.getTime() * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

function lengthOfMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : daysInMonth[month - 1]!;
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || "0");
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
