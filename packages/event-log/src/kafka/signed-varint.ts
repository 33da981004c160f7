/** Kafka's varints: zig-zag, so that -1 (null) takes one byte too. 32 bits. */

export function signedVarintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x200000) return 3;
  return zigzag < 0x10000000 ? 4 : 5;
}

/** Writes at `at` and answers the position behind it. */
export function writeSignedVarint(to: Uint8Array, at: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let end = at;
  while (rest >= 0x80) {
    to[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  to[end++] = rest;
  return end;
}

/** Reads one varint after the other. */
export class SignedVarintReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  next(): number {
    let byte = this.bytes[this.at++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
      byte = this.bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** Of up to 64 bits, as a safe integer: times. */
  nextLong(): number {
    let value = 0;
    let scale = 1;
    // A time that never ends is none; ten bytes are the longest.
    for (let left = 10; left > 0; left--) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
