import { type Consumption, type GroupBatch, groupUnder, type Position } from "@headwater/event-log";
import { ConfigError, HeadwaterError, InvariantError, LastingTrouble, retrying } from "@headwater/core";
import type { FoldedEvents } from "@headwater/service";
import type { PartitionAccount } from "../accounts/account.ts";
import type { SeriesName } from "../series-guard/known-series.ts";
import { alertPointBatch } from "./alert-partition.ts";
import type { PointBatch } from "./point-batch.ts";
import { SeriesGuard } from "../series-guard/series-guard.ts";
import { SeriesTotal } from "../series-guard/series-limits.ts";
import { SeriesRelease } from "../series-guard/series-release.ts";
import { beginningsOf, outcomeBatch } from "./outcome-partition.ts";
import { OffsetCommits } from "./offset-commits.ts";
import { OwnedPartition, type OwnedPartitionOptions } from "./owned-partition.ts";
import type { ProjectionMetrics } from "./projection-metrics.ts";
import { StoreWriter } from "./store-writer.ts";

export interface ProjectionOptions extends OwnedPartitionOptions {
  readonly folded: FoldedEvents;
  readonly partitions: number;
  /** A limit of its own that a device was given. */
  readonly seriesLimitOf: (device: string) => number | undefined;
  /** Series of devices of a partition that the store has. */
  readonly storedSeries: (partition: number) => Promise<readonly SeriesName[]>;
  /** Series of a device, or of all, that the store has now. */
  readonly inStore: (device?: string) => Promise<readonly SeriesName[]>;
  readonly metrics: ProjectionMetrics;
}

const maxBatchRecords = 1000;
/** Milliseconds that a stop waits for points on their way into the store. */
const drainMs = 5000;
/** Milliseconds in which the store may say which series it has, once in the life of an account. */
const storedSeriesMs = 2000;

/** telemetry.v1, and what alerts, sessions and commands come to, into the store, as a member of the group. */
export class Projection {
  /** Rejects with the error that ended the projection. */
  readonly died: Promise<never>;
  readonly #options: ProjectionOptions;
  readonly #group: ReturnType<typeof groupUnder>;
  readonly #writers: readonly StoreWriter[];
  readonly #commits: OffsetCommits;
  readonly #owned = new Map<number, OwnedPartition>();
  readonly #total: SeriesTotal;
  readonly #stopping = new AbortController();
  readonly #die: (error: unknown) => void;
  #consumption: Consumption | undefined;
  #stopped: Promise<void> | undefined;
  #handingOver: Promise<void> | undefined;
  readonly #release: SeriesRelease;

  constructor(options: ProjectionOptions) {
    this.#options = options;
    this.#group = groupUnder(options.topics, options.config.group);
    const { promise, reject } = Promise.withResolvers<never>();
    this.died = promise;
    this.#die = reject;
    // The host attaches its handler later; until then the rejection must not count as unhandled.
    promise.catch(() => {});
    const { config, store, logger, metrics, quarantiner } = options;
    this.#total = new SeriesTotal(config.seriesPerStore, options.partitions);
    this.#release = new SeriesRelease({ owned: () => [...this.#owned.values()], inStore: options.inStore, logger });
    this.#writers = Array.from(
      { length: config.writers },
      () =>
        new StoreWriter({
          store,
          logger,
          maxPoints: config.batchPoints,
          flushMs: config.flushMs,
          maxQueuedPoints: Math.max(config.batchPoints, Math.floor(config.queuedPoints / config.writers)),
          maxQueuedBytes: Math.floor(config.queuedBytes / config.writers),
          async quarantine(pointBatch, refusals, signal) {
            await quarantiner.quarantine(pointBatch, refusals, signal);
          },
          onFailure: (error) => this.#fail(error),
          onWritten: (points, seconds) => metrics.written(points, seconds),
        }),
    );
    options.erasures.onChanged = () => {
      for (const { erasures } of this.#owned.values()) erasures.queue();
    };
    this.#commits = new OffsetCommits({ everyMs: config.commitMs, logger, onFailure: (error) => this.#fail(error) });
  }

  /** Partitions whose events this instance projects, and whose overdue commands it ends. */
  owned(): readonly number[] {
    return [...this.#owned.keys()];
  }

  /** The account of a partition that this instance owns, up to its last stored point. */
  account(partition: number): PartitionAccount | undefined {
    return this.#owned.get(partition)?.telemetry.account;
  }

  /** Entries of quarantine may have been asked for. */
  redrive(): void {
    for (const { redrive } of this.#owned.values()) redrive.look();
  }

  /** A rebuild has come a step further. */
  rebuild(): void {
    for (const { rebuild } of this.#owned.values()) rebuild.look();
  }

  /** Commits the offsets of stored points now. */
  flush(): Promise<void> {
    return this.#commits.flush();
  }

  notReady(): readonly string[] {
    const troubles = new Set(this.#writers.flatMap((writer) => writer.trouble ?? []));
    const consuming = this.#consumption === undefined ? ["the projection has not started"] : [];
    return [...consuming, ...Array.from(troubles, (trouble) => `the time-series store: ${trouble}`)];
  }

  async start(): Promise<void> {
    const { log, config, topics } = this.#options;
    this.#consumption = await log.consume({
      ...this.#group,
      topics: [topics.telemetry, topics.alerts, ...this.#outcomes],
      // Each partition holds so many in memory while the store is busy with others: a write takes those of several.
      maxBatchRecords: Math.min(config.batchPoints, maxBatchRecords),
      onAssigned: (partitions) => this.#onAssigned(partitions),
      onHandover: () => this.#handOver(),
      onRevoked: (partitions) => this.#onRevoked(partitions),
      onBatch: (batch) => this.#onBatch(batch),
    });
    this.#consumption.done.catch((error: unknown) => this.#fail(error));
  }

  /** Reads no more records, stores the points of those read, commits, leaves the group. */
  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      this.#stopping.abort();
      for (const { redrive, rebuild } of this.#owned.values()) {
        redrive.end();
        rebuild.end();
      }
      this.#consumption?.pause();
      const deadline = AbortSignal.timeout(drainMs);
      await Promise.all(this.#writers.map((writer) => writer.drain(deadline)));
      await this.#commits.close();
      await this.#consumption?.close();
      this.#options.book.save();
    })();
    return this.#stopped;
  }

  async #onAssigned(
    partitions: readonly { topic: string; partition: number }[],
  ): Promise<readonly Position[] | undefined> {
    const { topics, book, log, logger } = this.#options;
    const own = partitions.filter(({ topic }) => topic === topics.telemetry).map(({ partition }) => partition);
    if (partitions.length === 0) return undefined;
    const trouble = new LastingTrouble();
    const retry = {
      signal: this.#stopping.signal,
      onRetry: ({ message }: Error): void => {
        if (trouble.isNews(message)) logger.warn({ problem: message }, "the log does not answer yet");
      },
    };
    const committed = await retrying(() => log.committed(this.#group.group, [topics.telemetry]), retry);
    const ends = await retrying(() => log.positions(topics.telemetry), retry);
    const starts: Position[] = [];
    for (const topic of this.#outcomes) {
      const those = committed.filter(
        ({ partition, offset }) =>
          offset > 0 && partitions.some((each) => each.topic === topic && each.partition === partition),
      );
      const places = { group: this.#group.group, topic, telemetry: topics.telemetry };
      starts.push(...(await retrying(() => beginningsOf(log, places, those), retry)));
    }
    for (const partition of own) {
      const { start, end } = ends.find((each) => each.partition === partition) ?? { start: 0, end: 0 };
      const kept = committed.find((each) => each.partition === partition)?.offset ?? start;
      // An offset beyond the end was committed for another log, whose group survived it.
      if (kept > end) throw foreignCommit(topics.telemetry, partition, kept, end);
      const offset = Math.max(kept, start);
      // What was deleted before this instance came is not stored again by it.
      await retrying(() => this.#options.erasures.known(partition), retry);
      // One partition's records in memory at a time.
      const account = await retrying(() => book.catchUp(partition, offset, start), retry);
      const guard = await this.#guardOf(partition, account);
      const owned = new OwnedPartition(this.#options, {
        ...{ partition, account, guard, commits: this.#commits },
        push: (pointBatch) => this.#writerOf(partition).push(pointBatch),
      });
      guard.onFull = (owner, cause) => this.#release.full(owned, owner, cause);
      this.#owned.set(partition, owned);
      owned.begin();
      starts.push({ topic: topics.telemetry, partition, offset });
    }
    if (own.length > 0) logger.info({ partitions: own }, "projecting partitions");
    return starts;
  }

  /**
   * What is on its way to the store arrives there before another instance writes what is newer, and is committed, so
   * that nobody writes it again. While the store is away that would be for ever, and the log waits for no more than
   * some seconds: then the writers leave out what is another instance's.
   */
  #handOver(): Promise<void> {
    this.#handingOver ??= Promise.all(this.#writers.map((writer) => writer.settled()))
      .then(() => this.#commits.flush())
      .finally(() => {
        this.#handingOver = undefined;
      });
    return this.#handingOver;
  }

  async #onRevoked(partitions: readonly { topic: string; partition: number }[]): Promise<void> {
    const lost = partitions.filter(({ topic }) => topic === this.#options.topics.telemetry);
    for (const { partition } of lost) {
      this.#owned.get(partition)?.end();
      if (this.#owned.delete(partition)) this.#total.owned -= 1;
    }
    if (lost.length > 0) {
      this.#options.logger.info({ partitions: lost.map(({ partition }) => partition) }, "partitions were given away");
    }
  }

  async #guardOf(partition: number, { newSeries }: PartitionAccount): Promise<SeriesGuard> {
    const { book, config, storedSeries, seriesLimitOf, logger } = this.#options;
    const known = await book.knownSeries(partition, () =>
      retrying(() => storedSeries(partition), { signal: this.#stopping.signal, maxForMs: storedSeriesMs }).catch(
        (error: unknown) => {
          if (!(error instanceof HeadwaterError)) throw error;
          // It goes on with what the log has told; the next start asks again.
          logger.warn({ problem: error.message }, "the store does not say which series it has");
          return undefined;
        },
      ),
    );
    this.#total.owned += 1;
    this.#total.count += known.size;
    return new SeriesGuard({ known, minute: newSeries, limits: config, total: this.#total, limitOf: seriesLimitOf });
  }

  async #onBatch(batch: GroupBatch): Promise<void> {
    const writer = this.#writerOf(batch.partition);
    this.#options.metrics.consumed(batch);
    for (const made of await this.#pointBatches(batch)) {
      const erasures = made.met && this.#owned.get(batch.partition)?.erasures;
      const pointBatch = erasures === undefined ? made : await erasures.before(made, made.met!);
      // Back-pressure: no further batch is read until the writer has room.
      await writer.push(pointBatch);
      if (batch.signal.aborted || this.#stopping.signal.aborted) return;
    }
  }

  #writerOf(partition: number): StoreWriter {
    return this.#writers[partition % this.#writers.length]!;
  }

  get #outcomes(): readonly string[] {
    return [this.#options.topics.presence, this.#options.topics.commands];
  }

  async #pointBatches(batch: GroupBatch): Promise<Iterable<PointBatch>> {
    const onDurable = (offset: number): void => this.#commits.note(batch, offset);
    if (batch.topic === this.#options.topics.alerts) return [alertPointBatch(batch, this.#options.folded, onDurable)];
    if (this.#outcomes.includes(batch.topic)) {
      const made = await outcomeBatch(this.#options, batch, this.#stopping.signal, onDurable);
      return made === undefined ? [] : [made];
    }
    const partition = this.#owned.get(batch.partition);
    if (partition === undefined)
      throw new InvariantError(`A batch of partition ${batch.partition}, which was not assigned`);
    return partition.telemetry.pointBatches(batch);
  }

  #fail(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.#options.logger.error({ err: error }, "the projection cannot go on");
    this.#die(error);
  }
}

function foreignCommit(topic: string, partition: number, committed: number, end: number): ConfigError {
  return new ConfigError(
    `Partition ${partition} of ${topic} ends at ${end}, but offset ${committed} of it is committed: the log was replaced; ` +
      "give this service another HEADWATER_INGEST_GROUP",
  );
}
