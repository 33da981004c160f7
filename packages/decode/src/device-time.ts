import { DecodeError, instantOfLocal, microsFromIso } from "@headwater/core";
import { InexactNumber, isNoNumber } from "./json-text.ts";
import { Unreadable } from "./unreadable.ts";
import { readDate } from "./written-date.ts";

/** What a number counts since the epoch. */
export type TimeUnit = "s" | "ms" | "us" | "ns";

/** A time that a device gave and that is no instant the platform can work with. It is kept as text, in an attribute. */
export class UnplacedTime {
  /** A time of day without a zone, or an instant that microseconds in a double cannot hold. */
  readonly kind: "local" | "beyond";
  readonly text: string;

  constructor(kind: "local" | "beyond", text: string) {
    this.kind = kind;
    this.text = text;
  }
}

/** Microseconds since the epoch, always a safe integer, or a time without a place. */
export type DeviceTime = number | UnplacedTime;

export interface TimeForm {
  /** What numbers count. A unit that is declared is never guessed. Default: by their size. */
  readonly unit?: TimeUnit | undefined;
  /** Where a time of day without a zone is meant. Default: such a time names no instant. */
  readonly timeZone?: string | undefined;
}

/** Longest text that can be a time (characters), and most digits that are kept of one. */
const maxText = 64;
const dateAlone = "2026-11-27".length;
const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Digits, and size of an exponent, that are read exactly: more cost more than their number. */
const maxExact = 400;

/** Powers of ten from a unit to microseconds. */
const powerOf: Readonly<Record<TimeUnit, number>> = { s: 6, ms: 3, us: 0, ns: -3 };
const factorOf: Readonly<Record<TimeUnit, number>> = { s: 1_000_000, ms: 1000, us: 1, ns: 0 };

/**
 * What a device wrote as its time: a number, also as text, or ISO 8601. Without a declared unit the size decides: below
 * 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds, above that nanoseconds. Digits are read exactly; what
 * is finer than a microsecond is cut off. null, "", NaN and the infinities, also as text, are no time: undefined.
 * Throws DecodeError for anything else.
 */
export function deviceTime(written: unknown, form: TimeForm = {}): DeviceTime | undefined {
  switch (typeof written) {
    case "number":
      if (Number.isSafeInteger(written)) {
        const micros = written * factorOf[form.unit ?? unitByRange(Math.abs(written))];
        if (Number.isSafeInteger(micros) && (micros !== 0 || written === 0)) return micros;
      }
      return Number.isFinite(written) ? fromDecimal(digitsOf(written), form.unit) : undefined;
    case "bigint":
      return fromDecimal(String(written), form.unit);
    case "string":
      return fromText(written, form);
    case "undefined":
      return undefined;
    default:
      if (written === null) return undefined;
      if (written instanceof Unreadable) throw written.error;
      if (written instanceof InexactNumber) {
        return written.isNoNumber ? undefined : fromDecimal(written.source, form.unit);
      }
      throw notATime();
  }
}

/** The sum of two numbers of one unit, each read exactly: adding doubles would round once more. */
export function sumOfTimes(a: number | InexactNumber, b: number | InexactNumber, unit: TimeUnit): DeviceTime {
  const [first, second] = [microsOf(digitsOf(a), unit), microsOf(digitsOf(b), unit)];
  if (first === undefined || second === undefined) throw notATime();
  return placed(first + second, String(first + second));
}

/** Whole digits of a count in a unit, as formats write it whose times are always whole. */
export function wholeTime(digits: string, unit: TimeUnit): DeviceTime {
  return fromDecimal(digits, unit);
}

function fromText(written: string, { unit, timeZone }: TimeForm): DeviceTime | undefined {
  if (written.length > 4 * maxText) throw notATime();
  const text = written.trim();
  if (text === "") return undefined;
  if (text.length > maxText) throw notATime();
  if (decimal.test(text)) return fromDecimal(text, unit);
  // Nearly all are of this form, and quickly read. A date alone says no more of its zone than a time of day does.
  const instant = text.length > dateAlone ? microsFromIso(text) : undefined;
  if (instant !== undefined && Number.isSafeInteger(instant)) return instant;
  const date = readDate(text);
  if (date === undefined) {
    if (isNoNumber(text)) return undefined;
    throw notATime();
  }
  const { wall, offset } = date;
  if (offset !== undefined) return placed(wall - offset, text);
  if (timeZone === undefined) return new UnplacedTime("local", text);
  const local = placed(wall, text);
  return typeof local === "number" ? instantOfLocal(local, timeZone) : local;
}

function fromDecimal(text: string, unit: TimeUnit | undefined): DeviceTime {
  const micros = microsOf(text, unit);
  if (micros === undefined) throw notATime();
  return placed(micros, text);
}

/** Microseconds, exactly but for what is finer; undefined if the text is no number. */
function microsOf(text: string, unit: TimeUnit | undefined): bigint | undefined {
  const match = decimal.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  if (text.length > maxExact || Math.abs(Number(exponent)) > maxExact) {
    const nearest = Number(text);
    return microsOf(Number.isFinite(nearest) ? digitsOf(nearest) : `${sign}1e${maxExact}`, unit);
  }
  const digits = BigInt(whole + fraction);
  const power = Number(exponent) - fraction.length;
  const scaled = timesTen(digits, power + powerOf[unit ?? unitBySize(digits, power)], sign === "-");
  return sign === "-" ? -scaled : scaled;
}

/** Cut off towards the past, as ISO 8601's further digits are: up for the size of a negative number. */
function timesTen(digits: bigint, power: number, up: boolean): bigint {
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return digits / divisor + (up && digits % divisor !== 0n ? 1n : 0n);
}

function placed(micros: bigint, written: string): DeviceTime {
  const number = Number(micros);
  if (Number.isSafeInteger(number)) return number;
  const exact = String(micros);
  return new UnplacedTime("beyond", exact.length <= maxText ? exact : written.slice(0, maxText));
}

function unitByRange(size: number): TimeUnit {
  if (size < 1e11) return "s";
  if (size < 1e14) return "ms";
  return size < 1e17 ? "us" : "ns";
}

function unitBySize(digits: bigint, power: number): TimeUnit {
  if (isBelow(digits, power, 11)) return "s";
  if (isBelow(digits, power, 14)) return "ms";
  return isBelow(digits, power, 17) ? "us" : "ns";
}

/** Whether digits × 10^power is below 10^bound. */
function isBelow(digits: bigint, power: number, bound: number): boolean {
  const rest = bound - power;
  return rest >= 0 ? digits < 10n ** BigInt(rest) : digits === 0n;
}

/** The digits of a double: all of a whole number, as many of a fraction as tell it from its neighbours. */
function digitsOf(value: number | InexactNumber): string {
  if (typeof value !== "number") return value.source;
  return Number.isInteger(value) ? String(BigInt(value)) : String(value);
}

function notATime(): DecodeError {
  return new DecodeError(
    "A time has to be a number (seconds, milliseconds, microseconds or nanoseconds since the epoch) or ISO 8601",
  );
}
