import { DecodeError } from "@headwater/core";
import { exactNumber, holds, InexactNumber, isNoNumber } from "../json-text.ts";

export type LineValue = number | boolean | string | InexactNumber;

export interface LinePoint {
  readonly measurement: string;
  /** As written; no key twice. */
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** Never empty; a key may repeat. */
  readonly fields: readonly (readonly [key: string, value: LineValue])[];
  /** Digits, perhaps with a minus; undefined if there is none. */
  readonly timestamp: string | undefined;
}

const [space, quote, hash, comma, equals, backslash] = [0x20, 0x22, 0x23, 0x2c, 0x3d, 0x5c];
const [newline, carriageReturn] = [0x0a, 0x0d];

/** The characters (of ASCII) that end a token. */
function stopAt(characters: string, controls: boolean): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  if (controls) {
    table.fill(1, 0, 32);
    table[127] = 1;
  }
  return table;
}

const endOfMeasurement = stopAt(", ", true);
const endOfKey = stopAt(",= ", true);
const endOfText = stopAt('"', false);
const endOfValue = stopAt(", \r\n", false);

/** What a backslash before a character makes of both. Before others it is a backslash. */
const escapesOfMeasurement: ReadonlyMap<number, string> = new Map([
  [space, " "],
  [comma, ","],
]);
const escapesOfKey: ReadonlyMap<number, string> = new Map([...escapesOfMeasurement, [equals, "="]]);
const escapesOfText: ReadonlyMap<number, string> = new Map([
  [backslash, "\\"],
  [quote, '"'],
  [0x6e, "\n"],
  [0x72, "\r"],
  [0x74, "\t"],
]);

const float = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const integer = /^(-?)0*(\d+)$/;
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...["t", "T", "true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["f", "F", "false", "False", "FALSE"].map((word) => [word, false] as const),
]);

/**
 * Reads InfluxDB line protocol point by point. Throws DecodeError that names the line at one that is none; reading can
 * go on after `skipLine`.
 */
export class LineReader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  /** Where the point begins that was asked for last. */
  #from = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next point; undefined at the end. */
  next(): LinePoint | undefined {
    this.#skipBlank();
    this.#from = this.#at;
    if (this.#at >= this.#text.length) return undefined;
    const measurement = this.#token(endOfMeasurement, escapesOfMeasurement);
    if (measurement === "") throw this.#error("has no measurement");
    const tags = this.#tags();
    const fields = this.#fields();
    return { measurement, tags, fields, timestamp: this.#timestamp() };
  }

  /** Goes on behind the line of the last point, and answers with that, to the end of the line where it went wrong. */
  skipLine(): string {
    const text = this.#text;
    if (this.#at > this.#from && text.charCodeAt(this.#at - 1) === newline) return text.slice(this.#from, this.#at);
    const end = text.indexOf("\n", this.#at);
    this.#at = end === -1 ? text.length : end + 1;
    this.#line += 1;
    return text.slice(this.#from, this.#at);
  }

  #code(ahead = 0): number {
    // NaN beyond the end compares unequal to all.
    return this.#text.charCodeAt(this.#at + ahead);
  }

  #error(what: string): DecodeError {
    return new DecodeError(`Line ${this.#line} ${what}`);
  }

  #skipBlank(): void {
    for (;;) {
      this.#skipSpaces();
      if (this.#code() === hash) this.#comment();
      else if (!this.#endOfLine()) return;
    }
  }

  #comment(): void {
    while (this.#at < this.#text.length && this.#code() !== newline) {
      const code = this.#code();
      const ends = code === carriageReturn && (this.#code(1) === newline || this.#at + 1 === this.#text.length);
      if ((code < 32 || code === 127) && !ends) throw this.#error("is a comment with a control character");
      this.#at += 1;
    }
  }

  #skipSpaces(): void {
    while (this.#code() === space) this.#at += 1;
  }

  /** Takes an end of line; not the end of the text. */
  #endOfLine(): boolean {
    if (this.#code() === newline) this.#at += 1;
    else if (this.#code() !== carriageReturn) return false;
    else if (this.#code(1) === newline) this.#at += 2;
    else if (this.#at + 1 === this.#text.length) this.#at += 1;
    else return false;
    this.#line += 1;
    return true;
  }

  #token(stop: Uint8Array, escapes: ReadonlyMap<number, string>): string {
    const text = this.#text;
    let from = this.#at;
    let taken = "";
    for (; this.#at < text.length; this.#at += 1) {
      const code = this.#code();
      if (code === backslash) {
        const escaped = escapes.get(this.#code(1));
        if (escaped === undefined) continue;
        taken += text.slice(from, this.#at) + escaped;
        this.#at += 1;
        from = this.#at + 1;
      } else if (code < 128 && stop[code] === 1) {
        break;
      } else if (code === newline) {
        this.#line += 1;
      }
    }
    return taken + text.slice(from, this.#at);
  }

  #tags(): [string, string][] {
    const tags: [string, string][] = [];
    const keys = new Set<string>();
    while (this.#code() === comma) {
      this.#at += 1;
      const key = this.#token(endOfKey, escapesOfKey);
      if (key === "" || this.#code() !== equals) throw this.#error("has a tag that is no key=value");
      this.#at += 1;
      const value = this.#token(endOfKey, escapesOfKey);
      if (value === "") throw this.#error("has a tag without a value");
      if (keys.has(key)) throw this.#error("has a tag twice");
      keys.add(key);
      tags.push([key, value]);
    }
    if (this.#code() !== space) throw this.#error("has no fields");
    this.#skipSpaces();
    return tags;
  }

  #fields(): [string, LineValue][] {
    const fields: [string, LineValue][] = [];
    for (;;) {
      const key = this.#token(endOfKey, escapesOfKey);
      if (key === "" || this.#code() !== equals) throw this.#error("has a field that is no key=value");
      this.#at += 1;
      fields.push([key, this.#value()]);
      if (this.#code() !== comma) return fields;
      this.#at += 1;
    }
  }

  #value(): LineValue {
    if (this.#code() === quote) {
      this.#at += 1;
      const text = this.#token(endOfText, escapesOfText);
      if (this.#code() !== quote) throw this.#error("has a text without a closing quote");
      this.#at += 1;
      return text;
    }
    const from = this.#at;
    while (this.#at < this.#text.length && !(this.#code() < 128 && endOfValue[this.#code()] === 1)) this.#at += 1;
    const source = this.#text.slice(from, this.#at);
    const value = booleans.get(source) ?? numberOf(source);
    if (value === undefined) throw this.#error("has a field whose value is no number, boolean or text");
    return value;
  }

  #timestamp(): string | undefined {
    if (this.#at >= this.#text.length) return undefined;
    const code = this.#code();
    if (code !== space && code !== newline && code !== carriageReturn) throw this.#error("goes on after a value");
    this.#skipSpaces();
    if (this.#at >= this.#text.length || this.#endOfLine()) return undefined;
    const from = this.#at;
    while (this.#code() === 0x2d || (this.#code() >= 0x30 && this.#code() <= 0x39)) this.#at += 1;
    const timestamp = this.#text.slice(from, this.#at);
    if (!integer.test(timestamp)) throw this.#error("has a timestamp that is no whole number");
    this.#skipSpaces();
    if (this.#at < this.#text.length && !this.#endOfLine()) throw this.#error("goes on after its timestamp");
    return timestamp;
  }
}

/** InfluxDB has neither a plus sign nor NaN, but devices print them. */
function numberOf(written: string): LineValue | undefined {
  const source = written.startsWith("+") ? written.slice(1) : written;
  if (isNoNumber(source)) return new InexactNumber("NaN");
  if (source.endsWith("i")) return wholeOf(source.slice(0, -1), -(2n ** 63n), 2n ** 63n - 1n);
  if (source.endsWith("u"))
    return source.startsWith("-") ? undefined : wholeOf(source.slice(0, -1), 0n, 2n ** 64n - 1n);
  if (!float.test(source)) return undefined;
  const value = Number(source);
  return holds(value, source) ? value : new InexactNumber(source);
}

/** A whole number says that it has 64 bits; one that has more is none. */
function wholeOf(digits: string, least: bigint, most: bigint): LineValue | undefined {
  const match = integer.exec(digits);
  if (match === null || match[2]!.length > 20) return undefined;
  const source = match[1]! + match[2]!;
  const exact = BigInt(source);
  if (exact < least || exact > most) return undefined;
  return exactNumber(exact) ?? new InexactNumber(source);
}
