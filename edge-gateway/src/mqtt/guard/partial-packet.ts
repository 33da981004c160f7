/**
 * A packet of which not all bytes are there yet. Takes no more memory than twice what has come, and copies a byte no
 * more often than twice on average, however it is cut.
 */
export class PartialPacket {
  #bytes: Buffer = none;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far. Valid until the next `add`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** @param most no more than so many bytes will have come in all */
  add(chunk: Uint8Array, from: number, to: number, most: number): void {
    const length = this.#length + to - from;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, Math.min(most, 2 * this.#bytes.length)));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk.subarray(from, to), this.#length);
    this.#length = length;
  }

  /** Gives the bytes away. */
  take(): Buffer {
    const { bytes } = this;
    this.#bytes = none;
    this.#length = 0;
    return bytes;
  }
}

const none = Buffer.alloc(0);
