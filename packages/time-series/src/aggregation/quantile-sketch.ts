/** Values that are kept as they are; also those of one level. */
const CAPACITY = 262_144;
/** Values that are sorted at once, as soon as they are there: whoever adds them is not held up for long at any time. */
const BLOCK = 16_384;
/** After so many values that are added a slice of the merging is done, of so many values that are moved. */
const MERGED_EVERY = 1_024;
const MERGED_AT_ONCE = 16_384;

/**
 * Quantiles of any number of values in bounded memory. Up to a quarter of a million values they are exact. Beyond it,
 * values are merged in order, and of two neighbours one stands for both (Manku, Rajagopalan and Lindsay, 1998), so a
 * rank is off by some millionths of all. The merging goes on beside the values that follow, a slice at a time; until it
 * is done, what it takes counts as it was.
 */
export class QuantileSketch {
  readonly #capacity: number;
  #open: Float64Array;
  #count = 0;
  /** So many of the open ones lie in sorted blocks. */
  #sorted = 0;
  /** Sorted blocks that are on their way into the levels. */
  #leaving: readonly Float64Array[] = [];
  #merging: Generator<void, Level[]> | undefined;
  /** At each level a sorted run, or none, of values that stand for 2, 4, 8 … each. */
  #levels: Level[] = [];
  /** Which of two neighbours stays, in turn, so that errors even out. */
  #keepsLater = false;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
    this.#open = new Float64Array(Math.min(capacity, 64));
  }

  add(value: number): void {
    if (this.#count === this.#open.length) this.#grow();
    this.#open[this.#count++] = value;
    if (this.#merging !== undefined && this.#count % MERGED_EVERY === 0) this.#mergeOn();
    if (this.#count - this.#sorted < BLOCK) return;
    this.#open.subarray(this.#sorted, this.#count).sort();
    this.#sorted = this.#count;
  }

  /** Between the two values of the nearest ranks, as far as the rank of `q` (0 to 1) is; NaN without values. */
  quantile(q: number): number {
    const runs = this.#runs();
    const rank = q * (runs.reduce((total, { values, weight }) => total + values.length * weight, 0) - 1);
    const low = valueAt(runs, Math.floor(rank));
    const high = valueAt(runs, Math.ceil(rank));
    // Not low + part * (high - low): of the greatest numbers the difference is no number.
    const part = rank - Math.floor(rank);
    return part === 0 || low === high ? low : low * (1 - part) + high * part;
  }

  #grow(): void {
    if (this.#open.length < this.#capacity) {
      const larger = new Float64Array(Math.min(this.#capacity, this.#open.length * 4));
      larger.set(this.#open);
      this.#open = larger;
      return;
    }
    while (this.#merging !== undefined) this.#mergeOn();
    this.#leaving = this.#blocks();
    this.#merging = this.#withLeaving();
    this.#open = new Float64Array(this.#capacity);
    this.#count = 0;
    this.#sorted = 0;
  }

  #mergeOn(): void {
    const { done, value } = this.#merging!.next();
    if (done !== true) return;
    this.#levels = value;
    this.#leaving = [];
    this.#merging = undefined;
  }

  /** The levels with what is leaving among them. */
  *#withLeaving(): Generator<void, Level[]> {
    const levels = [...this.#levels];
    let run = halved(yield* mergedAll(this.#leaving), this.#turn());
    let level = 0;
    for (let there = levels[0]; there !== undefined; there = levels[level]) {
      levels[level] = undefined;
      run = halved(yield* merged(there, run), this.#turn());
      level += 1;
    }
    levels[level] = run;
    return levels;
  }

  #turn(): boolean {
    this.#keepsLater = !this.#keepsLater;
    return this.#keepsLater;
  }

  #runs(): readonly Weighted[] {
    const blocks = [...this.#leaving, ...this.#blocks()].map((values) => ({ values, weight: 1 }));
    const levels = this.#levels.map((values, level) => values && { values, weight: 2 ** (level + 1) });
    return [...blocks, ...levels.filter((each) => each !== undefined)];
  }

  /** The open values, in blocks of which each is sorted. */
  #blocks(): Float64Array[] {
    const blocks: Float64Array[] = [];
    for (let at = 0; at < this.#sorted; at += BLOCK) blocks.push(this.#open.subarray(at, at + BLOCK));
    if (this.#count > this.#sorted) blocks.push(this.#open.slice(this.#sorted, this.#count).sort());
    return blocks;
  }
}

type Level = Float64Array | undefined;

/** Values in order, each of which stands for so many. */
interface Weighted {
  readonly values: Float64Array;
  readonly weight: number;
}

/** The least value of all runs that has more than `rank` at or below it, found by halving each of them. */
function valueAt(runs: readonly Weighted[], rank: number): number {
  let least = Number.NaN;
  for (const { values } of runs) {
    const at = firstIndex(values.length, (i) => countUpTo(runs, values[i]!) > rank);
    const value = values[at];
    if (value !== undefined && !(value >= least)) least = value;
  }
  return least;
}

function countUpTo(runs: readonly Weighted[], value: number): number {
  let count = 0;
  for (const { values, weight } of runs) count += weight * firstIndex(values.length, (i) => values[i]! > value);
  return count;
}

/** The first index below `length` for which it holds, as it does for all behind it; or `length`. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function halved(sorted: Float64Array, keepsLater: boolean): Float64Array {
  const half = new Float64Array(sorted.length / 2);
  for (let i = 0; i < half.length; i++) half[i] = sorted[2 * i + Number(keepsLater)]!;
  return half;
}

function* mergedAll(runs: readonly Float64Array[]): Generator<void, Float64Array> {
  if (runs.length <= 1) return runs[0] ?? new Float64Array(0);
  const middle = runs.length >>> 1;
  const earlier = yield* mergedAll(runs.slice(0, middle));
  return yield* merged(earlier, yield* mergedAll(runs.slice(middle)));
}

function* merged(a: Float64Array, b: Float64Array): Generator<void, Float64Array> {
  const both = new Float64Array(a.length + b.length);
  let [i, j] = [0, 0];
  for (let from = 0; from < both.length; from += MERGED_AT_ONCE) {
    const to = Math.min(both.length, from + MERGED_AT_ONCE);
    for (let k = from; k < to; k++) {
      both[k] = j === b.length || (i < a.length && a[i]! <= b[j]!) ? a[i++]! : b[j++]!;
    }
    yield;
  }
  return both;
}
