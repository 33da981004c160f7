import { isoFromMicros } from "@headwater/core";
import { deviceTime } from "../device-time.ts";
import { holds, InexactNumber } from "../json-text.ts";
import { Unreadable } from "../unreadable.ts";
import { wholeNumber, type CborValue } from "./cbor-value.ts";

/** Bytes of a bignum: enough for any number that a device counts. */
const maxBignum = 64;
/** The farthest a JavaScript Date reaches, in seconds. */
const maxSeconds = 8_640_000_000_000;

const tag = { isoTime: 0, epochTime: 1, bignum: 2, negativeBignum: 3, decimal: 4, bigfloat: 5, date: 1004 } as const;
/** They say how the value may be shown or checked, and the value is the same without them (RFC 8949, section 3.4.5). */
const hints: ReadonlySet<number> = new Set([21, 22, 23, 24, 32, 33, 34, 35, 36, 37, 55799]);

/** What a tag makes of its value; Unreadable for one that is not known or does not fit the value. */
export function taggedValue(number: number, value: CborValue): CborValue {
  if (value instanceof Unreadable || hints.has(number)) return value;
  return (
    meaning(number, value) ?? new Unreadable(`The CBOR has tag ${number}, which is not known here or does not fit`)
  );
}

function meaning(number: number, value: CborValue): CborValue {
  switch (number) {
    case tag.isoTime:
    case tag.date:
      return typeof value === "string" ? value : undefined;
    case tag.epochTime:
      return isNumber(value) ? epochTime(value) : undefined;
    case tag.bignum:
    case tag.negativeBignum: {
      if (!(value instanceof Uint8Array) || value.length > maxBignum) return undefined;
      const magnitude = BigInt(`0x0${Buffer.from(value).toString("hex")}`);
      return wholeNumber(number === tag.bignum ? magnitude : -1n - magnitude);
    }
    case tag.decimal:
    case tag.bigfloat: {
      if (!Array.isArray(value) || value.length !== 2) return undefined;
      const [exponent, mantissa] = value as readonly CborValue[];
      if (!Number.isSafeInteger(exponent) || !isNumber(mantissa)) return undefined;
      return number === tag.decimal ? decimal(mantissa, exponent as number) : bigfloat(mantissa, exponent as number);
    }
    default:
      return undefined;
  }
}

/** As ISO 8601, which a time may be and a value can be kept as. NaN stays what it is. */
function epochTime(seconds: number | InexactNumber): CborValue {
  const time = deviceTime(seconds, { unit: "s" });
  if (time === undefined) return seconds;
  if (typeof time === "number") return isoFromMicros(time);
  const size = Math.trunc(Number(seconds instanceof InexactNumber ? seconds.source : seconds));
  return Math.abs(size) <= maxSeconds ? new Date(size * 1000).toISOString() : undefined;
}

function decimal(mantissa: number | InexactNumber, exponent: number): CborValue {
  const digits = mantissa instanceof InexactNumber ? mantissa.source : String(mantissa);
  if (!/^-?\d+$/.test(digits)) return undefined;
  const source = `${digits}e${exponent}`;
  const value = Number(source);
  return holds(value, source) ? value : new InexactNumber(source);
}

/** The nearest double, as with every fraction. */
function bigfloat(mantissa: number | InexactNumber, exponent: number): CborValue {
  const digits = mantissa instanceof InexactNumber ? mantissa.source : String(mantissa);
  if (!/^-?\d+$/.test(digits)) return undefined;
  const half = Math.trunc(exponent / 2);
  // In two steps, so that neither power is out of a double's reach where their product is not.
  const value = Number(digits) * 2 ** half * 2 ** (exponent - half);
  return Number.isFinite(value) ? value : undefined;
}

function isNumber(value: CborValue): value is number | InexactNumber {
  return typeof value === "number" || value instanceof InexactNumber;
}
