import { Worker } from "node:worker_threads";
import { RequestError, SerialQueue } from "@headwater/core";
import { readAllYaml, readYaml, type YamlOutcome } from "./read-yaml.ts";

/** Shorter texts are read at once: whatever they hold, that takes a few milliseconds. */
const longBytes = 1024;
/** A text that takes longer is refused. */
const defaultPatienceMs = 10_000;
const maxWaiting = 20;
/** A worker that nobody needs ends after these milliseconds. */
const defaultIdleMs = 30_000;

interface YamlTask {
  readonly text: string;
  /** Every document of the text, as a list; else the one that it has to be. */
  readonly all: boolean;
}

/**
 * Reads the YAML of requests. A text of some hundred kilobytes may take the parser seconds, so those that are long are
 * read in a thread of their own, which is started when the first one comes.
 */
export class YamlReader {
  readonly #queue = new SerialQueue();
  readonly #patienceMs: number;
  readonly #idleMs: number;
  #waiting = 0;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: { readonly patienceMs?: number; readonly idleMs?: number } = {}) {
    this.#patienceMs = options.patienceMs ?? defaultPatienceMs;
    this.#idleMs = options.idleMs ?? defaultIdleMs;
  }

  /** The value of a text. Rejects with RequestError: 400 `invalid-yaml`, 503 `too-many-waiting`. */
  read(text: string): Promise<unknown> {
    return this.#read({ text, all: false });
  }

  /** The values of all documents of a text. Rejects as `read` does. */
  readAll(text: string): Promise<unknown> {
    return this.#read({ text, all: true });
  }

  async #read(task: YamlTask): Promise<unknown> {
    const { text, all } = task;
    const outcome = text.length >= longBytes ? await this.#readApart(task) : all ? readAllYaml(text) : readYaml(text);
    if ("value" in outcome) return outcome.value;
    throw new RequestError(400, "invalid-yaml", `The body is not valid YAML: ${outcome.problem}`);
  }

  /** Ends the thread; what it reads is answered as a text that took too long. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
  }

  async #readApart(task: YamlTask): Promise<YamlOutcome> {
    if (this.#waiting >= maxWaiting) {
      throw new RequestError(503, "too-many-waiting", "Too many rules in YAML wait to be read; try again shortly");
    }
    this.#waiting += 1;
    clearTimeout(this.#idle);
    try {
      return await this.#queue.run(() => this.#readNext(task));
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#idle = setTimeout(() => this.#rest(), this.#idleMs).unref();
    }
  }

  #readNext(task: YamlTask): Promise<YamlOutcome> {
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve) => {
      const settle = (outcome: YamlOutcome): void => {
        clearTimeout(late);
        worker.off("message", settle).off("exit", ended);
        resolve(outcome);
      };
      const ended = (): void => settle({ problem: "it takes too long to be read" });
      const late = setTimeout(() => void worker.terminate(), this.#patienceMs);
      worker.on("message", settle).on("exit", ended);
      worker.postMessage(task);
    });
  }

  /** A text that comes before the thread has ended is for another one. */
  #rest(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL("./yaml-worker.ts", import.meta.url), { name: "yaml" });
    worker.unref();
    // What ends it (a lack of memory, for example) is answered when it exits.
    worker.on("error", () => {});
    worker.once("exit", () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }
}
