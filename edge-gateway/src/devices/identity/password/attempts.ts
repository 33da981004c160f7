export interface Allowance {
  /** Failures at once. */
  readonly burst: number;
  /** Further ones a second. */
  readonly perSecond: number;
}

interface Bucket {
  level: number;
  at: number;
}

/** Keys that are remembered; the one that failed longest ago goes first. */
const maxKeys = 20_000;

/** How often something may fail, by key, as token buckets. Success costs nothing. */
export class Attempts {
  readonly #allowance: Allowance;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(allowance: Allowance, now: () => number = () => performance.now()) {
    this.#allowance = allowance;
    this.#now = now;
  }

  mayTry(key: string): boolean {
    const bucket = this.#buckets.get(key);
    return bucket === undefined || this.#level(bucket) >= 1;
  }

  /** Takes an attempt; give it back if it was none. */
  take(key: string): void {
    const bucket = this.#buckets.get(key);
    const level = bucket === undefined ? this.#allowance.burst : this.#level(bucket);
    this.#put(key, Math.max(0, level - 1));
  }

  giveBack(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return;
    const level = this.#level(bucket) + 1;
    if (level >= this.#allowance.burst) this.#buckets.delete(key);
    else this.#put(key, level);
  }

  #put(key: string, level: number): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, { level, at: this.#now() });
    if (this.#buckets.size <= maxKeys) return;
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      break;
    }
  }

  #level({ level, at }: Bucket): number {
    const { burst, perSecond } = this.#allowance;
    return Math.min(burst, level + ((this.#now() - at) / 1000) * perSecond);
  }
}
