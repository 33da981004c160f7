const two7 = 0x80;
const two28 = 0x1000_0000;
const shortText = 48;

/**
 * Writes protobuf fields, one after the other, into one growing buffer: the messages of a group commit share it, so a
 * message costs no buffer, no writer and no copy of its own. It has only the kinds of field that the hot path needs;
 * the codec of
 * @headwater/proto is the reference.
 */
export class ByteWriter {
  bytes: Buffer<ArrayBufferLike>;
  position = 0;

  constructor(buffer: Buffer<ArrayBufferLike> = Buffer.allocUnsafeSlow(64 * 1024)) {
    this.bytes = buffer;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.position + count;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.position);
    this.bytes = grown;
  }

  /** A safe integer that is not negative. Needs room for 8 bytes. */
  varint(value: number): void {
    let rest = value;
    if (value > 0x7fffffff) {
      // Four groups of seven bits at once: what is left of a safe integer then fits into the engine's small ones.
      const high = Math.floor(value / two28);
      const low = value - high * two28;
      const { bytes, position } = this;
      bytes[position] = (low & 0x7f) | two7;
      bytes[position + 1] = ((low >>> 7) & 0x7f) | two7;
      bytes[position + 2] = ((low >>> 14) & 0x7f) | two7;
      bytes[position + 3] = (low >>> 21) | two7;
      this.position = position + 4;
      rest = high;
    }
    while (rest >= two7) {
      this.bytes[this.position++] = (rest & 0x7f) | two7;
      rest >>>= 7;
    }
    this.bytes[this.position++] = rest;
  }

  /** A field of kind uint64 or int64; left out if 0, as proto3 has it. */
  integerField(tag: number, value: number): void {
    if (value === 0) return;
    this.reserve(12);
    this.varint(tag);
    this.varint(value);
  }

  /** sint64: small numbers of either sign are short. */
  signedField(tag: number, value: number): void {
    if (value === 0) return;
    this.reserve(12);
    this.varint(tag);
    this.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** A double, also when it is 0: for members of a oneof. */
  doubleField(tag: number, value: number): void {
    this.reserve(10);
    this.bytes[this.position++] = tag;
    this.position = this.bytes.writeDoubleLE(value, this.position);
  }

  booleanField(tag: number, value: boolean): void {
    this.reserve(2);
    this.bytes[this.position++] = tag;
    this.bytes[this.position++] = value ? 1 : 0;
  }

  /** Text, also when it is empty. */
  textField(tag: number, text: string): void {
    this.reserve(12 + text.length * 3);
    this.bytes[this.position++] = tag;
    if (text.length > shortText || !this.#shortAscii(text)) {
      this.varint(Buffer.byteLength(text));
      this.position += this.bytes.write(text, this.position);
    }
  }

  /** Bytes as they are, without tag or length. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  /**
   * Begins a message inside of a message; `endNested` takes the answer. Most are shorter than 128 bytes: one byte is
   * kept for the length.
   */
  beginNested(tag: number): number {
    this.reserve(4);
    this.bytes[this.position++] = tag;
    this.position += 1;
    return this.position;
  }

  endNested(start: number): void {
    const length = this.position - start;
    if (length < two7) {
      this.bytes[start - 1] = length;
      return;
    }
    const extra = length < 0x4000 ? 1 : length < 0x20_0000 ? 2 : 3;
    this.reserve(extra);
    this.bytes.copyWithin(start + extra, start, this.position);
    this.position = start - 1;
    this.varint(length);
    this.position += length;
  }

  /** Writes length and text if every character is ASCII. */
  #shortAscii(text: string): boolean {
    const { bytes, position } = this;
    const { length } = text;
    bytes[position] = length;
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[position + 1 + i] = code;
    }
    this.position = position + 1 + length;
    return true;
  }
}
