import { Worker } from "node:worker_threads";
import { endThread, InvariantError, ResourceError, UnknownOutcomeError, type HeadwaterError } from "@headwater/core";
import { LogUnavailableError, LogUnusableError, TopicMismatchError } from "../errors.ts";
import type { Logger } from "@headwater/core";
import type { Answer, Failure, FailureKind, Request, RequestName, WorkerRequests } from "./worker-protocol.ts";

interface Waiting {
  resolve(body: unknown): void;
  reject(error: HeadwaterError): void;
}

/** Another process has the log open. */
export class LogLockedError extends ResourceError {}

/** The main thread's end of the worker: requests, their answers, and typed errors instead of failures. */
export class LogWorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  #dead: HeadwaterError | undefined;

  constructor(logger: Logger) {
    this.#worker = new Worker(new URL("./log-worker.ts", import.meta.url), { name: "event-log" });
    this.#worker.on("message", (answer: Answer & { warning?: string }) => {
      if (answer.warning === undefined) this.#settle(answer);
      else logger.warn({ problem: answer.warning }, "the event log could not clean up; trying again later");
    });
    this.#worker.on("error", (error) => {
      this.#die(new ResourceError(`the event log's worker died: ${error.message}`, { cause: error }));
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.on("exit", () => {
        this.#die(new InvariantError("the event log is closed"));
        resolve();
      });
    });
  }

  request<N extends RequestName>(
    name: N,
    body: WorkerRequests[N]["in"],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<WorkerRequests[N]["out"]> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      const request: Request<N> = { id, name, body };
      this.#worker.postMessage(request, transfer);
    });
  }

  /** The thread closes its files, opened or not, and ends by itself; resolves when it is gone. */
  async close(): Promise<void> {
    try {
      await this.request("close", {});
    } finally {
      await endThread(this.#worker, this.#ended);
    }
  }

  #settle({ id, body, failure }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (failure === undefined) waiting?.resolve(body);
    else waiting?.reject(errorOf(failure));
  }

  #die(error: HeadwaterError): void {
    this.#dead ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#dead);
    this.#waiting.clear();
  }
}

const errors = {
  unavailable: LogUnavailableError,
  "unknown-outcome": UnknownOutcomeError,
  locked: LogLockedError,
  "topic-mismatch": TopicMismatchError,
  unusable: LogUnusableError,
  resource: ResourceError,
  invariant: InvariantError,
} as const satisfies Record<FailureKind, new (message: string) => HeadwaterError>;

export function errorOf({ kind, message }: Failure): HeadwaterError {
  return new errors[kind](message);
}
