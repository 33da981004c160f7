import type { EventLog, Following, LogBatch, Position } from "../event-log.ts";
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
import { BatchApplication } from "./batch-application.ts";
import { ClaimedPositions } from "./claimed-positions.ts";
import { ForeignLogError, LogIdentity } from "./log-identity.ts";
import { ModelDatabase } from "./model-database.ts";
import { removeModelFile } from "./model-file.ts";
import { TopicRecreatedError } from "../errors.ts";
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

class FollowingReadModel implements ReadModel {
  readonly died: Promise<never>;
  readonly #options: ReadModelOptions;
  readonly #log: EventLog;
  readonly #logger: Logger;
  readonly #database: ModelDatabase;
  readonly #claims: ClaimedPositions;
  readonly #identity: LogIdentity;
  readonly #application: BatchApplication;
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
    this.#claims = new ClaimedPositions(this.#log, this.#logger);
    this.#identity = new LogIdentity(this.#database.positions);
    this.#application = new BatchApplication(this.#database, (batch) => this.#applied(batch));
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
    // Who waits for nothing knows that it begins behind; a log that is away is told of by `#judge`.
    if (!this.#caughtUp && options.withinMs !== 0)
      this.#logger.warn({}, "the read model answers from what is on disk until it has caught up with the log");
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

  waitForClaimed(position: Position, timeoutMs: number): Promise<void> {
    return this.#claims.wait(position, this.waitFor(position, timeoutMs));
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
    for (const [topic, partitions] of ends) this.#identity.check(topic, partitions);

    let following: Following | undefined;
    const close = (): void => {
      // Its outcome is that of `done`, which is awaited below.
      following?.close().catch((error: unknown) => this.#logger.debug({ err: error }, "closing the following failed"));
    };
    signal.addEventListener("abort", close, { once: true });
    try {
      following = await this.#log.follow({
        topics,
        from: this.#identity.whereToFollowFrom(ends),
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

  #onBatch(batch: LogBatch): Promise<void> | void {
    // After a failure the log may still deliver batches that it had fetched.
    if (this.#batchFailure !== undefined || this.#stopping.signal.aborted) return;
    try {
      const fresh = this.#identity.withoutCovered(batch);
      if (fresh === undefined) return;
      return this.#application.apply(fresh)?.catch((error: unknown) => this.#failBatch(error));
    } catch (error) {
      this.#failBatch(error);
    }
  }

  #failBatch(error: unknown): never {
    this.#batchFailure = error;
    throw error;
  }

  #applied(batch: LogBatch): void {
    this.#waiters.cover(batch.topic, batch.partition, batch.records.at(-1)!.offset + 1);
    this.#options.onApplied?.(batch);
  }
}

function stoppedError(): RequestError {
  return new RequestError(503, "read-model-stopped", "The read model has stopped");
}
