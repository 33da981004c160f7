import { RequestError, sharedTurn } from "@headwater/core";
import { isAggregate, quantileOf, QuantileSketch, type SeriesRow } from "@headwater/time-series";
import { RunningSums } from "./running-sums.ts";
import { sortedTimes } from "./sorted-times.ts";
import { TimeSlots } from "./time-slots.ts";

/** What the values of several devices, at one window, become. */
export const acrossNames = ["mean", "min", "max", "sum", "count", "stddev", "median"] as const;
export type Across = (typeof acrossNames)[number] | `p${number}`;

/** Throws RequestError for what is none. */
export function parseAcross(text: string): Across {
  if ((acrossNames as readonly string[]).includes(text) || (isAggregate(text) && quantileOf(text) !== undefined)) {
    return text as Across;
  }
  throw new RequestError(
    400,
    "unknown-across",
    `\`across\` ${JSON.stringify(text)} is unknown; there are ${acrossNames.join(", ")} and p1 to p99.9`,
  );
}

/** Rows put together between two turns of the event loop. */
const ROWS_A_SLICE = 5_000;
/** Rows that are made in one turn, and values that they are made of. */
const ROWS_MADE = 2_000;
const VALUES_TAKEN = 20_000;

/** The windows of several devices as one series. */
export class AcrossDevices {
  readonly #across: Across;
  readonly #most: number;
  readonly #onFull: () => RequestError;
  readonly #slots = new TimeSlots();
  readonly #sums = new RunningSums();
  /** Of percentiles all values of each slot. */
  readonly #all: number[][] = [];
  #kept = 0;

  /** `most`: numbers that are kept; beyond it `onFull` says what to do. */
  constructor(across: Across, most: number, onFull: () => RequestError) {
    this.#across = across;
    this.#most = most;
    this.#onFull = onFull;
  }

  async add(batches: AsyncIterable<readonly SeriesRow[]>): Promise<boolean> {
    const keepsAll = isAggregateOfAll(this.#across);
    let isThere = false;
    for await (const rows of batches) {
      for (const [time, value] of rows) {
        isThere = true;
        const slot = this.#slots.of(time);
        if (slot === -1 || keepsAll) this.#kept += 1;
        if (this.#kept > this.#most) throw this.#onFull();
        if (slot === -1) this.#begin(time, Number(value), keepsAll);
        else if (keepsAll) this.#all[slot]!.push(Number(value));
        else this.#sums.add(slot, Number(value));
      }
      if (rows.length >= ROWS_A_SLICE) await sharedTurn();
    }
    return isThere;
  }

  /** Oldest first, in batches. */
  async *rows(): AsyncGenerator<readonly SeriesRow[]> {
    let rows: SeriesRow[] = [];
    let taken = 0;
    for (const time of await sortedTimes(this.#slots.times(), this.#slots.size)) {
      const slot = this.#slots.of(time);
      const all = this.#all[slot];
      rows.push([time, all === undefined ? this.#ofSum(slot) : this.#ofAll(all)]);
      taken += all?.length ?? 1;
      if (rows.length < ROWS_MADE && taken < VALUES_TAKEN) continue;
      yield rows;
      [rows, taken] = [[], 0];
      await sharedTurn();
    }
    if (rows.length > 0) yield rows;
  }

  #begin(time: number, value: number, keepsAll: boolean): void {
    const slot = this.#slots.add(time);
    if (keepsAll) this.#all[slot] = [value];
    else this.#sums.begin(value);
  }

  #ofSum(slot: number): number {
    return this.#sums.of(slot)[this.#across as keyof ReturnType<RunningSums["of"]>];
  }

  #ofAll(values: readonly number[]): number {
    const sketch = new QuantileSketch();
    for (const value of values) sketch.add(value);
    return sketch.quantile(quantileOf(this.#across)!);
  }
}

function isAggregateOfAll(across: Across): boolean {
  return isAggregate(across) && quantileOf(across) !== undefined;
}
