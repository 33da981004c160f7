import { Interned } from "@headwater/proto/telemetry";
import type { DecodedMessage, DecodedReading, DecodeLimits } from "./decoder.ts";

/** More are left to the reader of all shapes: a repeated name is looked for one by one. */
const mostMembers = 16;
/** So many digits are below 2^53, and the quotient with a power of ten is the nearest double. */
const mostDigits = 15;
const powersOfTen = Array.from({ length: mostDigits + 1 }, (_, exponent) => 10 ** exponent);

const [quote, backslash, comma, colon, open, close] = [0x22, 0x5c, 0x2c, 0x3a, 0x7b, 0x7d];
const [zero, nine, minus, dot] = [0x30, 0x39, 0x2d, 0x2e];

/** Metrics come again and again. */
const names = new Interned<string>(4096, (name) => name);

/**
 * Reads the JSON that most devices send, one flat object of short numbers, booleans and plain text, without the text,
 * the regular expressions and the objects that any JSON needs; undefined if the payload is anything else, also if it is
 * wrong.
 */
export function readPlainJson(payload: Uint8Array, limits: DecodeLimits): DecodedMessage | undefined {
  const readings = scanner.readings(payload, limits);
  return readings === undefined ? undefined : { samples: [{ readings }] };
}

class Scanner {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  readings(bytes: Uint8Array, { maxReadings, maxMetricLength }: DecodeLimits): DecodedReading[] | undefined {
    this.#bytes = bytes;
    this.#at = 0;
    if (this.#next() !== open) return undefined;
    const most = Math.min(mostMembers, maxReadings);
    const readings: DecodedReading[] = [];
    let behind: number;
    do {
      this.#at += 1;
      const metric = this.#name(maxMetricLength);
      if (metric === undefined || this.#next() !== colon) return undefined;
      this.#at += 1;
      const value = this.#value();
      if (value === undefined || readings.length === most || isAmong(readings, metric)) return undefined;
      readings.push({ metric, value });
      behind = this.#next();
    } while (behind === comma);
    if (behind !== close) return undefined;
    this.#at += 1;
    return this.#next() === -1 ? readings : undefined;
  }

  /** The next byte that is no space, which stays the next; -1: there is none. */
  #next(): number {
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      const byte = bytes[this.#at]!;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return byte;
      this.#at += 1;
    }
    return -1;
  }

  #name(maxLength: number): string | undefined {
    if (this.#next() !== quote) return undefined;
    const from = this.#at + 1;
    const to = this.#endOfText(from);
    if (to <= from || to - from > maxLength) return undefined;
    // An object has members that look like indexes before all others.
    const first = this.#bytes[from]!;
    return first >= zero && first <= nine ? undefined : names.of(this.#bytes, from, to);
  }

  /** Of ASCII without an escape; goes on behind its quote. -1: it is no such text. */
  #endOfText(from: number): number {
    const bytes = this.#bytes;
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (byte === quote) {
        this.#at = at + 1;
        return at;
      }
      if (byte < 0x20 || byte > 0x7e || byte === backslash) return -1;
    }
    return -1;
  }

  #value(): number | boolean | string | undefined {
    switch (this.#next()) {
      case quote:
        return this.#text();
      case 0x74:
        return this.#isWord("true") ? true : undefined;
      case 0x66:
        return this.#isWord("false") ? false : undefined;
      default:
        return this.#number();
    }
  }

  #text(): string | undefined {
    const from = this.#at + 1;
    const to = this.#endOfText(from);
    if (to < 0) return undefined;
    const { buffer, byteOffset } = this.#bytes;
    return Buffer.from(buffer, byteOffset + from, to - from).toString("latin1");
  }

  #isWord(word: string): boolean {
    for (let i = 0; i < word.length; i += 1) if (this.#bytes[this.#at + i] !== word.charCodeAt(i)) return false;
    this.#at += word.length;
    return true;
  }

  /** Stops at what follows the digits: an exponent, or a digit behind a zero, ends no member. */
  #number(): number | undefined {
    const bytes = this.#bytes;
    const { length } = bytes;
    let at = this.#at;
    const isNegative = bytes[at] === minus;
    if (isNegative) at += 1;
    const from = at;
    let value = 0;
    if (at < length && bytes[at] === zero) at += 1;
    else {
      for (; at < length && bytes[at]! >= zero && bytes[at]! <= nine; at += 1) value = value * 10 + bytes[at]! - zero;
    }
    let digits = at - from;
    if (digits === 0) return undefined;
    if (at < length && bytes[at] === dot) {
      at += 1;
      const fractionFrom = at;
      for (; at < length && bytes[at]! >= zero && bytes[at]! <= nine; at += 1) value = value * 10 + bytes[at]! - zero;
      const fraction = at - fractionFrom;
      digits += fraction;
      if (fraction === 0 || digits > mostDigits) return undefined;
      value /= powersOfTen[fraction]!;
    }
    if (digits > mostDigits) return undefined;
    this.#at = at;
    return isNegative ? -value : value;
  }
}

/** A payload is read to its end before another begins. */
const scanner = new Scanner();

function isAmong(readings: readonly DecodedReading[], metric: string): boolean {
  for (let i = 0; i < readings.length; i += 1) if (readings[i]!.metric === metric) return true;
  return false;
}
