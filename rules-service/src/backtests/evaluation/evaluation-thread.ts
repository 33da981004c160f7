import { Worker } from "node:worker_threads";
import { BacktestFailedError } from "../errors.ts";
import type { EvaluationAnswer, EvaluationMessage } from "./evaluation-protocol.ts";
import { buffersOf } from "./record-pack.ts";

/** Messages that the thread has and has not answered: it always finds the next one, and memory stays small. */
const maxUnanswered = 3;
/** A thread that needs more fails its backtest, and nothing else. */
const maxHeapMegabytes = 1024;
/** What is retained of readings is let go seconds of the log later: a small young generation would keep it for long. */
const youngMegabytes = 48;

export type OnAnswer = (answer: EvaluationAnswer) => Promise<void>;

/** A thread that evaluates, so that the event loop of the service is the live evaluation's. */
export class EvaluationThread {
  /** Of the backtest that has it now. */
  onAnswer: OnAnswer = () => Promise.resolve();
  readonly #worker: Worker;
  #unanswered = 0;
  #failure: Error | undefined;
  /** Answers are handled one after the other. */
  #handled: Promise<void> = Promise.resolve();
  #waiting: (() => void)[] = [];

  constructor() {
    this.#worker = new Worker(new URL("./evaluation-worker.ts", import.meta.url), {
      name: "backtest",
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes, maxYoungGenerationSizeMb: youngMegabytes },
    });
    this.#worker.unref();
    this.#worker.on("message", (answer: EvaluationAnswer) => {
      this.#handled = this.#handled
        .then(() => this.onAnswer(answer))
        .then(
          () => this.#answered(),
          (error: unknown) => this.#fail(error as Error),
        );
    });
    this.#worker.on("error", (cause) => {
      const isMemory = (cause as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY";
      const why = isMemory
        ? `It needs more than ${maxHeapMegabytes} MiB; try a shorter range, fewer devices or shorter windows`
        : `The evaluation failed: ${(cause as Error).message}`;
      this.#fail(new BacktestFailedError(why, { cause }));
    });
    this.#worker.on("exit", () => this.#fail(new BacktestFailedError("The evaluating thread has ended")));
  }

  /** Resolves when the thread has room for a further message. Rejects if the thread, or an answer's handler, failed. */
  async send(message: EvaluationMessage): Promise<void> {
    this.#throwIfFailed();
    this.#unanswered += 1;
    this.#worker.postMessage(message, message.kind === "records" ? buffersOf(message.pack) : []);
    await this.#until(maxUnanswered);
  }

  /** Resolves when everything sent is answered and handled. */
  async settled(): Promise<void> {
    await this.#until(0);
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
    await this.#handled;
  }

  async #until(unanswered: number): Promise<void> {
    while (this.#unanswered > unanswered && this.#failure === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#throwIfFailed();
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #answered(): void {
    this.#unanswered -= 1;
    this.#wake();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
