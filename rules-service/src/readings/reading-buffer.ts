import { beginning, isAfter, type Position } from "./position.ts";
import type { Reading } from "./reading.ts";

/** Most readings of one device and metric that are kept for late ones to be put between. */
export const maxRetained = 1000;

/** Fewest places of a ring that holds anything. */
const minPlaces = 2;

/**
 * The retained readings of a device's metric in order of their positions; the newest stays. They lie in a ring, whose
 * number of places is a power of two: what is let go is free for the collector at once, and a device that sends
 * steadily allocates nothing here.
 */
export class ReadingBuffer {
  #places: (Reading | undefined)[] = [];
  #head = 0;
  #size = 0;
  // The position up to which readings were let go, as plain numbers: it moves on with every reading.
  #prunedTime = beginning.time;
  #prunedOffset = beginning.offset;
  #prunedIndex = beginning.index;

  get size(): number {
    return this.#size;
  }

  get newest(): Reading | undefined {
    return this.#size === 0 ? undefined : this.at(this.#size - 1);
  }

  /** Position of the newest reading that was let go: what lies at or before it cannot be put in order any more. */
  get pruned(): Position {
    return { time: this.#prunedTime, offset: this.#prunedOffset, index: this.#prunedIndex };
  }

  /** Whether a position lies at or before what was let go. */
  isPruned({ time, offset, index }: Position): boolean {
    if (time !== this.#prunedTime) return time < this.#prunedTime;
    return offset === this.#prunedOffset ? index <= this.#prunedIndex : offset < this.#prunedOffset;
  }

  at(index: number): Reading {
    return this.#places[(this.#head + index) & (this.#places.length - 1)]!;
  }

  push(reading: Reading): void {
    if (this.#size === this.#places.length) this.#resize(Math.max(minPlaces, this.#size * 2));
    this.#places[(this.#head + this.#size++) & (this.#places.length - 1)] = reading;
  }

  /** Puts a late reading where it belongs; false if what it belongs between is gone. */
  insert(reading: Reading): boolean {
    if (this.isPruned(reading)) return false;
    this.#insertAt(this.indexAfter(reading), reading);
    return true;
  }

  /** Index of the first reading after the position. */
  indexAfter(position: Position): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAfter(this.at(middle), position)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The last of a time that is so. */
  findAt(time: number, isSo: (reading: Reading) => boolean): Reading | undefined {
    for (let i = this.indexAfter({ time, offset: Infinity, index: 0 }) - 1; i >= 0; i--) {
      const reading = this.at(i);
      if (reading.time !== time) return undefined;
      if (isSo(reading)) return reading;
    }
    return undefined;
  }

  /** Puts a reading in the place of one that is there. */
  replace(former: Reading, reading: Reading): void {
    this.#places[(this.#head + this.indexAfter(former) - 1) & (this.#places.length - 1)] = reading;
  }

  /** Lets go of readings at or before a judged time, and of the oldest beyond the bound. */
  prune(upTo: number): void {
    while (this.#size > 1) {
      const oldest = this.at(0);
      if (oldest.time > upTo && this.#size <= maxRetained) break;
      if (!this.isPruned(oldest)) this.#markPruned(oldest);
      this.#places[this.#head] = undefined;
      this.#head = (this.#head + 1) & (this.#places.length - 1);
      this.#size--;
    }
    // Far from both, so that a size that goes up and down resizes nothing.
    if (this.#places.length > 8 && this.#size * 8 <= this.#places.length) this.#resize(this.#places.length / 4);
  }

  load(readings: readonly Reading[], pruned: Position): void {
    this.#places = [];
    this.#head = 0;
    this.#size = 0;
    for (const reading of readings) this.push(reading);
    this.#markPruned(pruned);
  }

  clear(): void {
    this.load([], beginning);
  }

  /**
   * The union with another buffer; the same reading is kept once. Answers the offset after the newest that was never
   * here: none that was let go is among those.
   */
  merge(other: ReadingBuffer): number {
    const { pruned } = this;
    let from = 0;
    for (let i = 0; i < other.size; i++) {
      const reading = other.at(i);
      const after = this.indexAfter(reading);
      const before = after > 0 ? this.at(after - 1) : undefined;
      if (before?.offset === reading.offset && before.index === reading.index) continue;
      this.#insertAt(after, reading);
      if (isAfter(reading, pruned) && reading.offset >= from) from = reading.offset + 1;
    }
    if (isAfter(this.pruned, other.pruned)) this.#markPruned(other.pruned);
    return from;
  }

  #insertAt(index: number, reading: Reading): void {
    this.push(reading);
    const mask = this.#places.length - 1;
    for (let i = this.#size - 1; i > index; i--) {
      this.#places[(this.#head + i) & mask] = this.at(i - 1);
    }
    this.#places[(this.#head + index) & mask] = reading;
  }

  #resize(places: number): void {
    this.#places = Array.from({ length: places }, (_, i) => (i < this.#size ? this.at(i) : undefined));
    this.#head = 0;
  }

  #markPruned({ time, offset, index }: Position): void {
    this.#prunedTime = time;
    this.#prunedOffset = offset;
    this.#prunedIndex = index;
  }
}
