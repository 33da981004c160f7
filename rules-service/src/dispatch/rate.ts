const minute = 60_000;

/** At most so many a minute: all at once after a pause, then one after another. 0: no limit. */
export class Rate {
  readonly #perMinute: number;
  /** One is a minute's worth, so that everything stays a whole number. */
  #left: number;
  #at = -Infinity;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
    this.#left = perMinute * minute;
  }

  /** When the next one may go: `now`, or later (milliseconds). */
  freeAt(now: number): number {
    if (this.#perMinute === 0) return now;
    this.#refill(Math.floor(now));
    return this.#left >= minute ? now : Math.floor(now) + Math.ceil((minute - this.#left) / this.#perMinute);
  }

  /** Takes one; false: there is none. */
  take(now: number): boolean {
    if (this.#perMinute === 0) return true;
    if (this.freeAt(now) > now) return false;
    this.#left -= minute;
    return true;
  }

  #refill(now: number): void {
    // A clock that goes back refills nothing.
    if (now <= this.#at) return;
    if (this.#at !== -Infinity) {
      this.#left = Math.min(this.#perMinute * minute, this.#left + (now - this.#at) * this.#perMinute);
    }
    this.#at = now;
  }
}
