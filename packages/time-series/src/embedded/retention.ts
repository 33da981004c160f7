import type { Points } from "./points.ts";

const SERIES_A_STEP = 500;
const ROUND_MS = 60_000;

/**
 * Deletes points that are older than the retention, a few series at a time; a round over all of them starts each
 * minute.
 */
export class Retention {
  readonly #points: Points;
  readonly #retentionMs: number | undefined;
  #pending: number[] = [];
  #lastRound = -Infinity;

  constructor(points: Points, retentionMs: number | undefined) {
    this.#points = points;
    this.#retentionMs = retentionMs;
  }

  step(): void {
    if (this.#retentionMs === undefined) return;
    const now = performance.now();
    if (this.#pending.length === 0) {
      if (now - this.#lastRound < ROUND_MS) return;
      this.#lastRound = now;
      this.#pending = this.#points.seriesIds();
    }
    this.#points.expire(this.#pending.slice(-SERIES_A_STEP), (Date.now() - this.#retentionMs) * 1_000);
    this.#pending.length = Math.max(0, this.#pending.length - SERIES_A_STEP);
  }
}
