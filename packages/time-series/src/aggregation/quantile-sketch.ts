/** Values that are kept as they are; also those of one level. */
const CAPACITY = 262_144;

/**
 * Quantiles of any number of values in bounded memory. Up to a quarter of a million values they are exact. Beyond it,
 * values are sorted, and of two neighbours one stands for both (Manku, Rajagopalan and Lindsay, 1998), so a rank is off
 * by some millionths of all.
 */
export class QuantileSketch {
  readonly #capacity: number;
  #open: Float64Array;
  #count = 0;
  /** At each level a sorted run, or none, of values that stand for 2, 4, 8 … each. */
  readonly #levels: (Float64Array | undefined)[] = [];
  /** Which of two neighbours stays, in turn, so that errors even out. */
  #keepsLater = false;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
    this.#open = new Float64Array(Math.min(capacity, 64));
  }

  add(value: number): void {
    if (this.#count === this.#open.length) this.#grow();
    this.#open[this.#count++] = value;
  }

  /** Between the two values of the nearest ranks, as far as the rank of `q` (0 to 1) is; NaN without values. */
  quantile(q: number): number {
    const { values, weights, total } = this.#sorted();
    const rank = q * (total - 1);
    const low = valueAt(values, weights, Math.floor(rank));
    const high = valueAt(values, weights, Math.ceil(rank));
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
    let run = halved(this.#open.sort(), this.#turn());
    this.#open = new Float64Array(this.#capacity);
    this.#count = 0;
    let level = 0;
    for (let there = this.#levels[0]; there !== undefined; there = this.#levels[level]) {
      this.#levels[level] = undefined;
      run = halved(merged(there, run), this.#turn());
      level += 1;
    }
    this.#levels[level] = run;
  }

  #turn(): boolean {
    this.#keepsLater = !this.#keepsLater;
    return this.#keepsLater;
  }

  #sorted(): { values: Float64Array; weights: readonly Weighted[]; total: number } {
    const open = this.#open.slice(0, this.#count).sort();
    const runs = this.#levels.flatMap((run, level) => (run === undefined ? [] : [{ run, weight: 2 ** (level + 1) }]));
    if (runs.length === 0) return { values: open, weights: [], total: open.length };
    const weights = [{ run: open, weight: 1 }, ...runs]
      .flatMap(({ run, weight }) => Array.from(run, (value): Weighted => ({ value, weight })))
      .sort((a, b) => a.value - b.value);
    return { values: open, weights, total: weights.reduce((sum, { weight }) => sum + weight, 0) };
  }
}

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

function valueAt(values: Float64Array, weights: readonly Weighted[], rank: number): number {
  if (weights.length === 0) return values[rank] ?? Number.NaN;
  let passed = 0;
  for (const { value, weight } of weights) {
    passed += weight;
    if (passed > rank) return value;
  }
  return weights.at(-1)?.value ?? Number.NaN;
}

function halved(sorted: Float64Array, keepsLater: boolean): Float64Array {
  const half = new Float64Array(sorted.length / 2);
  for (let i = 0; i < half.length; i++) half[i] = sorted[2 * i + Number(keepsLater)]!;
  return half;
}

function merged(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both.sort();
}
