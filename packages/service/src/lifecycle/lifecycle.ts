import { TimedOutError, withTimeout, type Logger } from "@headwater/core";

export interface Part {
  start?(): Promise<void> | void;
  /** Called only if `start` was, and even if that failed; always, where there is no `start`: it is open already. */
  stop?(): Promise<void> | void;
}

export interface LifecycleOptions {
  readonly logger: Logger;
  /** All parts together have so long to stop (milliseconds). Default 10 s. */
  readonly stopWithinMs?: number;
}

/** A part that did not stop in time, or failed to. */
export interface StopFailure {
  readonly part: string;
  readonly error: unknown;
}

/**
 * The parts of a service: started in the order in which they were added, stopped in the reverse one. If one fails to
 * start, those before it are stopped and the start rejects with its error.
 */
export class Lifecycle {
  readonly #logger: Logger;
  readonly #stopWithinMs: number;
  readonly #parts: { readonly name: string; readonly part: Part }[] = [];
  #touched = 0;
  #starting: Promise<void> | undefined;
  #stopping: Promise<readonly StopFailure[]> | undefined;

  constructor(options: LifecycleOptions) {
    this.#logger = options.logger;
    this.#stopWithinMs = options.stopWithinMs ?? 10_000;
  }

  add(name: string, part: Part): void {
    this.#parts.push({ name, part });
  }

  /** Starts all parts, once. Rejects with the error of the part that failed, after those before it have stopped. */
  start(): Promise<void> {
    this.#starting ??= this.#startAll();
    return this.#starting;
  }

  /**
   * Stops all that was started or needs no start, last first, within the deadline, and resolves with the parts that did
   * not (also logged); never rejects. A part that exceeds the deadline is left behind, those before it still get their
   * turn. Safe to call twice and during a start.
   */
  stop(): Promise<readonly StopFailure[]> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #startAll(): Promise<void> {
    for (const { name, part } of this.#parts) {
      if (this.#stopping !== undefined) return;
      this.#touched += 1;
      try {
        await part.start?.();
      } catch (error) {
        // The rejection carries the error; the line says which part it was.
        this.#logger.debug({ part: name }, "a part failed to start");
        await this.stop();
        throw error;
      }
    }
  }

  async #stopAll(): Promise<readonly StopFailure[]> {
    const deadline = performance.now() + this.#stopWithinMs;
    const failures: StopFailure[] = [];
    for (const [index, { name, part }] of [...this.#parts.entries()].toReversed()) {
      if (index >= this.#touched && part.start !== undefined) continue;
      // Past the deadline each of the rest still gets a moment: closing a file is better done late than not at all.
      const ms = Math.max(250, deadline - performance.now());
      try {
        // An asynchronous function, so that a `stop` that throws at once counts as one that rejects.
        const stopped = (async () => part.stop?.())();
        await withTimeout(stopped, ms, () => new TimedOutError(`${name} did not stop in time`));
      } catch (error) {
        this.#logger.error({ part: name, err: error }, "a part did not stop as it should");
        failures.push({ part: name, error });
      }
    }
    return failures;
  }
}
