/**
 * The newest number that each series has in chunks, as far as anybody has asked for it or has written it: so the latest
 * values of a whole fleet need no reading, and what is newer goes behind it without a look. What is written into chunks
 * keeps it right; a write that was taken back leaves it too new, which is on the safe side, as it is tried again.
 */
export class NewestOfChunks {
  #times = new Float64Array(0);
  #values = new Float64Array(0);
  #counts = new Uint16Array(0);

  /** NaN: not known; -Infinity: the series has no chunks. */
  timeOf(series: number): number {
    return this.#times[series] ?? Number.NaN;
  }

  /** Of a series whose time is known. */
  valueOf(series: number): number {
    return this.#values[series]!;
  }

  /** How many points the newest chunk has; of a series whose time is known. */
  countOf(series: number): number {
    return this.#counts[series]!;
  }

  /** With the points of the newest chunk. */
  learn(series: number, time: number, value: number, count: number): void {
    if (series >= this.#times.length) this.#grow(series + 1);
    this.#times[series] = time;
    this.#values[series] = value;
    this.#counts[series] = count;
  }

  /** A chunk of so many points that ends with this one was written. */
  written(series: number, time: number, value: number, count: number): void {
    // Not true of what is not known.
    if (time >= this.timeOf(series)) this.learn(series, time, value, count);
  }

  /** A chunk was removed. */
  forget(series: number): void {
    if (series < this.#times.length) this.#times[series] = Number.NaN;
  }

  #grow(least: number): void {
    const length = Math.max(least, this.#times.length * 2, 1024);
    const times = new Float64Array(length).fill(Number.NaN);
    const values = new Float64Array(length);
    const counts = new Uint16Array(length);
    times.set(this.#times);
    values.set(this.#values);
    counts.set(this.#counts);
    [this.#times, this.#values, this.#counts] = [times, values, counts];
  }
}
