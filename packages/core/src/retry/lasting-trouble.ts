/** A trouble that lasts is told again after so long (milliseconds). */
const againMs = 30_000;

/**
 * What is worth a log line of a trouble that lasts, while something is tried again and again: that it begins, that it
 * is another one now, and every half minute that it still lasts.
 */
export class LastingTrouble {
  #what: string | undefined;
  #toldAt = 0;

  isNews(what: string, now = performance.now()): boolean {
    if (what === this.#what && now - this.#toldAt < againMs) return false;
    this.#what = what;
    this.#toldAt = now;
    return true;
  }

  /** It is over; answers whether it had been told. */
  over(): boolean {
    const wasTold = this.#what !== undefined;
    this.#what = undefined;
    return wasTold;
  }
}
