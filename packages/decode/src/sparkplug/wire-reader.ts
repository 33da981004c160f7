import { DecodeError } from "@headwater/core";
import { isUtf8 } from "node:buffer";

const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Walks the fields of a protobuf message without making anything of them: 64-bit integers stay exact, nested messages
 * are slices, and nothing is allocated that the bytes do not hold. Throws DecodeError for what is no message.
 */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #wire = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next field's number; 0 at the end. Its value has to be read, or skipped, before the next. */
  next(): number {
    if (this.#at === this.#bytes.length) return 0;
    const tag = this.#varint();
    const field = Number(tag >> 3n);
    if (field === 0 || field > 536_870_911) throw new DecodeError("The protobuf has a field without a number");
    this.#wire = Number(tag & 7n);
    return field;
  }

  skip(): void {
    if (this.#wire === wire.varint) this.#varint();
    else if (this.#wire === wire.fixed64) this.#take(8);
    else if (this.#wire === wire.bytes) this.bytes();
    else if (this.#wire === wire.fixed32) this.#take(4);
    // Groups are no part of any message that is read here.
    else throw new DecodeError("The protobuf has a field of an unknown kind");
  }

  /** Unsigned; of negative numbers the two's complement. */
  uint64(): bigint {
    this.#expect(wire.varint);
    return this.#varint();
  }

  uint32(): number {
    return Number(BigInt.asUintN(32, this.uint64()));
  }

  /** A count or a time in whole numbers that a double holds. */
  safeInteger(): number {
    const value = Number(this.uint64());
    if (!Number.isSafeInteger(value)) throw new DecodeError("The protobuf has a number beyond 2^53 where none can be");
    return value;
  }

  boolean(): boolean {
    return this.uint64() !== 0n;
  }

  float(): number {
    this.#expect(wire.fixed32);
    return this.#view.getFloat32(this.#take(4), true);
  }

  double(): number {
    this.#expect(wire.fixed64);
    return this.#view.getFloat64(this.#take(8), true);
  }

  bytes(): Uint8Array {
    this.#expect(wire.bytes);
    const length = Number(this.#varint());
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    const bytes = this.bytes();
    if (!isUtf8(bytes)) throw new DecodeError("The protobuf has text that is not UTF-8");
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  }

  /** The numbers of a repeated field, one by one or packed. */
  packed(): number[] {
    if (this.#wire !== wire.bytes) return [this.uint32()];
    const inner = new WireReader(this.bytes());
    const numbers: number[] = [];
    while (inner.#at < inner.#bytes.length) numbers.push(Number(BigInt.asUintN(32, inner.#varint())));
    return numbers;
  }

  #expect(kind: number): void {
    if (this.#wire !== kind) throw new DecodeError("The protobuf has a field of the wrong kind");
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw new DecodeError("The protobuf ends too early");
    this.#at += count;
    return at;
  }

  #varint(): bigint {
    let value = 0n;
    // Most are small: up to 28 bits without a big integer.
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#bytes[this.#take(1)]!;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#take(1)]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new DecodeError("The protobuf has a number of more than 64 bits");
  }
}
