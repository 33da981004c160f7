import { EMPTY_NUMBERS, runOfArrivals, type Run } from "./run.ts";
import type { WriteBatch } from "./write-batch.ts";

const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/**
 * The newest writes, in memory in the order of arrival; the journal holds the same on disk. Numbers lie in one
 * arena of columns in which each point knows the one before it of its series: taking one costs a few stores and no
 * allocation, whatever the number of series.
 */
export class Head {
  readonly #capacity: number;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  /** Index of the series' point before, or -1. */
  readonly #before: Int32Array;
  /** Index of the newest arrival by series, or -1. */
  #newest = new Int32Array(1024).fill(-1);
  readonly #series: number[] = [];
  readonly #texts = new Map<number, { times: number[]; values: string[] }>();
  #length = 0;
  #textBytes = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#before = new Int32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#length === 0 && this.#texts.size === 0;
  }

  /** Texts, too, are bounded in memory. */
  hasRoomFor(batches: readonly WriteBatch[]): boolean {
    const numbers = batches.reduce((total, batch) => total + batch.times.length, this.#length);
    return numbers <= this.#capacity && this.#textBytes < MAX_TEXT_BYTES;
  }

  add(batch: WriteBatch): void {
    const { times, values, series } = batch;
    let at = this.#length;
    if (at + times.length > this.#capacity) throw new RangeError("a head was given more than it has room for");
    for (let i = 0; i < times.length; i++, at++) {
      const id = series[i] as number;
      if (id >= this.#newest.length) this.#makeRoomForSeries(id);
      const before = this.#newest[id] as number;
      if (before === -1) this.#series.push(id);
      this.#times[at] = times[i] as number;
      this.#values[at] = values[i] as number;
      this.#before[at] = before;
      this.#newest[id] = at;
    }
    this.#length = at;
    for (let i = 0; i < batch.texts.length; i++) {
      this.#addText(batch.textSeries[i] as number, batch.textTimes[i] as number, batch.texts[i] as string);
    }
  }

  /** Series that have points here, in ascending order. */
  series(): number[] {
    return [...this.#series, ...this.#texts.keys()].sort((a, b) => a - b);
  }

  has(series: number): boolean {
    return (this.#newest[series] ?? -1) !== -1 || this.#texts.has(series);
  }

  hasText(series: number): boolean {
    return this.#texts.has(series);
  }

  /** Index of the newest number of a series by time, of one time the last that came; -1: there is none. */
  newestNumber(series: number): number {
    let newest = -1;
    for (let at = this.#newest[series] ?? -1; at !== -1; at = this.#before[at]!) {
      if (newest === -1 || this.#times[at]! > this.#times[newest]!) newest = at;
    }
    return newest;
  }

  timeAt(index: number): number {
    return this.#times[index]!;
  }

  valueAt(index: number): number {
    return this.#values[index]!;
  }

  /** Points of a series in [from, to). */
  run(series: number, from: number, to: number): Run {
    const texts = this.#texts.get(series);
    if (texts !== undefined) {
      const within = [...texts.times.keys()].filter(
        (i) => (texts.times[i] as number) >= from && (texts.times[i] as number) < to,
      );
      return runOfArrivals(
        Float64Array.from(within, (i) => texts.times[i] as number),
        within.map((i) => texts.values[i] as string),
      );
    }
    let count = 0;
    for (let at = this.#newest[series] ?? -1; at !== -1; at = this.#before[at] as number) {
      const time = this.#times[at] as number;
      if (time >= from && time < to) count++;
    }
    if (count === 0) return EMPTY_NUMBERS;
    const times = new Float64Array(count);
    const values = new Float64Array(count);
    for (let at = this.#newest[series] ?? -1; at !== -1; at = this.#before[at] as number) {
      const time = this.#times[at] as number;
      if (time < from || time >= to) continue;
      count--;
      times[count] = time;
      values[count] = this.#values[at] as number;
    }
    return runOfArrivals(times, values);
  }

  #addText(series: number, time: number, text: string): void {
    let texts = this.#texts.get(series);
    if (texts === undefined) this.#texts.set(series, (texts = { times: [], values: [] }));
    texts.times.push(time);
    texts.values.push(text);
    this.#textBytes += text.length + 64;
  }

  #makeRoomForSeries(id: number): void {
    const roomier = new Int32Array(Math.max(id + 1, this.#newest.length * 2)).fill(-1);
    roomier.set(this.#newest);
    this.#newest = roomier;
  }
}
