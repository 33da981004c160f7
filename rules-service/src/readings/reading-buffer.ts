import { beginning, isAfter, type Position } from "./position.ts";
import type { Reading } from "./reading.ts";

/** Most readings of one device and metric that are kept for late ones to be put between. */
export const maxRetained = 1000;

/** Most positions that are kept of what was let go before `pruned`; beyond, one stands for two. */
const mostEarlier = 8;
const none: readonly Position[] = [];

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
  #earlier = none;

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

  /** The same of readings that came later than that one: each lies before the one in front of it, and came later. */
  get prunedEarlier(): readonly Position[] {
    return this.#earlier;
  }

  /** The same of the readings from an offset on: what others had before is none of theirs who begin there. */
  prunedFrom(from: number): Position {
    if (from <= this.#prunedOffset) return this.pruned;
    return this.#earlier.find(({ offset }) => from <= offset) ?? beginning;
  }

  /** Whether a position lies at or before what was let go of the readings from an offset on. */
  isPruned(position: Position, from = 0): boolean {
    if (from > this.#prunedOffset) return !isAfter(position, this.prunedFrom(from));
    const { time, offset, index } = position;
    if (time !== this.#prunedTime) return time < this.#prunedTime;
    return offset === this.#prunedOffset ? index <= this.#prunedIndex : offset < this.#prunedOffset;
  }

  /** The newest of the readings from an offset on. */
  newestFrom(offset: number): Reading | undefined {
    for (let i = this.#size - 1; i >= 0; i--) {
      const reading = this.at(i);
      if (reading.offset >= offset) return reading;
    }
    return undefined;
  }

  at(index: number): Reading {
    return this.#places[(this.#head + index) & (this.#places.length - 1)]!;
  }

  push(reading: Reading): void {
    if (this.#size === this.#places.length) this.#resize(Math.max(minPlaces, this.#size * 2));
    this.#places[(this.#head + this.#size++) & (this.#places.length - 1)] = reading;
  }

  /** Puts a late reading where it belongs; false if what it belongs between, of an offset on, is gone. */
  insert(reading: Reading, from = 0): boolean {
    if (this.isPruned(reading, from)) return false;
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
      this.#letGo(oldest);
      this.#places[this.#head] = undefined;
      this.#head = (this.#head + 1) & (this.#places.length - 1);
      this.#size--;
    }
    // Far from both, so that a size that goes up and down resizes nothing.
    if (this.#places.length > 8 && this.#size * 8 <= this.#places.length) this.#resize(this.#places.length / 4);
  }

  load(readings: readonly Reading[], pruned: Position, earlier = none): void {
    this.#places = [];
    this.#head = 0;
    this.#size = 0;
    for (const reading of readings) this.push(reading);
    this.#markPruned(pruned);
    this.#earlier = earlier;
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
    if (isAfter(this.pruned, other.pruned)) {
      this.#markPruned(other.pruned);
      this.#earlier = other.prunedEarlier;
    }
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

  #letGo({ time, offset, index }: Position): void {
    const position = { time, offset, index };
    if (this.isPruned(position)) {
      if (offset > this.#prunedOffset) this.#earlier = withEarlier(this.#earlier, position);
      return;
    }
    if (offset < this.#prunedOffset) this.#earlier = withEarlier(this.#earlier, this.pruned);
    else if (this.#earlier.length > 0) this.#earlier = this.#earlier.filter((each) => each.offset > offset);
    this.#markPruned(position);
  }

  #markPruned({ time, offset, index }: Position): void {
    this.#prunedTime = time;
    this.#prunedOffset = offset;
    this.#prunedIndex = index;
  }
}

/** With one more; those go that came before it and lie before it. */
function withEarlier(list: readonly Position[], position: Position): readonly Position[] {
  if (list.some((each) => each.offset >= position.offset && isAfter(each, position))) return list;
  const others = list.filter((each) => each.offset > position.offset || isAfter(each, position));
  const all = [...others, position].toSorted((a, b) => a.offset - b.offset);
  if (all.length <= mostEarlier) return all;
  const [last, { offset }] = [all.at(-2)!, all.at(-1)!];
  return [...all.slice(0, -2), { ...last, offset }];
}
