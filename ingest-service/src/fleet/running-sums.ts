/** Slots of one block: it grows without a copy of what is there. */
const SLOTS = 8_192;
const COLUMNS = 6;

/**
 * Counts, sums, extremes and deviations of very many windows, each a slot of columns: objects would be millions for the
 * collector to look at.
 */
export class RunningSums {
  readonly #blocks: Float64Array[] = [];
  #length = 0;

  /** The next slot, of this one value. */
  begin(value: number): void {
    const slot = this.#length++;
    if (slot % SLOTS === 0) this.#blocks.push(new Float64Array(SLOTS * COLUMNS));
    this.#blockOf(slot).set([1, value, value, value, value, 0], placeOf(slot));
  }

  add(slot: number, value: number): void {
    const block = this.#blockOf(slot);
    const at = placeOf(slot);
    const count = (block[at]! += 1);
    block[at + 1]! += value;
    if (value < block[at + 2]!) block[at + 2] = value;
    if (value > block[at + 3]!) block[at + 3] = value;
    // By Welford's update (1962).
    const delta = value - block[at + 4]!;
    block[at + 4]! += delta / count;
    block[at + 5]! += delta * (value - block[at + 4]!);
  }

  of(slot: number): Readonly<Record<"count" | "sum" | "min" | "max" | "mean" | "stddev", number>> {
    const at = placeOf(slot);
    const [count, sum, min, max, , squares] = this.#blockOf(slot).subarray(at, at + COLUMNS);
    return {
      count: count!,
      sum: sum!,
      min: min!,
      max: max!,
      mean: sum! / count!,
      stddev: Math.sqrt(squares! / count!),
    };
  }

  #blockOf(slot: number): Float64Array {
    return this.#blocks[Math.floor(slot / SLOTS)]!;
  }
}

function placeOf(slot: number): number {
  return (slot % SLOTS) * COLUMNS;
}
