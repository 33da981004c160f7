import { DecodeError } from "@headwater/core";
import { isUtf8 } from "node:buffer";
import { InexactNumber } from "../json-text.ts";
import { Unreadable } from "../unreadable.ts";
import { taggedValue } from "./cbor-tags.ts";
import { wholeNumber, type CborMap, type CborValue } from "./cbor-value.ts";

export interface CborLimits {
  /** Levels of arrays, maps and tags. */
  readonly maxDepth: number;
  /** Values in all. */
  readonly maxItems: number;
}

const indefinite = -1;
const breakCode = Symbol("break");

/**
 * Reads one CBOR value (RFC 8949), in time and memory linear in the number of bytes. Throws DecodeError where the bytes
 * are not well-formed, so that nobody can tell where the next value begins: a length that they do not hold, something
 * after the value. What is well-formed and not valid is Unreadable, and the values beside it are read: a key twice,
 * text that is not UTF-8, a tag or simple value that is not known. A tagged time comes as ISO 8601.
 */
export function readCbor(bytes: Uint8Array, limits: CborLimits): CborValue {
  const reader = new CborReader(bytes, limits);
  const value = reader.value(0);
  if (value === breakCode) throw new DecodeError("The CBOR has a break where a value has to be");
  reader.end();
  return value;
}

class CborReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #limits: CborLimits;
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array, limits: CborLimits) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limits = limits;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new DecodeError("The CBOR goes on after its value");
  }

  value(depth: number): CborValue | typeof breakCode {
    if (depth > this.#limits.maxDepth)
      throw new DecodeError(`The CBOR nests deeper than ${this.#limits.maxDepth} levels`);
    this.#items += 1;
    if (this.#items > this.#limits.maxItems)
      throw new DecodeError(`The CBOR has more than ${this.#limits.maxItems} values`);
    const initial = this.#bytes[this.#take(1)]!;
    const info = initial & 31;
    switch (initial >> 5) {
      case 0:
        return wholeNumber(this.#argument(info));
      case 1:
        return wholeNumber(-1n - BigInt(this.#argument(info)));
      case 2:
        return this.#stringOf(2, info);
      case 3: {
        const bytes = this.#stringOf(3, info);
        return bytes instanceof Unreadable ? bytes : text(bytes);
      }
      case 4:
        return this.#array(info, depth);
      case 5:
        return this.#map(info, depth);
      case 6:
        return this.#tagged(info, depth);
      default:
        return this.#simple(info);
    }
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw new DecodeError("The CBOR ends too early");
    this.#at += count;
    return at;
  }

  /** Exact: a bigint only beyond 32 bits. */
  #argument(info: number): number | bigint {
    if (info < 24) return info;
    switch (info) {
      case 24:
        return this.#view.getUint8(this.#take(1));
      case 25:
        return this.#view.getUint16(this.#take(2));
      case 26:
        return this.#view.getUint32(this.#take(4));
      case 27:
        return this.#view.getBigUint64(this.#take(8));
      default:
        throw new DecodeError("The CBOR has a head that is not well-formed");
    }
  }

  /**
   * Or `indefinite`, from which counting down never comes to zero. Every element takes a byte at least, so a length
   * that lies is found before anything is made of it.
   */
  #length(info: number): number {
    if (info === 31) return indefinite;
    const length = Number(this.#argument(info));
    if (length > this.#bytes.length - this.#at) throw new DecodeError("The CBOR ends too early");
    return length;
  }

  #stringOf(major: 2 | 3, info: number): Uint8Array | Unreadable {
    const length = this.#length(info);
    if (length !== indefinite) {
      const at = this.#take(length);
      return this.#bytes.subarray(at, at + length);
    }
    const chunks: Uint8Array[] = [];
    let wrong: Unreadable | undefined;
    for (;;) {
      const head = this.#bytes[this.#take(1)]!;
      if (head === 0xff) return wrong ?? Buffer.concat(chunks);
      const size = head >> 5 === major ? this.#length(head & 31) : indefinite;
      if (size === indefinite) throw new DecodeError("The CBOR has a string whose pieces are of another kind");
      const at = this.#take(size);
      const chunk = this.#bytes.subarray(at, at + size);
      // A character may not be spread over two pieces.
      const piece = major === 3 ? text(chunk) : undefined;
      if (piece instanceof Unreadable) wrong = piece;
      chunks.push(chunk);
    }
  }

  #array(info: number, depth: number): CborValue[] {
    const length = this.#length(info);
    const items: CborValue[] = [];
    for (let left = length; left !== 0; left -= 1) {
      const item = this.value(depth + 1);
      if (item === breakCode) {
        if (length === indefinite) return items;
        throw new DecodeError("The CBOR has a break where a value has to be");
      }
      items.push(item);
    }
    return items;
  }

  #map(info: number, depth: number): CborMap | Unreadable {
    const length = this.#length(info);
    const map = new Map<string | number, CborValue>();
    let wrong: string | undefined;
    for (let left = length; left !== 0; left -= 1) {
      const key = this.value(depth + 1);
      if (key === breakCode) {
        if (length === indefinite) break;
        throw new DecodeError("The CBOR has a break where a key has to be");
      }
      const value = this.value(depth + 1);
      if (value === breakCode) throw new DecodeError("The CBOR has a key without a value");
      if (typeof key !== "string" && typeof key !== "number") wrong ??= "The CBOR has a key that is no text";
      else if (map.has(key)) wrong ??= `The CBOR has the key ${String(key).slice(0, 64)} twice`;
      else map.set(key, value);
    }
    return wrong === undefined ? map : new Unreadable(wrong);
  }

  #tagged(info: number, depth: number): CborValue {
    const number = Number(this.#argument(info));
    const value = this.value(depth + 1);
    if (value === breakCode) throw new DecodeError("The CBOR has a tag without a value");
    return taggedValue(number, value);
  }

  #simple(info: number): CborValue | typeof breakCode {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case 23:
        return undefined;
      case 24:
        this.#take(1);
        return unknownSimple;
      case 25:
        return finite(halfFloat(this.#view.getUint16(this.#take(2))));
      case 26:
        return finite(this.#view.getFloat32(this.#take(4)));
      case 27:
        return finite(this.#view.getFloat64(this.#take(8)));
      case 31:
        return breakCode;
      default:
        if (info > 24) throw new DecodeError("The CBOR has a head that is not well-formed");
        return unknownSimple;
    }
  }
}

const unknownSimple = new Unreadable("The CBOR has a simple value that is not known here");

function finite(value: number): number | InexactNumber {
  return Number.isFinite(value) ? value : new InexactNumber(String(value));
}

function text(bytes: Uint8Array): string | Unreadable {
  if (!isUtf8(bytes)) return new Unreadable("The CBOR has text that is not UTF-8");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (fraction + 1024) * 2 ** (exponent - 25));
}
