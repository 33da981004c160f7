import { UnreadableStateError } from "./errors.ts";

/** Writes numbers and texts into one growing buffer. */
export class StateWriter {
  #bytes = Buffer.allocUnsafe(512);
  #length = 0;
  readonly #texts = new Map<string, number>();

  /** A whole number from -1 up. */
  count(value: number): this {
    let rest = value + 1;
    this.#reserve(9);
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
    return this;
  }

  number(value: number): this {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
    return this;
  }

  /** The second time, its number has to do. */
  text(value: string): this {
    const known = this.#texts.get(value);
    if (known !== undefined) return this.count(known);
    this.count(this.#texts.size);
    this.#texts.set(value, this.#texts.size);
    const bytes = Buffer.byteLength(value);
    this.count(bytes).#reserve(bytes);
    this.#length += this.#bytes.write(value, this.#length);
    return this;
  }

  list<T>(items: readonly T[], each: (item: T) => void): this {
    this.count(items.length);
    for (const item of items) each(item);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(0, this.#length));
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Throws UnreadableStateError where the bytes end too soon: a state that cannot be read must not be guessed. */
export class StateReader {
  readonly #bytes: Buffer;
  readonly #texts: string[] = [];
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  count(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#bytes[this.#take(1)]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value - 1;
      factor *= 128;
    }
  }

  number(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  text(): string {
    const known = this.count();
    if (known < this.#texts.length) return this.#texts[known]!;
    const length = this.count();
    const at = this.#take(length);
    const value = this.#bytes.toString("utf8", at, at + length);
    this.#texts.push(value);
    return value;
  }

  list<T>(each: () => T): T[] {
    const items: T[] = [];
    for (let left = this.count(); left > 0; left--) items.push(each());
    return items;
  }

  #take(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (this.#at > this.#bytes.length)
      throw new UnreadableStateError("A rule's state ends before it should; it cannot be restored");
    return at;
  }
}
