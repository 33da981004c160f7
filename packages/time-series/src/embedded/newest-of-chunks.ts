/**
 * The newest number that each series has in chunks, as far as anybody has asked for it: two numbers a series, so that
 * the latest values of a whole fleet need no reading. What is written into chunks keeps it right.
 */
export class NewestOfChunks {
  #times = new Float64Array(0);
  #values = new Float64Array(0);

  /** NaN: not known; -Infinity: the series has no chunks. */
  timeOf(series: number): number {
    return this.#times[series] ?? Number.NaN;
  }

  /** Of a series whose time is known. */
  valueOf(series: number): number {
    return this.#values[series]!;
  }

  learn(series: number, time: number, value: number): void {
    if (series >= this.#times.length) this.#grow(series + 1);
    this.#times[series] = time;
    this.#values[series] = value;
  }

  /** A chunk that ends with this point was written. */
  written(series: number, time: number, value: number): void {
    // Not true of what is not known.
    if (time >= this.timeOf(series)) this.learn(series, time, value);
  }

  /** A chunk was removed. */
  forget(series: number): void {
    if (series < this.#times.length) this.#times[series] = Number.NaN;
  }

  #grow(least: number): void {
    const length = Math.max(least, this.#times.length * 2, 1024);
    const times = new Float64Array(length).fill(Number.NaN);
    const values = new Float64Array(length);
    times.set(this.#times);
    values.set(this.#values);
    [this.#times, this.#values] = [times, values];
  }
}
