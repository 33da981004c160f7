/**
 * So much a second, and what was not used is kept up to a bound. May go into debt by what could not be known before.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #most: number;
  #tokens: number;
  #at: number;

  /**
   * @param perSecond 0: no bound
   * @param burstMs what is kept: so much as comes in this time, at least one second's
   */
  constructor(perSecond: number, burstMs: number, now: number) {
    this.#perMs = perSecond === 0 ? Infinity : perSecond / 1000;
    this.#most = perSecond === 0 ? Infinity : Math.max(1, this.#perMs * Math.max(burstMs, 1000));
    this.#tokens = this.#most;
    this.#at = now;
  }

  available(now: number): number {
    if (this.#most === Infinity) return Infinity;
    this.#tokens = Math.min(this.#most, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
    return this.#tokens;
  }

  spend(count: number): void {
    this.#tokens -= count;
  }

  /** Milliseconds until one token is there. */
  wait(now: number): number {
    const missing = 1 - this.available(now);
    return missing <= 0 ? 0 : missing / this.#perMs;
  }
}
