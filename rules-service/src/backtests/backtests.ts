import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { HeadwaterError, nowMicros, RequestError, type Logger } from "@headwater/core";
import { runBacktest, type BacktestRunOptions } from "./backtest-run.ts";
import { Attendance } from "./attendance.ts";
import { EvaluationThreads } from "./evaluation/evaluation-threads.ts";
import { type BacktestRecord, hasEnded } from "./kept/backtest-record.ts";

export interface BacktestsOptions extends Omit<BacktestRunOptions, "onRecords"> {
  /** Backtests that run at a time; others wait. */
  readonly maxRunning: number;
  /** How long one that is not kept stays when nobody asks for it (milliseconds). */
  readonly idleMs: number;
  readonly onRecords: (count: number) => void;
  readonly onEnded: (record: BacktestRecord) => void;
}

/** What is asked for. */
export type BacktestRequest = Pick<BacktestRecord, "tried" | "against" | "from" | "to" | "by" | "keep">;

const maxWaiting = 50;
/** A running backtest is written down so often (milliseconds), so that a restart can tell how far it was. */
const writeEveryMs = 2000;
const restarted = "The rules service was restarted while it ran; start it again.";

/** The backtests of this service: a few run, others wait, results are kept. */
export class Backtests {
  readonly #options: BacktestsOptions;
  readonly #logger: Logger;
  readonly #evaluating: EvaluationThreads;
  /** Those that wait and run, as they now are. */
  readonly #present = new Map<string, BacktestRecord>();
  readonly #waiting: string[] = [];
  readonly #running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>();
  readonly #changes = new EventEmitter<Record<string, [BacktestRecord]>>().setMaxListeners(0);
  readonly #attendance: Attendance;
  #closed = false;

  constructor(options: BacktestsOptions) {
    this.#options = options;
    this.#logger = options.logger;
    this.#evaluating = new EvaluationThreads(options.threads);
    this.#attendance = new Attendance(options.idleMs, (id) => this.#left(id));
  }

  /** Tells those that a former process was at as failed; those that nobody keeps went with it. */
  async start(): Promise<void> {
    const { store } = this.#options;
    for (const id of store.unkept()) await store.delete(id);
    for (const record of store.unfinished()) {
      store.put({ ...record, state: "failed", error: restarted, endedAt: nowMicros() });
    }
  }

  async stop(): Promise<void> {
    this.#closed = true;
    this.#attendance.close();
    this.#waiting.length = 0;
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map(({ ended }) => ended));
    await this.#evaluating.close();
    this.#options.store.close();
  }

  /** Throws RequestError (503, `too-many-waiting`). */
  add(request: BacktestRequest): BacktestRecord {
    if (this.#closed) throw new RequestError(503, "closing", "The rules service is about to stop");
    if (this.#waiting.length >= maxWaiting) {
      const detail = `${maxWaiting} backtests wait already; cancel some, or try again when they are through`;
      throw new RequestError(503, "too-many-waiting", detail);
    }
    const record: BacktestRecord = {
      ...{
        id: randomUUID(),
        state: "queued",
        requestedAt: nowMicros(),
        progress: 0,
        records: 0,
        notes: [],
        omitted: 0,
      },
      ...request,
    };
    this.#change(record, true);
    if (record.keep === false) this.#attendance.begin(record.id);
    this.#waiting.push(record.id);
    this.#next();
    return this.get(record.id);
  }

  /** Throws RequestError (404, `backtest-unknown`). */
  get(id: string): BacktestRecord {
    const record = this.#known(id);
    this.#attendance.seen(id);
    return record;
  }

  list(before: number, limit: number): { readonly number: number; readonly record: BacktestRecord }[] {
    return this.#options.store
      .list(before, limit)
      .map(({ number, record }) => ({ number, record: this.#present.get(record.id) ?? record }));
  }

  /** Ends one that waits or runs; one that has ended stays as it is. What it has found is forgotten. */
  async cancel(id: string): Promise<BacktestRecord> {
    const record = this.get(id);
    if (hasEnded(record)) return record;
    const running = this.#running.get(id);
    if (running !== undefined) {
      running.stop.abort();
      await running.ended;
    } else {
      this.#waiting.splice(this.#waiting.indexOf(id), 1);
      this.#end({ ...record, state: "cancelled" });
    }
    return this.get(id);
  }

  /** Cancels a backtest and forgets it. */
  async delete(id: string): Promise<BacktestRecord> {
    const record = await this.cancel(id);
    this.#attendance.end(id);
    await this.#options.store.delete(id);
    return record;
  }

  /** Calls the listener at each change of a backtest until the answered function is called. */
  watch(id: string, listener: (record: BacktestRecord) => void): () => void {
    this.#changes.on(id, listener);
    const leave = this.#attendance.enter(id);
    return () => {
      leave();
      this.#changes.off(id, listener);
    };
  }

  #known(id: string): BacktestRecord {
    const record = this.#present.get(id) ?? this.#options.store.get(id);
    if (record === undefined) throw new RequestError(404, "backtest-unknown", `There is no backtest ${id}`);
    return record;
  }

  #left(id: string): void {
    this.#logger.info({ backtest: id }, "a backtest that nobody keeps is given up: nobody asks for it any more");
    this.delete(id).catch((error: unknown) => {
      this.#logger.warn({ backtest: id, err: error }, "a backtest that nobody keeps could not be forgotten");
    });
  }

  #next(): void {
    while (!this.#closed && this.#running.size < this.#options.maxRunning) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      const stop = new AbortController();
      const ended = this.#run(id, stop.signal).finally(() => {
        this.#running.delete(id);
        this.#next();
      });
      this.#running.set(id, { stop, ended });
    }
  }

  async #run(id: string, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    this.#change({ ...this.#known(id), state: "running", startedAt: nowMicros() }, true);
    let writtenAt = performance.now();
    const onProgress = (progress: number, records: number): void => {
      const isTime = performance.now() - writtenAt >= writeEveryMs;
      if (isTime) writtenAt = performance.now();
      this.#change({ ...this.#known(id), progress: Math.min(progress, 0.999), records }, isTime);
    };
    try {
      const outcome = await runBacktest(this.#known(id), this.#options, onProgress, signal, this.#evaluating);
      this.#end({ ...this.#known(id), ...outcome, state: "done", progress: 1 });
    } catch (error) {
      try {
        await store.clear(id);
        this.#end(this.#failed(this.#known(id), error, signal));
      } catch (cause) {
        // The file of backtests is out of order; the service has other work.
        this.#logger.error({ backtest: id, err: cause }, "the end of a backtest cannot be kept");
        this.#present.delete(id);
      }
    }
    await store.prune().catch((error: unknown) => this.#logger.warn({ err: error }, "forgetting old backtests failed"));
  }

  #failed(record: BacktestRecord, error: unknown, signal: AbortSignal): BacktestRecord {
    if (signal.aborted && !this.#closed) return { ...record, state: "cancelled" };
    const text = this.#closed ? restarted : error instanceof Error ? error.message : String(error);
    if (!this.#closed) {
      const level = error instanceof HeadwaterError ? "warn" : "error";
      this.#logger[level]({ backtest: record.id, err: error }, "a backtest has failed");
    }
    return { ...record, state: "failed", error: text };
  }

  #end(record: BacktestRecord): void {
    const ended = { ...record, endedAt: nowMicros() };
    this.#change(ended, true);
    this.#present.delete(ended.id);
    this.#options.onEnded(ended);
  }

  #change(record: BacktestRecord, isWritten: boolean): void {
    this.#present.set(record.id, record);
    if (isWritten) this.#options.store.put(record);
    this.#changes.emit(record.id, record);
  }
}
