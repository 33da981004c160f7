import { endThread, UnknownOutcomeError, type HeadwaterError, InvariantError, ResourceError } from "@headwater/core";
import { StoreUnavailableError } from "../errors.ts";
import { Worker } from "node:worker_threads";
import type { Answer, CallName, Calls, Failure, Opened, WorkerSettings } from "./protocol.ts";

interface Pending {
  resolve(result: never): void;
  reject(error: HeadwaterError): void;
}

/** Calls into the worker, and its failures as typed errors. */
export class StoreWorkerClient {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #ended: Promise<unknown>;
  readonly #pending = new Map<number, Pending>();
  #damaged: readonly string[];
  /** Called when more was found to be damaged. */
  onDamaged?: (damaged: readonly string[]) => void;
  #lastCall = 0;
  #gone: HeadwaterError | undefined;

  private constructor(worker: Worker, ended: Promise<unknown>, path: string, damaged: readonly string[]) {
    this.#damaged = damaged;
    this.#worker = worker;
    this.#ended = ended;
    this.#path = path;
    worker.on("message", (answer: Answer) => this.#settle(answer));
    worker.on("error", (error) =>
      this.#end(new ResourceError(`the time-series worker died: ${error.message}`, { cause: error })),
    );
    worker.on("exit", () => this.#end(new StoreUnavailableError("the time-series store is closed")));
  }

  /**
   * Rejects with ResourceError if the file cannot be used: another process has it, it is damaged, the folder is
   * read-only.
   */
  static async open(settings: WorkerSettings): Promise<{ client: StoreWorkerClient; opened: Opened }> {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: settings });
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    const answer = await new Promise<Answer>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", (cause) =>
        reject(new ResourceError(`the time-series worker did not start: ${cause.message}`, { cause })),
      );
    });
    if ("opened" in answer) {
      const client = new StoreWorkerClient(worker, ended, settings.path, answer.opened.damaged);
      return { client, opened: answer.opened };
    }
    await endThread(worker, ended);
    const failure = "notOpened" in answer ? answer.notOpened : { message: "it gave no reason" };
    throw new ResourceError(whyNotOpened(settings.path, failure), { details: { path: settings.path } });
  }

  call<N extends CallName>(
    name: N,
    request: Calls[N]["request"],
    transfer: ArrayBuffer[] = [],
  ): Promise<Calls[N]["answer"]> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      const call = ++this.#lastCall;
      this.#pending.set(call, { resolve, reject });
      this.#worker.postMessage({ call, name, ...request }, transfer);
    });
  }

  /** The thread closes its files and ends by itself; resolves when it is gone. */
  async close(): Promise<void> {
    try {
      await this.call("close", {});
    } finally {
      await endThread(this.#worker, this.#ended);
    }
  }

  /** What is damaged and set aside, in words. */
  get damaged(): readonly string[] {
    return this.#damaged;
  }

  #settle(answer: Answer): void {
    if ("damaged" in answer) {
      this.#damaged = answer.damaged;
      this.onDamaged?.(answer.damaged);
    }
    if (!("call" in answer)) return;
    const pending = this.#pending.get(answer.call);
    this.#pending.delete(answer.call);
    if ("failure" in answer) pending?.reject(typed(answer.failure, this.#path));
    else pending?.resolve(answer.result as never);
  }

  #end(error: HeadwaterError): void {
    this.#gone ??= error;
    for (const pending of this.#pending.values()) pending.reject(this.#gone);
    this.#pending.clear();
  }
}

/** Primary result codes of SQLite. */
const sqlite = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** What a person does about a damaged file: a new store begins where the old one was, so the past is asked for. */
const wayOut =
  "move its folder away, put a backup in its place or leave it empty, start, and make again with headwater rebuild what the log still has";

function typed({ message, errcode }: Failure, path: string): HeadwaterError {
  const details = { path, sqlite: errcode };
  switch (errcode === undefined ? undefined : errcode & 0xff) {
    case sqlite.full:
      return new StoreUnavailableError(`no space left for ${path}`, { details });
    case sqlite.readOnly:
    case sqlite.cannotOpen:
      return new StoreUnavailableError(`${path} cannot be written: ${message}`, { details });
    case sqlite.corrupt:
    case sqlite.notADatabase:
      // Waiting does not mend it, but a person does, and nothing is lost meanwhile: the log has it all.
      return new StoreUnavailableError(`${path} is damaged (${message}); stop Headwater and ${wayOut}`, { details });
    case sqlite.ioError:
      return new UnknownOutcomeError(`${path}: ${message}`, { details });
    default:
      // Without a code it was not SQLite that failed, but the worker's own code.
      return errcode === undefined
        ? new InvariantError(`the time-series store in ${path} failed: ${message}`, { details })
        : new ResourceError(`the time-series store in ${path} failed: ${message}`, { details });
  }
}

function whyNotOpened(path: string, { message, errcode }: Failure): string {
  switch (errcode === undefined ? undefined : errcode & 0xff) {
    case sqlite.busy:
    case sqlite.locked:
      return `${path} is in use by another process; stop that one, or choose another data folder`;
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return `${path} is damaged (${message}); ${wayOut}`;
    default:
      return `${path} cannot be opened: ${message}`;
  }
}
