import type { EventLog, Following, LogBatch, PartitionPositions, Position } from "../event-log.ts";
import {
  type Logger,
  backoff,
  LastingTrouble,
  HeadwaterError,
  InvariantError,
  RequestError,
  ResourceError,
  sleep,
} from "@headwater/core";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import { ModelDatabase } from "./model-database.ts";
import { removeModelFile } from "./model-file.ts";
import { fingerprint } from "./position-table.ts";
import { LogUnavailableError, TopicRecreatedError } from "../errors.ts";
import { PositionWaiters } from "./position-waiters.ts";
import type { ReadModel, ReadModelOptions, StartOptions } from "./read-model.ts";
import { isDamaged, isDiskFailure } from "./sqlite-failure.ts";

/**
 * Opens a read model, empty if its file is missing, damaged or of another version; it moves with `start`.
 * Throws ResourceError if the file cannot be had (another process holds it, its folder cannot be written).
 */
export function openReadModel(options: ReadModelOptions): ReadModel {
  return new FollowingReadModel(options);
}

/** Milliseconds in which nearly every write is applied; after them a position from outside is looked up in the log. */
const claimPatienceMs = 200;

/** How long a model may hold the event loop, as far as what it applied before tells (milliseconds). */
const sliceMs = 8;
/** Fewest records that are applied at once. */
const leastRecords = 32;
/** Most records of one transaction. */
const mostRecords = 1000;

/** The file was made from another log than the one that is there. */
class ForeignLogError extends HeadwaterError {
  readonly advice = "retry";
  readonly code = "foreign-log";
}

class FollowingReadModel implements ReadModel {
  readonly died: Promise<never>;
  readonly #options: ReadModelOptions;
  readonly #log: EventLog;
  readonly #logger: Logger;
  readonly #database: ModelDatabase;
  readonly #waiters = new PositionWaiters();
  readonly #trouble = new LastingTrouble();
  readonly #stopping = new AbortController();
  #die!: (error: HeadwaterError) => void;
  #dead: HeadwaterError | undefined;
  #running: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #caughtUp = false;
  #reachedHead!: () => void;
  readonly #firstHead = new Promise<void>((resolve) => {
    this.#reachedHead = resolve;
  });
  /** Records that are applied at once. */
  #slice = leastRecords;
  /** How long batches have held the event loop in its present turn (milliseconds). */
  #held = 0;
  /** The error of a failed batch, as it was thrown: a log may wrap the error of a handler. */
  #batchFailure: unknown;

  constructor(options: ReadModelOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#logger = options.logger.child({ readModel: options.file });
    this.died = new Promise<never>((_resolve, reject) => {
      this.#die = reject;
    });
    // The service that runs the model listens; until it does, a rejection must not count as unhandled.
    this.died.catch(() => {});
    this.#database = new ModelDatabase({
      file: options.file,
      // Other topics (another prefix, say) are another model, too.
      version: JSON.stringify([options.schemaVersion, options.topics]),
      logger: this.#logger,
      migrate: (db) => options.migrate(db),
      apply: (db, batch) => options.apply(db, batch),
    });
    for (const { topic, partition, next } of this.#database.positions.all())
      this.#waiters.cover(topic, partition, next);
  }

  get db(): DatabaseSync {
    return this.#database.db;
  }

  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  positions(): Position[] {
    return this.#database.positions.positions();
  }

  async start(options: StartOptions = {}): Promise<void> {
    if (this.#stopping.signal.aborted) throw stoppedError();
    this.#running ??= this.#run();
    const ends: Promise<unknown>[] = [this.#firstHead, this.died, this.#running.then(() => this.#refuseIfEnded())];
    const giveUp = new AbortController();
    if (options.allowStale === true) {
      ends.push(sleep(options.withinMs ?? 2000, giveUp.signal).catch(() => this.#firstHead));
    }
    try {
      await Promise.race(ends);
    } finally {
      giveUp.abort();
    }
    if (!this.#caughtUp) this.#logger.warn({}, "the read model answers from what is on disk until the log is back");
  }

  waitFor(position: Position, timeoutMs: number): Promise<void> {
    if (!this.#options.topics.includes(position.topic)) {
      const error = new RequestError(
        400,
        "unknown-position",
        `${position.topic.slice(0, 100)} is not among what is read here`,
      );
      return Promise.reject(error);
    }
    if (this.#dead !== undefined || this.#stopping.signal.aborted) return Promise.reject(stoppedError());
    return this.#waiters.wait(position, timeoutMs);
  }

  async waitForClaimed(position: Position, timeoutMs: number): Promise<void> {
    const settled = new AbortController();
    const applied = this.waitFor(position, timeoutMs).finally(() => settled.abort());
    // Whichever of the two comes second may reject without anyone listening.
    applied.catch(() => {});
    let isWritten = false;
    const asked = this.#refuseUnwritten(position, settled.signal).then((answer) => (isWritten = answer));
    await Promise.race([applied, asked]);
    await applied.catch((error: unknown) => {
      if (isWritten || !(error instanceof RequestError) || error.code !== "read-model-behind") throw error;
      const { topic, partition, offset } = position;
      const place = `${topic}, partition ${partition}, offset ${offset}`;
      throw new LogUnavailableError(`The log does not say whether anything lies at ${place}; try again shortly`);
    });
  }

  /**
   * Rejects if nothing was ever written at that position; resolves with true if something was, false if the log cannot
   * tell, or is not asked.
   */
  async #refuseUnwritten({ topic, partition, offset }: Position, settled: AbortSignal): Promise<boolean> {
    let partitions: readonly PartitionPositions[];
    try {
      await sleep(claimPatienceMs, settled);
      partitions = await this.#log.positions(topic);
    } catch (error) {
      if (!settled.aborted) this.#logger.debug({ err: error }, "a claimed position cannot be checked with the log");
      return false;
    }
    const end = partitions.find((each) => each.partition === partition)?.end;
    if (end !== undefined && offset < end) return true;
    if (settled.aborted) return false;
    const what = end === undefined ? `no partition ${partition}` : `nothing at offset ${offset}; it ends at ${end}`;
    throw new RequestError(400, "unknown-position", `${topic} has ${what}: pass on the position that a write answered`);
  }

  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      this.#stopping.abort();
      await this.#running;
      this.#waiters.end(stoppedError);
      this.#database.close();
    })();
    return this.#stopped;
  }

  #refuseIfEnded(): void {
    if (this.#dead === undefined) throw stoppedError();
  }

  /** Follows the log until it is stopped or dies; transient errors are retried for ever. */
  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const pause = backoff({ baseMs: 100, maxMs: 10_000, signal });
    while (!signal.aborted && this.#dead === undefined) {
      try {
        await this.#followOnce(() => {
          pause.reset();
          if (this.#trouble.over()) this.#logger.info({}, "the read model follows the log again");
        });
      } catch (error) {
        if (signal.aborted) return;
        this.#caughtUp = false;
        const retryAfterMs = this.#judge(error);
        if (retryAfterMs === undefined) return;
        try {
          await pause.wait(retryAfterMs);
        } catch {
          // Stopped while it waited.
          return;
        }
      }
    }
  }

  /** How long to wait at least before the next try; undefined if there is none. */
  #judge(error: unknown): number | undefined {
    if (error instanceof ForeignLogError || error instanceof TopicRecreatedError) {
      this.#logger.warn({ reason: error.message }, "the read model is built anew");
      return this.#tryRebuild();
    }
    if (isDamaged(error)) {
      // Open statements hold on to the damaged file; the next start makes a new one.
      removeModelFile(this.#options.file);
      return this.#fail(
        new ResourceError("The read model was damaged while in use; it was deleted, and a restart builds it anew", {
          cause: error,
        }),
      );
    }
    if (isDiskFailure(error)) {
      this.#logger.error(
        { err: error },
        "the read model cannot be written; it answers from what it has and tries again",
      );
      return 1000;
    }
    if (
      error instanceof HeadwaterError &&
      error !== this.#batchFailure &&
      (error.advice === "retry" || error.advice === "wait")
    ) {
      if (this.#trouble.isNews(error.message)) {
        this.#logger.warn(
          { code: error.code, problem: error.message },
          "the read model cannot follow the log; it answers from what it has and tries again",
        );
      }
      return error.retryAfterMs ?? 0;
    }
    return this.#fail(
      error instanceof HeadwaterError ? error : new InvariantError("The read model cannot go on", { cause: error }),
    );
  }

  #tryRebuild(): number | undefined {
    try {
      this.#database.rebuild();
      this.#waiters.reset();
      return 0;
    } catch (error) {
      return this.#judge(error);
    }
  }

  #fail(error: HeadwaterError): undefined {
    this.#dead = error;
    this.#logger.error({ err: error }, "the read model died");
    this.#waiters.end(stoppedError);
    this.#die(error);
  }

  async #followOnce(onHead: () => void): Promise<void> {
    const { signal } = this.#stopping;
    const { topics } = this.#options;
    this.#batchFailure = undefined;
    const ends = await Promise.all(topics.map(async (topic) => [topic, await this.#log.positions(topic)] as const));
    if (signal.aborted) return;
    for (const [topic, partitions] of ends) this.#refuseForeign(topic, partitions);

    let following: Following | undefined;
    const close = (): void => {
      // Its outcome is that of `done`, which is awaited below.
      following?.close().catch((error: unknown) => this.#logger.debug({ err: error }, "closing the following failed"));
    };
    signal.addEventListener("abort", close, { once: true });
    try {
      following = await this.#log.follow({
        topics,
        from: this.#whereToFollowFrom(ends),
        otherwise: "earliest",
        onBatch: (batch) => this.#onBatch(batch),
        onCaughtUp: () => {
          // Offsets that compaction has emptied behind the last record are covered as well.
          for (const [topic, partitions] of ends) {
            for (const { partition, end } of partitions) this.#waiters.cover(topic, partition, end);
          }
          this.#caughtUp = true;
          this.#reachedHead();
          onHead();
        },
      });
      if (signal.aborted) close();
      await following.done;
    } catch (error) {
      throw this.#batchFailure ?? error;
    } finally {
      signal.removeEventListener("abort", close);
    }
    if (!signal.aborted) throw new InvariantError("The log ended the following of a read model without an error");
  }

  /** From the last record on disk, not the one after it: that it is still the same shows that the log is. */
  #whereToFollowFrom(ends: readonly (readonly [string, readonly PartitionPositions[]])[]): Position[] {
    return this.#database.positions.all().flatMap(({ topic, partition, last }) => {
      const there = ends.find(([name]) => name === topic)?.[1].find((each) => each.partition === partition);
      // The last record itself may have expired since, the one after it not.
      return there === undefined ? [] : [{ topic, partition, offset: Math.max(last, there.start) }];
    });
  }

  #refuseForeign(topic: string, partitions: readonly PartitionPositions[]): void {
    for (const covered of this.#database.positions.all()) {
      if (covered.topic !== topic) continue;
      const there = partitions.find(({ partition }) => partition === covered.partition);
      const where = `partition ${covered.partition} of ${topic}`;
      if (there === undefined) throw new ForeignLogError(`${where} is gone`);
      if (covered.next > there.end) throw new ForeignLogError(`${where} ends at ${there.end}, before ${covered.next}`);
      if (covered.next < there.start)
        throw new ForeignLogError(`${where} begins at ${there.start}, after ${covered.next}`);
    }
  }

  #onBatch(batch: LogBatch): Promise<void> | void {
    // After a failure the log may still deliver batches that it had fetched.
    if (this.#batchFailure !== undefined || this.#stopping.signal.aborted) return;
    try {
      const fresh = this.#withoutCovered(batch);
      if (fresh === undefined) return;
      // A few records are applied at once, so that whoever waits for them does not wait for a turn as well.
      if (fresh.records.length > this.#slice || this.#held >= sliceMs) return this.#applyInSlices(fresh);
      const began = performance.now();
      this.#database.apply(fresh);
      this.#took(fresh.records.length, performance.now() - began);
      this.#applied(fresh);
    } catch (error) {
      this.#batchFailure = error;
      throw error;
    }
  }

  /** Thousands of records come at once after a storm or a pause; nobody else waits for all of them. */
  async #applyInSlices({ records, ...source }: LogBatch): Promise<void> {
    try {
      for (let from = 0; from < records.length; from += mostRecords) {
        const part = { ...source, records: records.slice(from, from + mostRecords) };
        let began: number | undefined;
        await this.#database.applyInSlices(part, async () => {
          if (began !== undefined) this.#took(this.#slice, performance.now() - began);
          if (this.#held >= sliceMs) await turn();
          began = performance.now();
          return this.#slice;
        });
        this.#took(0, performance.now() - began!);
        this.#applied(part);
      }
    } catch (error) {
      this.#batchFailure = error;
      throw error;
    }
  }

  /** So many records at once took that long. */
  #took(records: number, ms: number): void {
    // It is the turn of others when this is reset.
    if (this.#held === 0) setImmediate(() => (this.#held = 0));
    this.#held += ms;
    if (records < this.#slice) return;
    const fitting = Math.floor((records * sliceMs) / ms);
    this.#slice = Math.max(leastRecords, Math.min(fitting, 2 * records, mostRecords));
  }

  #applied(batch: LogBatch): void {
    this.#waiters.cover(batch.topic, batch.partition, batch.records.at(-1)!.offset + 1);
    this.#options.onApplied?.(batch);
  }

  /** The batch without records that were applied before; undefined if that is all of them. */
  #withoutCovered(batch: LogBatch): LogBatch | undefined {
    const covered = this.#database.positions.get(batch.topic, batch.partition);
    if (covered === undefined || batch.records[0]!.offset >= covered.next) return batch;
    const again = batch.records.find((record) => record.offset === covered.last);
    if (again !== undefined && fingerprint(again) !== covered.fingerprint) {
      throw new ForeignLogError(
        `partition ${batch.partition} of ${batch.topic} holds another record at ${covered.last}`,
      );
    }
    const records = batch.records.filter((record) => record.offset >= covered.next);
    return records.length === 0 ? undefined : { ...batch, records };
  }
}

function stoppedError(): RequestError {
  return new RequestError(503, "read-model-stopped", "The read model has stopped");
}
