import type { DatabaseSync } from "node:sqlite";
import { nowMicros, type Logger } from "@headwater/core";
import { hasErased, sweepErased } from "./erased.ts";
import { type QuarantineBounds, boundQuarantine, oldestInQuarantine } from "./quarantine-table.ts";

/** What a timer can wait at most; a clock that is set is noticed as late. */
const longestWaitMs = 3_600_000;
/** A batch of the log is being applied, or there is more than is let go of at once. */
const soonMs = 20;
/** After a failure, as of a disk that is full. */
const laterMs = 10_000;

/**
 * Lets go of entries when they are old enough, also while nothing comes: one timer stands for the oldest of them. Each
 * batch of the log that is applied does the same by the time of its records. Entries of devices that were deleted with
 * their data go in the same way, where there are more than go at once.
 */
export class QuarantineExpiry {
  readonly #db: DatabaseSync;
  readonly #bounds: QuarantineBounds;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = true;

  constructor(db: DatabaseSync, bounds: QuarantineBounds, logger: Logger) {
    this.#db = db;
    this.#bounds = bounds;
    this.#logger = logger;
  }

  start(): void {
    this.#isStopped = false;
    this.changed();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Has to be called when there are other entries than before. */
  changed(): void {
    if (!this.#isStopped && hasErased(this.#db)) {
      this.#wait(soonMs);
      return;
    }
    const oldest = this.#isStopped ? undefined : oldestInQuarantine(this.#db);
    // A millisecond more: an entry goes once it is older than the bound.
    if (oldest !== undefined) this.#wait((oldest + this.#bounds.maxAge - nowMicros()) / 1_000 + 1);
    else clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(), Math.min(longestWaitMs, Math.max(soonMs, ms))).unref();
  }

  #expire(): void {
    // What is written into somebody else's transaction would go with it, if that is rolled back.
    if (this.#db.isTransaction) {
      this.#wait(soonMs);
      return;
    }
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      sweepErased(this.#db);
      boundQuarantine(this.#db, this.#bounds, nowMicros());
      this.#db.exec("COMMIT");
      this.changed();
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      // Nothing is lost by it; the model says what is wrong with its file when it writes there.
      this.#logger.warn({ err: error }, "entries of quarantine that are old enough cannot be let go of yet");
      this.#wait(laterMs);
    }
  }
}
