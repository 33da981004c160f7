export interface StallWatchOptions {
  /** Milliseconds of standstill that count as a stall. */
  readonly stallMs: number;
  /** Milliseconds on a clock that goes on while the process is stopped; for tests. */
  readonly now?: () => number;
}

/**
 * Notices that the process stood still (stopped, swapped out, suspended), since other members may have taken over its
 * partitions meanwhile. It compares two clocks: the monotonic one stands still while a machine is suspended, and the
 * wall clock may be set.
 */
export class StallWatch {
  readonly #stallMs: number;
  readonly #clocks: readonly (() => number)[];
  #seen: number[];
  #stalls = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StallWatchOptions) {
    this.#stallMs = options.stallMs;
    this.#clocks = options.now === undefined ? [() => performance.now(), () => Date.now()] : [options.now];
    this.#seen = this.#clocks.map((now) => now());
  }

  start(): void {
    this.stalls();
    this.#timer ??= setInterval(() => this.stalls(), Math.max(10, this.#stallMs / 8)).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Number of stalls so far. A number that has changed means that ownership has to be proven again. */
  stalls(): number {
    let stalled = false;
    this.#clocks.forEach((now, index) => {
      const time = now();
      if (Math.abs(time - this.#seen[index]!) > this.#stallMs) stalled = true;
      this.#seen[index] = time;
    });
    if (stalled) this.#stalls += 1;
    return this.#stalls;
  }
}
