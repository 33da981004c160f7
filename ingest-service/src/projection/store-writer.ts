import { backoff, HeadwaterError, LastingTrouble, type Logger, UnknownOutcomeError } from "@headwater/core";
import { type Point, type RefusedPoint, StoreNeedsMendingError, type TimeSeriesStore } from "@headwater/time-series";
import type { Refusal } from "../quarantine/refusal.ts";
import type { PointBatch } from "./point-batch.ts";
import { isolateRefused } from "./isolate-refused.ts";
import { WriteSize } from "./write-size.ts";

export interface StoreWriterOptions {
  readonly store: Pick<TimeSeriesStore, "write">;
  readonly logger: Logger;
  /** Points of one write at most. */
  readonly maxPoints: number;
  readonly flushMs: number;
  /** Points that wait, at most. */
  readonly maxQueuedPoints: number;
  /** Bytes that they hold, at most. */
  readonly maxQueuedBytes: number;
  /** Makes refusals durable; the batch is durable only after that. */
  quarantine(pointBatch: PointBatch, refusals: readonly Refusal[], signal: AbortSignal): Promise<void>;
  /** The store refuses for good (credentials), or something here is broken. */
  onFailure(error: unknown): void;
  onWritten?(points: number, seconds: number): void;
}

/** Writes batches one after another in the order in which they came: a newer value never loses to an older one. */
export class StoreWriter {
  readonly #options: StoreWriterOptions;
  readonly #giveUp = new AbortController();
  #queue: PointBatch[] = [];
  #queued = 0;
  #inFlight = 0;
  /** Of all that is pending. */
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #room: (() => void)[] = [];
  #trouble: string | undefined;

  readonly #size: WriteSize;

  constructor(options: StoreWriterOptions) {
    this.#options = options;
    this.#size = new WriteSize(options.maxPoints);
  }

  /** Points that were pushed and are not yet stored or quarantined. */
  get pending(): number {
    return this.#queued + this.#inFlight;
  }

  get #isFull(): boolean {
    return this.pending >= this.#options.maxQueuedPoints || this.#bytes >= this.#options.maxQueuedBytes;
  }

  /** The reason why the store takes no points; undefined while it takes them. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Queues a batch; resolves when there is room for the next one. */
  async push(pointBatch: PointBatch): Promise<void> {
    this.#queue.push(pointBatch);
    this.#queued += pointBatch.points.length;
    this.#bytes += pointBatch.bytes;
    if (this.#queued >= this.#options.maxPoints || this.#isFull) this.#run();
    else this.#timer ??= setTimeout(() => this.#run(), this.#options.flushMs);
    while (this.#isFull && !this.#giveUp.signal.aborted && !pointBatch.signal.aborted) {
      await this.#whenRoom(pointBatch.signal);
    }
  }

  /** Resolves when every queued point is stored or quarantined, or when the signal is aborted. */
  async drain(signal: AbortSignal): Promise<void> {
    const giveUp = (): void => this.#giveUp.abort(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    this.#run();
    while (this.#running !== undefined) {
      // A run may leave work for the next.
      await this.#running;
      if (!this.#giveUp.signal.aborted) this.#run();
    }
    signal.removeEventListener("abort", giveUp);
  }

  /** Resolves when nothing waits or is on its way any more. */
  async settled(): Promise<void> {
    while ((this.#queue.length > 0 || this.#running !== undefined) && !this.#giveUp.signal.aborted) {
      this.#run();
      await this.#running;
    }
  }

  async #whenRoom(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener("abort", wake);
        resolve();
      };
      signal.addEventListener("abort", wake, { once: true });
      this.#room.push(wake);
    });
  }

  #run(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#queue.length === 0) return;
    this.#running ??= this.#writeAll()
      .catch((error: unknown) => {
        // After an abort the rest is read again from the committed offset.
        if (!this.#giveUp.signal.aborted) this.#options.onFailure(error);
        this.#giveUp.abort(error);
      })
      .finally(() => {
        this.#running = undefined;
        // What came after the last look at the queue and asked for this run.
        if (this.#timer === undefined && !this.#giveUp.signal.aborted) this.#run();
        this.#wake();
      });
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#giveUp.signal.aborted) {
      const pointBatches = this.#take();
      const task = pointBatches[0]?.task;
      if (task !== undefined) {
        await this.#untilTaken(task, 0, () => true);
        pointBatches[0]!.onDurable([]);
        continue;
      }
      const refusals = await this.#write(pointBatches);
      for (const pointBatch of pointBatches) {
        // Another instance owns the partition now and projects the records itself.
        if (pointBatch.signal.aborted) continue;
        const all = [...pointBatch.refusals, ...(refusals.get(pointBatch) ?? [])];
        if (all.length > 0) await this.#options.quarantine(pointBatch, all, this.#giveUp.signal);
        pointBatch.onDurable(all);
      }
      this.#inFlight = 0;
      for (const { bytes } of pointBatches) this.#bytes -= bytes;
      this.#wake();
    }
  }

  #take(): PointBatch[] {
    let points = 0;
    let count = 0;
    for (const pointBatch of this.#queue) {
      // Alone, after what was queued before it and before what follows.
      if (count > 0 && (pointBatch.task ?? this.#queue[0]!.task) !== undefined) break;
      points += pointBatch.points.length;
      if (count > 0 && points > this.#options.maxPoints) break;
      count += 1;
    }
    const taken = this.#queue.splice(0, count);
    for (const { points: those, bytes, signal } of taken) {
      this.#queued -= those.length;
      if (signal.aborted) this.#bytes -= bytes;
    }
    return taken.filter((pointBatch) => !pointBatch.signal.aborted);
  }

  /**
   * Resolves once the store has the points. A write of unknown outcome is repeated unchanged, before newer points; but
   * a partition that another instance has by now is left out of it, which may have written what is newer.
   */
  async #write(pointBatches: readonly PointBatch[]): Promise<Map<PointBatch, Refusal[]>> {
    for (let kept = pointBatches; ;) {
      kept = kept.filter(({ signal }) => !signal.aborted);
      const points = kept.length === 1 ? kept[0]!.points : kept.flatMap((pointBatch) => pointBatch.points);
      this.#inFlight = points.length;
      const refusals = points.length === 0 ? new Map<PointBatch, Refusal[]>() : await this.#writeKept(kept, points);
      if (refusals !== undefined) return refusals;
    }
  }

  /** undefined: one of the partitions is no longer this instance's. */
  async #writeKept(
    pointBatches: readonly PointBatch[],
    points: readonly Point[],
  ): Promise<Map<PointBatch, Refusal[]> | undefined> {
    const { store } = this.#options;
    const isOurs = (): boolean => pointBatches.every(({ signal }) => !signal.aborted);
    const refused: RefusedPoint[] = [];
    for (let first = 0; first < points.length;) {
      const written = await this.#untilTaken(() => this.#writeSome(points, first, refused), points.length, isOurs);
      if (written === undefined) return undefined;
      first += written;
    }
    if (refused.length === 0) return new Map();
    return this.#untilTaken(() => isolateRefused(store, pointBatches, refused), refused.length, isOurs);
  }

  /** Answers with how many of the points it has written from the first on. */
  async #writeSome(points: readonly Point[], first: number, refused: RefusedPoint[]): Promise<number> {
    const { store } = this.#options;
    const most = this.#size.points;
    const some = first === 0 && points.length <= most ? points : points.slice(first, first + most);
    const started = performance.now();
    try {
      const result = await store.write(some);
      for (const { index, reason } of result.refused) refused.push({ index: first + index, reason });
      this.#options.onWritten?.(some.length - result.refused.length, (performance.now() - started) / 1000);
    } catch (error) {
      if (error instanceof UnknownOutcomeError) this.#size.unanswered();
      throw error;
    }
    this.#size.answered();
    return some.length;
  }

  /** Tries again for as long as `goesOn` says so. */
  async #untilTaken<T>(work: () => Promise<T>, points: number, goesOn: () => boolean): Promise<T | undefined> {
    const pause = backoff({ baseMs: 100, maxMs: 5000, signal: this.#giveUp.signal });
    const trouble = new LastingTrouble();
    for (;;) {
      try {
        const result = await work();
        this.#trouble = undefined;
        return result;
      } catch (error) {
        if (!(error instanceof HeadwaterError) || (error.advice !== "retry" && error.advice !== "wait")) throw error;
        this.#trouble = error.message;
        const facts = { code: error.code, problem: error.message, points, attempts: pause.attempts + 1 };
        if (trouble.isNews(error.message)) this.#tell(facts, error instanceof StoreNeedsMendingError);
        await pause.wait(error.retryAfterMs);
        if (!goesOn()) return undefined;
      }
    }
  }

  /** What a person has to mend is louder than what passes by itself. */
  #tell(facts: object, isForPeople: boolean): void {
    const { logger } = this.#options;
    if (!isForPeople) logger.warn(facts, "the time-series store did not take a batch; writing it again");
    else logger.error(facts, "the time-series store takes nothing until somebody mends it; nothing is lost meanwhile");
  }

  #wake(): void {
    const room = this.#room;
    this.#room = [];
    for (const wake of room) wake();
  }
}
