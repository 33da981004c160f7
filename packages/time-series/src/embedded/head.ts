import { clipRun, EMPTY_NUMBERS, runOfArrivals, type Run } from "./run.ts";
import type { WriteBatch } from "./write-batch.ts";

const MAX_TEXT_BYTES = 16 * 1024 * 1024;
/** Points of a series that are worth keeping in order, and series of which they are kept. */
const LONG_RUN = 1_024;
const MAX_IN_ORDER = 64;

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
  /** Long runs as they were put in order last: a query comes back for the next page of the same one. */
  readonly #inOrder = new Map<number, { readonly run: Run; readonly arrivals: number }>();
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
    const known = this.#inOrder.get(series);
    const isKnown = known !== undefined && known.arrivals === this.#arrivalsOf(series);
    if (known !== undefined && !isKnown) this.#inOrder.delete(series);
    const run = isKnown ? known.run : this.#runOf(series);
    if (!isKnown && run.times.length >= LONG_RUN) this.#remember(series, run);
    return clipRun(run, from, to);
  }

  #runOf(series: number): Run {
    const texts = this.#texts.get(series);
    if (texts !== undefined) return runOfArrivals(Float64Array.from(texts.times), texts.values.slice());
    let count = 0;
    for (let at = this.#newest[series] ?? -1; at !== -1; at = this.#before[at] as number) count++;
    if (count === 0) return EMPTY_NUMBERS;
    const times = new Float64Array(count);
    const values = new Float64Array(count);
    for (let at = this.#newest[series] ?? -1; at !== -1; at = this.#before[at] as number) {
      count--;
      times[count] = this.#times[at] as number;
      values[count] = this.#values[at] as number;
    }
    return runOfArrivals(times, values);
  }

  #remember(series: number, run: Run): void {
    if (this.#inOrder.size >= MAX_IN_ORDER) this.#inOrder.delete(this.#inOrder.keys().next().value!);
    this.#inOrder.set(series, { run, arrivals: this.#arrivalsOf(series) });
  }

  /** Another number with each point that comes. */
  #arrivalsOf(series: number): number {
    return this.#texts.get(series)?.times.length ?? this.#newest[series] ?? -1;
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
