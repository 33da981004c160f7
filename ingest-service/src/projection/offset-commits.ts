import type { GroupBatch } from "@headwater/event-log";
import { HeadwaterError, type Logger } from "@headwater/core";

interface Due {
  readonly batch: GroupBatch;
  readonly offset: number;
  readonly onCommitted: (() => void) | undefined;
}

/** Offsets below which every point is stored or quarantined, committed together at an interval. */
export class OffsetCommits {
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  readonly #onFailure: (error: unknown) => void;
  #due = new Map<string, Due>();
  #running: Promise<void> | undefined;

  constructor(options: { everyMs: number; logger: Logger; onFailure: (error: unknown) => void }) {
    this.#logger = options.logger;
    this.#onFailure = options.onFailure;
    // The timer does not keep the process alive: a start that failed elsewhere ends it.
    this.#timer = setInterval(() => void this.flush(), options.everyMs).unref();
  }

  /** Every point of the partition before `offset` is stored or quarantined. */
  note(batch: GroupBatch, offset: number, onCommitted?: () => void): void {
    this.#due.set(`${batch.topic}/${batch.partition}`, { batch, offset, onCommitted });
  }

  /** Commits the due offsets; one that the log does not take is due again. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#running = this.#commitAll().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #commitAll(): Promise<void> {
    const due = this.#due;
    this.#due = new Map();
    await Promise.all(Array.from(due, ([key, each]) => this.#commit(key, each)));
  }

  async #commit(key: string, due: Due): Promise<void> {
    try {
      // false: another instance has the partition and continues from the last committed offset.
      if (await due.batch.commit(due.offset)) due.onCommitted?.();
    } catch (error) {
      if (!(error instanceof HeadwaterError) || (error.advice !== "retry" && error.advice !== "wait")) {
        this.#onFailure(error);
        return;
      }
      this.#logger.warn({ partition: key, code: error.code, problem: error.message }, "an offset was not committed");
      if (!this.#due.has(key)) this.#due.set(key, due);
    }
  }
}
