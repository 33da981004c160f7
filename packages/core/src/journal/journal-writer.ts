import { QueueClosedError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { backoff } from "../retry/backoff.ts";
import type { JournalFile } from "./journal-file.ts";

export interface JournalWriterOptions {
  readonly journal: JournalFile;
  /** The entries that say everything which is of use now, those included that are queued. */
  readonly liveEntries: () => Iterable<string>;
  readonly logger: Logger;
  /** For the log: what cannot be written, and what follows from it for the user. */
  readonly onFailure: string;
}

/** No pause between two attempts is longer (milliseconds). */
const maxPauseMs = 2000;

/**
 * Makes entries durable in groups: entries that are added while a group is written go out together with the next
 * write and sync. What fails is repeated until it succeeds.
 */
export class JournalWriter {
  readonly #options: JournalWriterOptions;
  #queue: string[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor(options: JournalWriterOptions) {
    this.#options = options;
  }

  /** Queues an entry for the next `flush`. */
  add(entry: string): void {
    this.#queue.push(entry);
  }

  /** Resolves when every entry that was added before is durable. Rejects with QueueClosedError after `close`. */
  async flush(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#writing !== undefined) await this.#writing;
      else await (this.#writing = this.#writeQueue().finally(() => (this.#writing = undefined)));
    }
    // With an empty queue, the entries of this caller may be in the write that is under way.
    await this.#writing;
  }

  /** Closes the file after the write that is under way; what fails is not repeated any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing?.catch(() => {});
    await this.#options.journal.close();
  }

  async #writeQueue(): Promise<void> {
    const { journal, logger, onFailure } = this.#options;
    const entries = this.#queue;
    this.#queue = [];
    const pause = backoff({ maxMs: maxPauseMs });
    for (;;) {
      if (this.#closed) throw new QueueClosedError("The journal is closed");
      if (journal.isMostlyHistory && (await this.#replace())) return;
      try {
        await journal.appendSynced(entries);
        return;
      } catch (error) {
        logger.error({ err: error }, onFailure);
        await pause.wait();
      }
    }
  }

  /** The live entries hold what the queued ones say. */
  async #replace(): Promise<boolean> {
    const { journal, liveEntries, logger } = this.#options;
    try {
      await journal.replace(liveEntries());
      return true;
    } catch (error) {
      logger.warn({ err: error }, "a journal could not be made smaller; it grows until it can");
      return false;
    }
  }
}
