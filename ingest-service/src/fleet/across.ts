import { RequestError, sharedTurn } from "@headwater/core";
import { isAggregate, quantileOf, QuantileSketch, type SeriesRow } from "@headwater/time-series";

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

/** The windows of several devices as one series. */
export class AcrossDevices {
  readonly #across: Across;
  readonly #most: number;
  readonly #onFull: () => RequestError;
  readonly #windows = new Map<number, number[] | Sum>();
  #kept = 0;

  /** `most`: numbers that are kept; beyond it `onFull` says what to do. */
  constructor(across: Across, most: number, onFull: () => RequestError) {
    this.#across = across;
    this.#most = most;
    this.#onFull = onFull;
  }

  async add(batches: AsyncIterable<readonly SeriesRow[]>): Promise<boolean> {
    const keepsAll = this.#across === "stddev" || isAggregateOfAll(this.#across);
    let isThere = false;
    for await (const rows of batches) {
      for (const [time, value] of rows) {
        isThere = true;
        const known = this.#windows.get(time);
        if (known === undefined || keepsAll) this.#kept += 1;
        if (this.#kept > this.#most) throw this.#onFull();
        if (keepsAll) this.#keep(time, known as number[] | undefined, Number(value));
        else this.#windows.set(time, summed(known as Sum | undefined, Number(value)));
      }
      if (rows.length >= ROWS_A_SLICE) await sharedTurn();
    }
    return isThere;
  }

  /** Oldest first. */
  rows(): SeriesRow[] {
    return [...this.#windows]
      .toSorted(([a], [b]) => a - b)
      .map(([time, values]) => [time, Array.isArray(values) ? this.#ofAll(values) : this.#ofSum(values)]);
  }

  #keep(time: number, known: number[] | undefined, value: number): void {
    if (known === undefined) this.#windows.set(time, [value]);
    else known.push(value);
  }

  #ofSum({ count, sum, min, max }: Sum): number {
    const of: Record<string, number> = { count, sum, min, max, mean: sum / count };
    return of[this.#across]!;
  }

  #ofAll(values: number[]): number {
    if (this.#across === "stddev") {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    }
    const sketch = new QuantileSketch();
    for (const value of values) sketch.add(value);
    return sketch.quantile(quantileOf(this.#across)!);
  }
}

interface Sum {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

function summed(known: Sum | undefined, value: number): Sum {
  if (known === undefined) return { count: 1, sum: value, min: value, max: value };
  return {
    count: known.count + 1,
    sum: known.sum + value,
    min: Math.min(known.min, value),
    max: Math.max(known.max, value),
  };
}

function isAggregateOfAll(across: Across): boolean {
  return isAggregate(across) && quantileOf(across) !== undefined;
}
