import { RetentionClock } from "@headwater/core";
import type { Points } from "./points.ts";

const SERIES_A_STEP = 500;

/**
 * Deletes points that are older than the retention, a few series at a time; a round over all of them starts
 * each minute.
 */
export class Retention {
  readonly #points: Points;
  readonly #retentionMs: number | undefined;
  readonly #roundMs: number;
  #pending: number[] = [];
  #lastRound = -Infinity;
  readonly #clock: RetentionClock;

  /** @param lastUsed When the store was last written to (milliseconds since the epoch); undefined: it is new. */
  constructor(points: Points, retentionMs: number | undefined, roundMs: number, lastUsed: number | undefined) {
    this.#clock = new RetentionClock(lastUsed);
    this.#roundMs = roundMs;
    this.#points = points;
    this.#retentionMs = retentionMs;
  }

  /** The next step begins a round. */
  hurry(): void {
    this.#lastRound = -Infinity;
  }

  step(): void {
    if (this.#retentionMs === undefined) return;
    const now = performance.now();
    if (this.#pending.length === 0) {
      if (now - this.#lastRound < this.#roundMs) return;
      this.#lastRound = now;
      this.#pending = this.#points.seriesIds();
    }
    this.#points.expire(this.#pending.slice(-SERIES_A_STEP), (this.#clock.now() - this.#retentionMs) * 1_000);
    this.#pending.length = Math.max(0, this.#pending.length - SERIES_A_STEP);
  }
}
