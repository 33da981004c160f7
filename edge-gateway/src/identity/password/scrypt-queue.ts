import { scryptMemory, type PasswordHash } from "@headwater/aggregates";
import type { Logger } from "@headwater/service-kit";
import { Worker } from "node:worker_threads";
import type { ScryptResult, ScryptTask } from "./scrypt-worker.ts";

export interface ScryptQueueOptions {
  /** Comparisons under way and waiting; more are not taken. */
  readonly maxWaiting: number;
  readonly logger: Logger;
}

interface Waiting {
  readonly settle: (matches: boolean | undefined) => void;
}

/** Until one was measured (milliseconds). */
const firstGuess = 200;

/**
 * Compares passwords one after the other, in a thread of its own at the lowest priority: neither the thread that serves devices nor the pool that
 * syncs the spool is ever kept waiting by logins. The thread begins with the first comparison.
 */
export class ScryptQueue {
  readonly #options: ScryptQueueOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 1;
  #average = firstGuess;
  #closed = false;

  constructor(options: ScryptQueueOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#waiting.size >= this.#options.maxWaiting;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** How long a comparison that is asked for now would take, by what those before it took (milliseconds). */
  get expectedMs(): number {
    return (this.#waiting.size + 1) * this.#average;
  }

  /** Whether the hash is of that password; undefined if there was no room or the comparison came to no end. */
  compare(password: Uint8Array, { ln, r, p, salt, hash }: PasswordHash): Promise<boolean | undefined> {
    if (this.#closed || this.isFull) return Promise.resolve(undefined);
    const id = this.#next;
    this.#next += 1;
    const N = 2 ** ln;
    const task: ScryptTask = { id, password, salt, hash, N, r, p, maxmem: 2 * scryptMemory({ ln, r, p }) };
    return new Promise((settle) => {
      this.#waiting.set(id, { settle });
      this.#start().postMessage(task);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
    this.#giveUp();
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("scrypt-worker.ts", import.meta.url), { name: "passwords" });
    worker.unref();
    worker.on("message", ({ id, matches, took }: ScryptResult) => {
      this.#average += (took - this.#average) / 8;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      waiting?.settle(matches);
    });
    worker.on("error", (error) =>
      this.#options.logger.error({ err: error }, "the thread that compares passwords failed"),
    );
    worker.on("exit", () => {
      // Another one begins with the next comparison.
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#giveUp();
    });
    this.#worker = worker;
    return worker;
  }

  #giveUp(): void {
    for (const { settle } of this.#waiting.values()) settle(undefined);
    this.#waiting.clear();
  }
}
