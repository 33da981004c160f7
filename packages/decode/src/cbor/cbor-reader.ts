import { DecodeError, isoFromMicros } from "@headwater/core";
import { isUtf8 } from "node:buffer";
import { exactNumber, InexactNumber } from "../json-text.ts";

/** A map's keys are text or, in SenML, whole numbers. */
export type CborMap = ReadonlyMap<string | number, CborValue>;
/**
 * undefined is CBOR's own. Bytes come as Uint8Array; a number that a double cannot hold, NaN and the infinities as
 * InexactNumber.
 */
export type CborValue =
  | number
  | boolean
  | string
  | null
  | undefined
  | Uint8Array
  | InexactNumber
  | readonly CborValue[]
  | CborMap;

export interface CborLimits {
  /** Levels of arrays, maps and tags. */
  readonly maxDepth: number;
  /** Values in all. */
  readonly maxItems: number;
}

/** Bytes of a bignum: enough for any number that a device counts. */
const maxBignum = 64;
const indefinite = -1;
const breakCode = Symbol("break");

const tag = { isoTime: 0, epochTime: 1, bignum: 2, negativeBignum: 3, selfDescribed: 55799 } as const;

/**
 * Reads one CBOR value (RFC 8949), strictly: nothing after it, no key twice, text that is UTF-8, lengths that the bytes
 * hold, tags that are known. A tagged time comes as ISO 8601. Throws DecodeError, in time and memory linear in the
 * number of bytes.
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
        return whole(this.#argument(info));
      case 1:
        return whole(-1n - BigInt(this.#argument(info)));
      case 2:
        return this.#stringOf(2, info);
      case 3:
        return text(this.#stringOf(3, info));
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

  #stringOf(major: 2 | 3, info: number): Uint8Array {
    const length = this.#length(info);
    if (length !== indefinite) {
      const at = this.#take(length);
      return this.#bytes.subarray(at, at + length);
    }
    const chunks: Uint8Array[] = [];
    for (;;) {
      const head = this.#bytes[this.#take(1)]!;
      if (head === 0xff) return Buffer.concat(chunks);
      const size = head >> 5 === major ? this.#length(head & 31) : indefinite;
      if (size === indefinite) throw new DecodeError("The CBOR has a string whose pieces are of another kind");
      const at = this.#take(size);
      const chunk = this.#bytes.subarray(at, at + size);
      if (major === 3) text(chunk);
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

  #map(info: number, depth: number): CborMap {
    const length = this.#length(info);
    const map = new Map<string | number, CborValue>();
    for (let left = length; left !== 0; left -= 1) {
      const key = this.value(depth + 1);
      if (key === breakCode && length === indefinite) return map;
      if (typeof key !== "string" && typeof key !== "number")
        throw new DecodeError("The CBOR has a key that is no text");
      if (map.has(key)) throw new DecodeError(`The CBOR has the key ${String(key).slice(0, 64)} twice`);
      const value = this.value(depth + 1);
      if (value === breakCode) throw new DecodeError("The CBOR has a key without a value");
      map.set(key, value);
    }
    return map;
  }

  #tagged(info: number, depth: number): CborValue {
    const number = Number(this.#argument(info));
    const value = this.value(depth + 1);
    if (number === tag.selfDescribed && value !== breakCode) return value;
    if (number === tag.isoTime && typeof value === "string") return value;
    if (number === tag.epochTime && typeof value === "number" && Math.abs(value) < 253_402_300_800) {
      return isoFromMicros(Math.round(value * 1_000_000));
    }
    if (
      (number === tag.bignum || number === tag.negativeBignum) &&
      value instanceof Uint8Array &&
      value.length <= maxBignum
    ) {
      const magnitude = BigInt(`0x0${Buffer.from(value).toString("hex")}`);
      return whole(number === tag.bignum ? magnitude : -1n - magnitude);
    }
    throw new DecodeError(`The CBOR has tag ${number}, which is not known here or does not fit its value`);
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
      case 25:
        return finite(halfFloat(this.#view.getUint16(this.#take(2))));
      case 26:
        return finite(this.#view.getFloat32(this.#take(4)));
      case 27:
        return finite(this.#view.getFloat64(this.#take(8)));
      case 31:
        return breakCode;
      default:
        throw new DecodeError("The CBOR has a simple value that is not known here");
    }
  }
}

function whole(value: number | bigint): number | InexactNumber {
  return typeof value === "number" ? value : (exactNumber(value) ?? new InexactNumber(String(value)));
}

function finite(value: number): number | InexactNumber {
  return Number.isFinite(value) ? value : new InexactNumber(String(value));
}

function text(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new DecodeError("The CBOR has text that is not UTF-8");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (fraction + 1024) * 2 ** (exponent - 25));
}
