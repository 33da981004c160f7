import { RetentionClock } from "@headwater/core";
import { advanceMarks, type ClassMarks, type Retention } from "../retention.ts";
import type { StoreWorkerClient } from "./store-worker-client.ts";

export interface AgingOptions {
  readonly retention: Retention;
  readonly marks: ClassMarks;
  /** When the store was last written to (milliseconds since the epoch); undefined: it is new. */
  readonly lastUsed: number | undefined;
  /** Milliseconds between two looks at the clock. */
  readonly roundMs: number;
}

/**
 * Decides what is too old. It is decided on this side of the worker, so that no point before a mark is sent after the
 * word that the mark has moved.
 */
export class Aging {
  readonly #client: StoreWorkerClient;
  readonly #options: AgingOptions;
  readonly #clock: RetentionClock;
  readonly #timer: NodeJS.Timeout;
  #marks: ClassMarks;

  constructor(client: StoreWorkerClient, options: AgingOptions) {
    this.#client = client;
    this.#options = options;
    this.#clock = new RetentionClock(options.lastUsed);
    this.#marks = options.marks;
    this.#timer = setInterval(() => this.#round(), options.roundMs);
    this.#timer.unref();
    this.#round();
  }

  get retention(): Retention {
    return this.#options.retention;
  }

  get marks(): ClassMarks {
    return this.#marks;
  }

  /** Points before this time (µs) are refused. */
  get oldestTaken(): number {
    return Math.max(this.#marks.raw, (this.#clock.now() - this.#options.retention.raw) * 1_000);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #round(): void {
    this.#moveTo(advanceMarks(this.#marks, this.#options.retention, this.#clock.now()));
  }

  #moveTo(marks: ClassMarks): void {
    if (marks.raw === this.#marks.raw && marks.minute === this.#marks.minute && marks.hour === this.#marks.hour) return;
    this.#marks = marks;
    // A worker that has ended tells it to whoever writes or asks.
    this.#client.call("advance", { marks }).catch(() => {});
  }
}
