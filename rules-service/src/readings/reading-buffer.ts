import { beginning, isAfter, type Position } from "./position.ts";
import type { Reading } from "./reading.ts";

/** Most readings of one device and metric that are kept for late ones to be put between. */
export const maxRetained = 1000;

/** The retained readings of a device's metric in order of their positions; the newest stays. */
export class ReadingBuffer {
  #readings: Reading[] = [];
  #head = 0;
  /** Position of the newest reading that was let go: what lies at or before it cannot be put in order any more. */
  pruned: Position = beginning;

  get size(): number {
    return this.#readings.length - this.#head;
  }

  get newest(): Reading | undefined {
    return this.#readings[this.#readings.length - 1];
  }

  at(index: number): Reading {
    return this.#readings[this.#head + index]!;
  }

  push(reading: Reading): void {
    this.#readings.push(reading);
  }

  /** Puts a late reading where it belongs; false if what it belongs between is gone. */
  insert(reading: Reading): boolean {
    if (!isAfter(reading, this.pruned)) return false;
    this.#readings.splice(this.#head + this.indexAfter(reading), 0, reading);
    return true;
  }

  /** Index of the first reading after the position. */
  indexAfter(position: Position): number {
    let low = this.#head;
    let high = this.#readings.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAfter(this.#readings[middle]!, position)) high = middle;
      else low = middle + 1;
    }
    return low - this.#head;
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
    this.#readings[this.#head + this.indexAfter(former) - 1] = reading;
  }

  /** Lets go of readings at or before an event time, and of the oldest beyond the bound. */
  prune(upTo: number): void {
    const readings = this.#readings;
    const last = readings.length - 1;
    let head = this.#head;
    while (head < last && (readings[head]!.time <= upTo || readings.length - head > maxRetained)) head++;
    if (head === this.#head) return;
    const newestGone = readings[head - 1]!;
    if (isAfter(newestGone, this.pruned)) {
      this.pruned = { time: newestGone.time, offset: newestGone.offset, index: newestGone.index };
    }
    if (head > 32 && head * 2 > readings.length) {
      this.#readings = readings.slice(head);
      head = 0;
    }
    this.#head = head;
  }

  load(readings: readonly Reading[], pruned: Position): void {
    this.#readings = [...readings];
    this.#head = 0;
    this.pruned = pruned;
  }

  clear(): void {
    this.load([], beginning);
  }

  /** The union with another buffer; the same reading is kept once. */
  merge(other: ReadingBuffer): void {
    for (let i = 0; i < other.size; i++) {
      const reading = other.at(i);
      const after = this.indexAfter(reading);
      const before = after > 0 ? this.at(after - 1) : undefined;
      if (before?.offset === reading.offset && before.index === reading.index) continue;
      this.#readings.splice(this.#head + after, 0, reading);
    }
    if (isAfter(this.pruned, other.pruned)) this.pruned = other.pruned;
  }
}
