const smallest = 64 * 1024;
const largest = 2 * 1024 * 1024;
const maxKept = 32;

/**
 * Buffers of group commits, used again and again: hundreds of them a second would otherwise lie about until the garbage
 * collector comes by, which memory outside of its heap does not call for.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];

  /** A buffer of about so many bytes. */
  take(bytes: number): Buffer {
    const index = this.#free.findLastIndex((buffer) => buffer.length >= bytes);
    if (index !== -1) return this.#free.splice(index, 1)[0]!;
    return Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(Math.max(smallest, bytes))));
  }

  /** Nobody may read it any more. */
  release(buffer: Buffer): void {
    if (buffer.length > largest || buffer.length < smallest) return;
    if (this.#free.length >= maxKept) this.#free.shift();
    this.#free.push(buffer);
  }
}
