import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { segmentName } from "./segment.ts";
import { segmentSeed } from "./segment-seed.ts";

/** Whose headers are asked for the seed of a segment that has none. */
const neighbours = 4;

export interface SegmentFile {
  readonly number: number;
  readonly size: number;
}

/** The segments of a spool and their share of the disk. */
export class SegmentFiles {
  readonly #directory: string;
  /** Durable bytes by number, oldest first. */
  readonly #sizes = new Map<number, number>();
  /** When those were forwarded that are kept all the same (milliseconds, monotonic). */
  readonly #kept = new Map<number, number>();
  /** Of these nothing more is sent than is on its way already. */
  readonly givenUp = new Set<number>();
  readonly #seeds = new Map<number, Promise<number>>();
  readonly #spoolSeed: number;
  #total = 0;
  #keptBytes = 0;
  /** How long a forwarded segment is kept (milliseconds). */
  keepMs = 0;

  /** @param spoolSeed Of the checksums in segments that do not say another one. */
  constructor(directory: string, found: readonly SegmentFile[], spoolSeed: number) {
    this.#directory = directory;
    this.#spoolSeed = spoolSeed;
    for (const { number, size } of found) this.set(number, size);
  }

  /** On disk, forwarded or not. */
  get bytes(): number {
    return this.#total;
  }

  /** Of segments that are not forwarded as a whole: what counts against the bound of the spool. */
  get waitingBytes(): number {
    return this.#total - this.#keptBytes;
  }

  /** Durable bytes behind a place: what waits if everything before it has been forwarded. */
  bytesAfter(place: { readonly segment: number; readonly offset: number }): number {
    let bytes = 0;
    for (const [number, size] of this.#sizes) {
      if (number > place.segment) bytes += size;
      else if (number === place.segment) bytes += Math.max(0, size - place.offset);
    }
    return bytes;
  }

  /** From the oldest on. */
  get numbers(): readonly number[] {
    return [...this.#sizes.keys()];
  }

  /** Those that are not forwarded as a whole, from the oldest on. */
  get waiting(): readonly number[] {
    return this.numbers.filter((number) => !this.#kept.has(number));
  }

  /** Whether nothing more of a segment that was read is to be sent: it is given up, and perhaps removed since. */
  isGivenUp(number: number): boolean {
    return this.givenUp.has(number) || !this.#sizes.has(number);
  }

  sizeOf(number: number): number | undefined {
    return this.#sizes.get(number);
  }

  fileOf(number: number): string {
    return join(this.#directory, segmentName(number));
  }

  /** The seed of the checksums of a segment's frames; rejects with ENOENT if the segment is gone. */
  seedOf(number: number): Promise<number> {
    let seed = this.#seeds.get(number);
    if (seed === undefined) {
      const distance = (other: number): number => Math.abs(other - number);
      const others = this.numbers.filter((other) => other !== number).toSorted((a, b) => distance(a) - distance(b));
      const files = others.slice(0, neighbours).map((other) => this.fileOf(other));
      seed = segmentSeed(this.fileOf(number), files, this.#spoolSeed);
      this.#seeds.set(number, seed);
      seed.catch(() => this.#seeds.delete(number));
    }
    return seed;
  }

  /** The one that follows; segments may be missing in between. */
  after(number: number): number | undefined {
    for (const each of this.#sizes.keys()) if (each > number) return each;
    return undefined;
  }

  /** A segment that this process begins. */
  begin(number: number, size: number, seed: number): void {
    this.#seeds.set(number, Promise.resolve(seed));
    this.set(number, size);
  }

  set(number: number, size: number): void {
    this.#total += size - (this.#sizes.get(number) ?? 0);
    this.#sizes.set(number, size);
  }

  /** Everything before this segment has been forwarded. Answers whether space came back. */
  async forwarded(before: number, now = performance.now()): Promise<boolean> {
    let freed = false;
    for (const [number, size] of this.#sizes) {
      if (number >= before) break;
      if (this.#kept.has(number)) continue;
      this.#kept.set(number, now);
      this.#keptBytes += size;
      freed = true;
    }
    // Kept segments take no room from new records, whether they are removed now or later.
    return (await this.expire(now)) || freed;
  }

  /** Removes the segments that have been kept for long enough. */
  async expire(now = performance.now()): Promise<boolean> {
    let freed = false;
    for (const [number, since] of this.#kept) {
      if (now - since < this.keepMs) continue;
      await this.remove(number);
      freed = true;
    }
    return freed;
  }

  /** Removes the oldest of those that are only kept; false if there is none. */
  async removeKept(): Promise<boolean> {
    for (const number of this.#kept.keys()) {
      await this.remove(number);
      return true;
    }
    return false;
  }

  /** They are needed again from this one on. */
  reclaim(from: number): void {
    for (const number of this.#kept.keys()) {
      if (number < from) continue;
      this.#kept.delete(number);
      this.#keptBytes -= this.#sizes.get(number) ?? 0;
    }
  }

  async remove(number: number): Promise<void> {
    try {
      await unlink(this.fileOf(number));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    const size = this.#sizes.get(number) ?? 0;
    if (this.#kept.delete(number)) this.#keptBytes -= size;
    this.#sizes.delete(number);
    this.#seeds.delete(number);
    this.givenUp.delete(number);
    this.#total -= size;
  }
}
