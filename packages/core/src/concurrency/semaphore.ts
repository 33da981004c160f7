/** Bounds how many tasks run at a time, and how many more may wait for their turn. */
export class Semaphore {
  readonly #permits: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(permits: number, maxWaiting: number) {
    this.#permits = permits;
    this.#maxWaiting = maxWaiting;
  }

  /** Runs the task once it has a permit; undefined if too many wait already, and then the task is not run. */
  async run<T>(task: () => Promise<T>): Promise<T | undefined> {
    if (this.#running >= this.#permits) {
      if (this.#waiting.length >= this.#maxWaiting) return undefined;
      // A task that ends hands its permit to the longest waiting one, so that no newcomer overtakes it.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
