/** A write of more milliseconds went beyond the page cache: the disk cannot keep up. */
const slowMs = 50;
const laterForMs = 2000;

/**
 * Whether small writes are made at once. A write into the page cache takes some microseconds, a hand-over to another
 * thread ten times as much, and a turn of the event loop. While the disk cannot keep up they are handed over, so that
 * the connections do not wait for them.
 */
export class WritePace {
  #slowUntil = 0;

  /** `now`: milliseconds, monotonic, as in `wrote`. */
  isSlow(now: number): boolean {
    return now < this.#slowUntil;
  }

  /** A write was made at once, between these times. */
  wrote(began: number, ended: number): void {
    if (ended - began > slowMs) this.#slowUntil = ended + laterForMs;
  }
}
