/** A date and a time of day as they were written. */
export interface WrittenDate {
  /** Microseconds since the epoch if it was written in UTC. */
  readonly wall: bigint;
  /** How far the writer's clock is ahead of UTC, in microseconds; undefined: the text does not say. */
  readonly offset: bigint | undefined;
}

const date =
  /(?<year>[+-]\d{6}|\d{4})(?:(?<d>-?)(?<month>\d\d)\k<d>(?<day>\d\d)|-?(?<ordinal>\d{3})|(?<w>-?)W(?<week>\d\d)\k<w>(?<weekday>\d))/;
const timeOfDay = /(?<hour>\d\d)(?:(?<t>:?)(?<minute>\d\d)(?:\k<t>(?<second>\d\d))?)?(?:[.,](?<fraction>\d+))?/;
const zone = /(?<utc>[Zz]|UTC|GMT)|(?<sign>[-+\u2212])(?<zoneHour>\d\d)(?::?(?<zoneMinute>\d\d))?/;
/** Databases and scripts write a blank where ISO 8601 has a T, and one before the offset. */
const written = new RegExp(`^${date.source}(?:(?:[Tt]| +)${timeOfDay.source}(?: ?(?:${zone.source}))?)?$`);

const second = 1_000_000n;
const day = 86_400n * second;
const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * A date, or a date and a time of day, in any form of ISO 8601: extended or basic; by month, week or day of the year;
 * hours alone; with the fraction of whichever part is the last; 24:00 and a leap second, which are the second that
 * follows. Digits beyond microseconds are cut off. undefined if it is none, or there is no such day or time.
 */
export function readDate(text: string): WrittenDate | undefined {
  const parts = written.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const days = dayOf(parts);
  const time = parts["hour"] === undefined ? 0n : timeOf(parts);
  if (days === undefined || time === undefined) return undefined;
  const wall = BigInt(days) * day + time;
  if (parts["utc"] !== undefined) return { wall, offset: 0n };
  if (parts["sign"] === undefined) return { wall, offset: undefined };
  const [hours, minutes] = [Number(parts["zoneHour"]), Number(parts["zoneMinute"] ?? "0")];
  if (hours > 23 || minutes > 59) return undefined;
  const ahead = BigInt(hours * 60 + minutes) * 60n * second;
  return { wall, offset: parts["sign"] === "+" ? ahead : -ahead };
}

type Parts = Readonly<Record<string, string | undefined>>;

/** Days since the epoch. */
function dayOf({ year: yearText, month, day: dayText, ordinal, week, weekday }: Parts): number | undefined {
  const year = Number(yearText);
  if (month !== undefined) {
    const [m, d] = [Number(month), Number(dayText)];
    return m < 1 || m > 12 || d < 1 || d > lengthOfMonth(year, m) ? undefined : daysBefore(year, m) + d - 1;
  }
  if (ordinal !== undefined) {
    const n = Number(ordinal);
    return n < 1 || n > 365 + (isLeap(year) ? 1 : 0) ? undefined : daysBefore(year, 1) + n - 1;
  }
  const [w, d] = [Number(week), Number(weekday)];
  const first = firstWeek(year);
  const weeks = (firstWeek(year + 1) - first) / 7;
  return w < 1 || w > weeks || d < 1 || d > 7 ? undefined : first + (w - 1) * 7 + d - 1;
}

/** Microseconds since midnight. */
function timeOf({ hour, minute, second: secondText, fraction = "" }: Parts): bigint | undefined {
  const [h, m, s] = [Number(hour), Number(minute ?? "0"), Number(secondText ?? "0")];
  const isMidnight = h === 24 && m === 0 && s === 0 && !/[1-9]/.test(fraction);
  if ((h > 23 && !isMidnight) || m > 59 || s > 60) return undefined;
  const ofLast = secondText !== undefined ? second : minute !== undefined ? 60n * second : 3600n * second;
  const digits = fraction.slice(0, 12);
  const part = digits === "" ? 0n : (BigInt(digits) * ofLast) / 10n ** BigInt(digits.length);
  return BigInt(h * 3600 + m * 60 + s) * second + part;
}

/** The Monday of week 1, the week that holds January 4. */
function firstWeek(year: number): number {
  const january4 = daysBefore(year, 1) + 3;
  // The epoch was a Thursday.
  return january4 - ((((january4 + 3) % 7) + 7) % 7);
}

/** Days from the epoch to the first of a month. */
function daysBefore(year: number, month: number): number {
  const first = new Date(0);
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  first.setUTCFullYear(year, month - 1, 1);
  return first.getTime() / 86_400_000;
}

function lengthOfMonth(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : daysInMonth[month - 1]!;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
