import { beginning, isAfter, type Position } from "./position.ts";
import type { Anchor, Reading } from "./reading.ts";
import { ReadingRing } from "./reading-ring.ts";

/** Most readings of one device and metric that are kept for late ones to be put between. */
export const maxRetained = 1000;

/** Most positions that are kept of what was let go before `pruned`; beyond, one stands for two. */
const mostEarlier = 8;
const none: readonly Position[] = [];

/** The retained readings of a device's metric in order of their positions; the newest stays. */
export class ReadingBuffer {
  readonly #ring = new ReadingRing();
  // The position up to which readings were let go, as plain numbers: it moves on with every reading.
  #prunedTime = beginning.time;
  #prunedOffset = beginning.offset;
  #prunedIndex = beginning.index;
  #earlier = none;

  get size(): number {
    return this.#ring.size;
  }

  get newest(): Reading | undefined {
    const { size } = this.#ring;
    return size === 0 ? undefined : this.#ring.at(size - 1);
  }

  /** The instant of the newest; there is one. */
  get newestAnchor(): Anchor {
    const ring = this.#ring;
    const last = ring.size - 1;
    return { time: ring.timeAt(last), logTime: ring.logTimeAt(last), gateway: ring.gatewayAt(last) };
  }

  /** Whether a position is after every reading. */
  isNewer(time: number, offset: number, index: number): boolean {
    const ring = this.#ring;
    const last = ring.size - 1;
    if (last < 0) return true;
    const newest = ring.timeAt(last);
    if (time !== newest) return time > newest;
    const newestOffset = ring.offsetAt(last);
    return offset === newestOffset ? index > ring.indexAt(last) : offset > newestOffset;
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

  /** Judged time of the newest reading from an offset on; infinitely early: there is none. */
  newestTimeFrom(offset: number): number {
    const ring = this.#ring;
    for (let i = ring.size - 1; i >= 0; i--) if (ring.offsetAt(i) >= offset) return ring.timeAt(i);
    return -Infinity;
  }

  at(index: number): Reading {
    return this.#ring.at(index);
  }

  /** The same for a look at it: of one that came as numbers nothing else is kept. */
  peek(index: number): Reading {
    return this.#ring.peek(index);
  }

  timeAt(index: number): number {
    return this.#ring.timeAt(index);
  }

  offsetAt(index: number): number {
    return this.#ring.offsetAt(index);
  }

  push(reading: Reading): void {
    this.#ring.push(reading);
  }

  /** The same of a number that a device has measured, of which an object is made only if somebody asks for it. */
  pushNumber(
    metric: string,
    gateway: string,
    time: number,
    offset: number,
    index: number,
    value: number,
    eventTime: number,
    receivedAt: number,
    logTime: number,
    epoch: number,
    n: number,
  ): void {
    this.#ring.pushNumber(metric, gateway, time, offset, index, value, eventTime, receivedAt, logTime, epoch, n);
  }

  /** Puts a late reading where it belongs; false if what it belongs between, of an offset on, is gone. */
  insert(reading: Reading, from = 0): boolean {
    if (this.isPruned(reading, from)) return false;
    this.#ring.insert(this.indexAfter(reading), reading);
    return true;
  }

  /** Index of the first reading after the position. */
  indexAfter({ time, offset, index }: Position): number {
    const ring = this.#ring;
    let low = 0;
    let high = ring.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const middleTime = ring.timeAt(middle);
      const middleOffset = ring.offsetAt(middle);
      const isAfterIt =
        middleTime !== time
          ? middleTime > time
          : middleOffset !== offset
            ? middleOffset > offset
            : ring.indexAt(middle) > index;
      if (isAfterIt) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The reading of a position, which is here. */
  atPosition(position: Position): Reading {
    return this.#ring.at(this.indexAfter(position) - 1);
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
    this.#ring.set(this.indexAfter(former) - 1, reading);
  }

  /** Lets go of readings at or before a judged time, and of the oldest beyond the bound, but for the newest `kept`. */
  prune(upTo: number, kept = 1): void {
    const ring = this.#ring;
    const least = Math.max(1, kept);
    while (ring.size > least) {
      const time = ring.timeAt(0);
      if (time > upTo && ring.size <= maxRetained) break;
      this.#letGo(time, ring.offsetAt(0), ring.indexAt(0));
      ring.shift();
    }
    // Far from both, so that a size that goes up and down resizes nothing.
    if (ring.places > 8 && ring.size * 8 <= ring.places) ring.resize(ring.places / 4);
  }

  load(readings: readonly Reading[], pruned: Position, earlier = none): void {
    this.#ring.clear();
    for (const reading of readings) this.#ring.push(reading);
    this.#markPruned(pruned.time, pruned.offset, pruned.index);
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
      this.#ring.insert(after, reading);
      if (isAfter(reading, pruned) && reading.offset >= from) from = reading.offset + 1;
    }
    if (isAfter(this.pruned, other.pruned)) {
      const { time, offset, index } = other.pruned;
      this.#markPruned(time, offset, index);
      this.#earlier = other.prunedEarlier;
    }
    return from;
  }

  #letGo(time: number, offset: number, index: number): void {
    const isLater = offset >= this.#prunedOffset && (time !== this.#prunedTime || offset !== this.#prunedOffset);
    // Mostly readings go in the order in which they came.
    if (isLater && time >= this.#prunedTime && this.#earlier.length === 0) {
      this.#markPruned(time, offset, index);
      return;
    }
    const position = { time, offset, index };
    if (this.isPruned(position)) {
      if (offset > this.#prunedOffset) this.#earlier = withEarlier(this.#earlier, position);
      return;
    }
    if (offset < this.#prunedOffset) this.#earlier = withEarlier(this.#earlier, this.pruned);
    else if (this.#earlier.length > 0) this.#earlier = this.#earlier.filter((each) => each.offset > offset);
    this.#markPruned(time, offset, index);
  }

  #markPruned(time: number, offset: number, index: number): void {
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
