import { scryptMemory, type PasswordHash } from "@headwater/aggregates";
import type { Logger } from "@headwater/core";
import { Worker } from "node:worker_threads";
import type { ScryptResult, ScryptTask } from "./scrypt-worker.ts";

export interface ScryptQueueOptions {
  /** Comparisons under way and waiting; more are not taken. */
  readonly maxWaiting: number;
  /** How long one waits for its turn (milliseconds); no client waits much longer for its CONNACK. Default 5 s. */
  readonly maxWaitMs?: number;
  readonly logger: Logger;
}

interface Waiting {
  readonly task: ScryptTask;
  /** performance.now() */
  readonly since: number;
  readonly settle: (matches: boolean | undefined) => void;
}

/** Until one was measured (milliseconds). */
const firstGuess = 200;
const defaultMaxWaitMs = 5000;

/**
 * Compares passwords one after the other, in a thread of its own at a low priority: neither the thread that serves
 * devices nor the pool that syncs the spool is ever kept waiting by logins. The thread begins with the first
 * comparison.
 */
export class ScryptQueue {
  readonly #options: ScryptQueueOptions;
  readonly #maxWaitMs: number;
  readonly #queue: Waiting[] = [];
  #running: Waiting | undefined;
  #worker: Worker | undefined;
  #average = firstGuess;
  #closed = false;

  constructor(options: ScryptQueueOptions) {
    this.#options = options;
    this.#maxWaitMs = options.maxWaitMs ?? defaultMaxWaitMs;
  }

  /** Whether one more would find no room, or wait for longer than a client does. */
  get isFull(): boolean {
    return this.waiting >= this.#options.maxWaiting || this.waiting * this.#average > this.#maxWaitMs;
  }

  get waiting(): number {
    return this.#queue.length + (this.#running === undefined ? 0 : 1);
  }

  /** How long a comparison that is asked for now would take, by what those before it took (milliseconds). */
  get expectedMs(): number {
    return Math.min((this.waiting + 1) * this.#average, 2 * this.#maxWaitMs);
  }

  /** Whether the hash is of that password; undefined if there was no room or the comparison came to no end. */
  compare(password: Uint8Array, { ln, r, p, salt, hash }: PasswordHash): Promise<boolean | undefined> {
    if (this.#closed || this.isFull) return Promise.resolve(undefined);
    const N = 2 ** ln;
    const task: ScryptTask = { password, salt, hash, N, r, p, maxmem: 2 * scryptMemory({ ln, r, p }) };
    return new Promise((settle) => {
      this.#queue.push({ task, since: performance.now(), settle });
      this.#pump();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    // All are given up at once: the thread may end a comparison before it is ended itself.
    this.#finish(undefined);
    for (const { settle } of this.#queue.splice(0)) settle(undefined);
    await worker?.terminate();
  }

  /** Hands the next one to the thread, once it is free; a login that has waited too long is dropped. */
  #pump(): void {
    while (this.#running === undefined && !this.#closed) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      if (performance.now() - next.since > this.#maxWaitMs) {
        next.settle(undefined);
        continue;
      }
      this.#running = next;
      (this.#worker ??= this.#start()).postMessage(next.task);
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL("scrypt-worker.ts", import.meta.url), { name: "passwords" });
    worker.unref();
    worker.on("message", ({ matches, took }: ScryptResult) => {
      this.#average += (took - this.#average) / 8;
      this.#finish(matches);
    });
    worker.on("error", (error) =>
      this.#options.logger.error({ err: error }, "the thread that compares passwords failed"),
    );
    worker.on("exit", () => {
      if (this.#worker !== worker) return;
      // Another one begins with the next comparison.
      this.#worker = undefined;
      this.#finish(undefined);
    });
    return worker;
  }

  #finish(matches: boolean | undefined): void {
    const done = this.#running;
    this.#running = undefined;
    done?.settle(matches);
    this.#pump();
  }
}
