/** Writes a request's body into one buffer, in Kafka's big-endian types. */
export class KafkaWriter {
  #buffer: Buffer;
  #at = 0;

  constructor(sizeHint: number) {
    this.#buffer = Buffer.allocUnsafe(sizeHint);
  }

  int8(value: number): this {
    this.#at = this.#room(1).writeInt8(value, this.#at);
    return this;
  }

  int16(value: number): this {
    this.#at = this.#room(2).writeInt16BE(value, this.#at);
    return this;
  }

  int32(value: number): this {
    this.#at = this.#room(4).writeInt32BE(value, this.#at);
    return this;
  }

  int64(value: number): this {
    this.#at = this.#room(8).writeBigInt64BE(BigInt(value), this.#at);
    return this;
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.byteLength(value);
    this.int16(bytes);
    this.#at += this.#room(bytes).write(value, this.#at, "utf8");
    return this;
  }

  /** Unsigned, as lengths and tags of newer requests are. */
  uvarint(value: number): this {
    let left = value;
    for (; left >= 0x80; left >>>= 7) this.int8(((left & 0x7f) | 0x80) - 256);
    return this.int8(left);
  }

  compactString(value: string): this {
    const bytes = Buffer.byteLength(value);
    this.uvarint(bytes + 1);
    this.#at += this.#room(bytes).write(value, this.#at, "utf8");
    return this;
  }

  bytes(value: Buffer): this {
    this.int32(value.length);
    this.#at += value.copy(this.#room(value.length), this.#at);
    return this;
  }

  /** As kafkajs takes the body of a request. */
  finish(): { buf: Buffer; buffer: Buffer } {
    const buffer = this.#buffer.subarray(0, this.#at);
    return { buf: buffer, buffer };
  }

  #room(bytes: number): Buffer {
    if (this.#at + bytes > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#at + bytes, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, this.#at);
      this.#buffer = grown;
    }
    return this.#buffer;
  }
}

/** Reads an answer's body. */
export class KafkaReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  int8(): number {
    return this.#buffer.readInt8(this.#at++);
  }

  int16(): number {
    this.#at += 2;
    return this.#buffer.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#buffer.readInt32BE(this.#at - 4);
  }

  bigint64(): bigint {
    this.#at += 8;
    return this.#buffer.readBigInt64BE(this.#at - 8);
  }

  int64(): number {
    this.#at += 8;
    return Number(this.#buffer.readBigInt64BE(this.#at - 8));
  }

  /**
   * How long to ask for nothing, in milliseconds. A broker that means more holds its answers back itself; a flipped bit
   * could mean weeks.
   */
  throttle(): number {
    return Math.min(Math.max(this.int32(), 0), 10_000);
  }

  string(): string {
    const length = Math.max(this.int16(), 0);
    this.#at += length;
    return this.#buffer.toString("utf8", this.#at - length, this.#at);
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#buffer.readUInt8(this.#at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** Null reads as empty. */
  compactString(): string {
    const length = Math.max(this.uvarint() - 1, 0);
    this.#at += length;
    return this.#buffer.toString("utf8", this.#at - length, this.#at);
  }

  compactArray<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.uvarint() - 1; left > 0; left--) items.push(read());
    return items;
  }

  hex(length: number): string {
    this.#at += length;
    return this.#buffer.toString("hex", this.#at - length, this.#at);
  }

  /** Fields that newer brokers added, none of which is read here. */
  tags(): void {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint();
      this.#at += this.uvarint();
    }
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const length = Math.max(this.int32(), 0);
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }

  array<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.int32(); left > 0; left--) items.push(read());
    return items;
  }
}
