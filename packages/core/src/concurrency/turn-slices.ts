/** How long the works of one turn of the event loop may take together (milliseconds). */
const holdMs = 10;

/**
 * For short works of which very many may come at once: as many go on in one turn of the event loop as there is time
 * for, the others in later turns, in their order.
 */
export class TurnSlices {
  readonly #waiting: (() => void)[] = [];
  /** When the first work of this turn began, by performance.now(). */
  #since: number | undefined;

  /** Whether one more work has time in this turn; if not, it is to come `later`. */
  get hasTime(): boolean {
    if (this.#waiting.length > 0) return false;
    if (this.#since === undefined) {
      this.#begin();
      return true;
    }
    return performance.now() - this.#since < holdMs;
  }

  /** At once if there is time in this turn; else later. */
  run(work: () => void): void {
    if (this.hasTime) work();
    else this.later(work);
  }

  later(work: () => void): void {
    if (this.#waiting.push(work) === 1) setImmediate(() => this.#slice());
  }

  /** Resolves when it is this one's turn. */
  next(): Promise<void> {
    return new Promise((resolve) => this.later(resolve));
  }

  #begin(): void {
    this.#since = performance.now();
    setImmediate(() => (this.#since = undefined));
  }

  #slice(): void {
    this.#begin();
    this.#step();
  }

  #step(): void {
    const work = this.#waiting[0];
    if (work === undefined) return;
    if (performance.now() - this.#since! >= holdMs) {
      setImmediate(() => this.#slice());
      return;
    }
    this.#waiting.shift();
    work();
    // What follows from it by promises counts as well, and comes before the next one.
    queueMicrotask(() => process.nextTick(() => this.#step()));
  }
}

/** The works of all parts of this thread share its turns. */
export const turnSlices = new TurnSlices();
