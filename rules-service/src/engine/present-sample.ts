import type { Reading } from "../readings/reading.ts";
import type { Series } from "./series.ts";

/** A list that grew longer with one record is not kept for the next. */
const mostSpare = 256;

/** What the present sample has put into series: lists that are written over by the next one. */
export class PresentSample {
  /**
   * undefined: its series alone has it yet, as a reading that concerns no rule is asked for only if another of the
   * sample concerns one.
   */
  readonly #readings: (Reading | undefined)[] = [];
  /** Where in its record each of them is, and their series. */
  readonly #indices: number[] = [];
  readonly #series: Series[] = [];
  #count = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(series: Series, reading: Reading | undefined, index: number): void {
    const place = this.#count++;
    this.#series[place] = series;
    this.#indices[place] = index;
    this.#readings[place] = reading;
  }

  /** All of them, of which one at least came as a reading. */
  readings(): readonly Reading[] {
    if (this.#count === 1) return [this.#readings[0]!];
    const readings = this.#readings.slice(0, this.#count);
    const { time, offset } = readings.find((each) => each !== undefined)!;
    for (let place = 0; place < readings.length; place++) {
      const index = this.#indices[place]!;
      readings[place] ??= this.#series[place]!.retained.atPosition({ time, offset, index });
    }
    return readings as Reading[];
  }

  clear(): void {
    this.#count = 0;
    if (this.#readings.length > mostSpare) {
      this.#readings.length = this.#indices.length = this.#series.length = 0;
    }
  }
}
