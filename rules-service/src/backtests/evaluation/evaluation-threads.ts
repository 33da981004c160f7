import { EvaluationThread } from "./evaluation-thread.ts";

/** How long a thread waits for a further backtest (milliseconds). */
const idleMs = 60_000;

/**
 * The threads of all backtests. Half a second of processor time goes into a new one before it evaluates anything, and
 * whoever tries a rule tries the next wording soon: a thread that has done its work waits a minute for more.
 */
export class EvaluationThreads {
  /** Those that wait, with the timers that end them. */
  readonly #idle = new Map<EvaluationThread, NodeJS.Timeout>();
  readonly #most: number;
  #isClosed = false;

  /** `most`: threads that wait. */
  constructor(most: number) {
    this.#most = most;
  }

  take(): EvaluationThread {
    for (const [thread, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(thread);
      if (!thread.hasFailed) return thread;
    }
    return new EvaluationThread();
  }

  /** Takes a thread back that has answered everything. */
  async giveBack(thread: EvaluationThread): Promise<void> {
    thread.onAnswer = () => Promise.resolve();
    try {
      await thread.send({ kind: "forget" });
      await thread.settled();
    } catch {
      // It has failed, and is ended below.
    }
    if (this.#isClosed || thread.hasFailed || this.#idle.size >= this.#most) {
      await thread.close();
      return;
    }
    const timer = setTimeout(() => {
      this.#idle.delete(thread);
      void thread.close();
    }, idleMs);
    this.#idle.set(thread, timer.unref());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const idle = [...this.#idle];
    this.#idle.clear();
    await Promise.all(
      idle.map(([thread, timer]) => {
        clearTimeout(timer);
        return thread.close();
      }),
    );
  }
}
