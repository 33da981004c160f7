/** Numbers of 7 bits a byte, the lowest first; a byte above 127 says that more follow. Whole numbers below 2^53. */

/** What one number takes at most. */
export const MAX_VARINT_BYTES = 8;

/** Writes a number and gives the place after it. */
export function putVarint(bytes: Uint8Array, at: number, number: number): number {
  let rest = number;
  while (rest > 0x7fff_ffff) {
    bytes[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/** A signed number as an unsigned one: small ones stay small. */
export function zigzag(number: number): number {
  return number < 0 ? -2 * number - 1 : 2 * number;
}

function unzigzag(number: number): number {
  return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
}

/** Reads numbers one after the other; RangeError where there are none. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  next(): number {
    const byte = this.#byte();
    if (byte < 128) return byte;
    let number = byte & 127;
    for (let factor = 128; ; factor *= 128) {
      if (factor > 2 ** 49) throw new RangeError("a number of more bytes than there are");
      const more = this.#byte();
      number += (more & 127) * factor;
      if (more < 128) return number;
    }
  }

  /** As `next`, of a number that `zigzag` wrote. Numbers of up to three bytes, nearly all there are, stay integers. */
  nextSigned(): number {
    const bytes = this.#bytes;
    const at = this.at;
    const first = bytes[at]!;
    if (first < 128) {
      this.at = at + 1;
      return (first >>> 1) ^ -(first & 1);
    }
    const second = bytes[at + 1]!;
    if (second < 128) {
      this.at = at + 2;
      return (((first & 127) | (second << 7)) >>> 1) ^ -(first & 1);
    }
    const third = bytes[at + 2]!;
    if (third < 128) {
      this.at = at + 3;
      return (((first & 127) | ((second & 127) << 7) | (third << 14)) >>> 1) ^ -(first & 1);
    }
    return unzigzag(this.next());
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new RangeError("packed points are cut short");
    return byte;
  }
}
