import { crc32 } from "node:zlib";
import { shiftChecksum } from "./crc32-shift.ts";

const stride = 256;

/**
 * Checksums of any ranges of the same bytes. Each byte is read once, and then the work for a range does not grow with
 * its length: who looks for a frame may try as many beginnings as a device wrote into its payload.
 */
export class RangeChecksums {
  readonly #bytes: Buffer;
  readonly #origin: number;
  readonly #seed: number;
  /** Of everything from the origin up to each multiple of the stride, as far as it was asked for. */
  readonly #known: Uint32Array;
  #count = 1;

  /**
   * @param origin No range begins before it.
   * @param seed What the checksum of each range begins with.
   */
  constructor(bytes: Buffer, origin: number, seed: number) {
    this.#bytes = bytes;
    this.#seed = seed;
    this.#origin = origin;
    this.#known = new Uint32Array(Math.floor((bytes.length - origin) / stride) + 1);
  }

  of(start: number, end: number): number {
    if (end - start <= stride) return crc32(this.#bytes.subarray(start, end), this.#seed);
    return (this.#upTo(end) ^ shiftChecksum((this.#upTo(start) ^ this.#seed) >>> 0, end - start)) >>> 0;
  }

  #upTo(end: number): number {
    const index = Math.floor((end - this.#origin) / stride);
    for (; this.#count <= index; this.#count += 1) {
      const at = this.#origin + this.#count * stride;
      this.#known[this.#count] = crc32(this.#bytes.subarray(at - stride, at), this.#known[this.#count - 1]);
    }
    return crc32(this.#bytes.subarray(this.#origin + index * stride, end), this.#known[index]);
  }
}
