import { Worker } from "node:worker_threads";

/** How long the thread stays without anything to do (milliseconds). */
const idleMs = 10_000;

/**
 * A thread that folds write-ahead logs back into the files of models, one for the process, there while it is needed. It
 * writes and syncs thousands of pages, which within a commit would hold the event loop for as long.
 */
class CheckpointThread {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  readonly #waiting: (() => void)[] = [];

  /**
   * Resolves when the log of that database is folded back, or could not be: it is folded back later then, at the latest
   * by the commit that makes it too long. The database stays open meanwhile.
   */
  foldBack(file: string): Promise<void> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      worker.ref();
      worker.postMessage(file);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL("./checkpoint-worker.ts", import.meta.url), {
      name: "read-model-checkpoints",
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    });
    worker.on("message", () => this.#answered());
    // What failed there fails in the writer, too, if it is the disk; it decides what follows.
    worker.on("error", () => this.#ended(worker));
    worker.on("exit", () => this.#ended(worker));
    return worker;
  }

  /** The thread answers in the order in which it was asked. */
  #answered(): void {
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) return;
    this.#worker?.unref();
    this.#idle = setTimeout(() => this.#letGo(), idleMs).unref();
  }

  #letGo(): void {
    this.#worker?.postMessage(undefined);
    this.#worker = undefined;
  }

  #ended(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export const checkpoints = new CheckpointThread();
