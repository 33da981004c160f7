/** A write of fewer points is not what keeps a store from finishing it. */
const leastPoints = 100;
/** One connection may break for any reason; a store that is too slow for a write is too slow for it again. */
const unansweredBefore = 2;
/** Each try of more costs a store that is still slow a time-out or two. */
const answeredBefore = 8;

/**
 * How many points one write may have. A store that twice in a row does not finish a write in time would never finish
 * it: it is given the same points in halves, and more again once it answers.
 */
export class WriteSize {
  readonly #most: number;
  #points: number;
  #unanswered = 0;
  #answered = 0;

  constructor(most: number) {
    this.#most = most;
    this.#points = most;
  }

  get points(): number {
    return this.#points;
  }

  answered(): void {
    this.#unanswered = 0;
    if (this.#points === this.#most) return;
    this.#answered += 1;
    if (this.#answered < answeredBefore) return;
    this.#answered = 0;
    this.#points = Math.min(this.#most, this.#points * 2);
  }

  unanswered(): void {
    this.#answered = 0;
    this.#unanswered += 1;
    if (this.#unanswered < unansweredBefore) return;
    this.#points = Math.min(this.#points, Math.max(leastPoints, this.#points >>> 1));
  }
}
