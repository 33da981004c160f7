import { retrying, Semaphore, sleep, type Logger } from "@headwater/core";
import type { FoldedEvents, Metrics, SkippedRecords } from "@headwater/service";
import {
  type Consumption,
  type EventLog,
  type GroupBatch,
  groupUnder,
  type Position,
  type TopicNames,
} from "@headwater/event-log";
import type { RulesConfig } from "../config.ts";
import type { PartitionEngine } from "../engine/engine.ts";
import { commitOffset } from "./commit-offset.ts";
import { OwnershipLostError } from "./errors.ts";
import { ControlEventFeed } from "./control-events/control-event-feed.ts";
import { partitionMetrics, type PartitionMetrics } from "./metrics.ts";
import { PartitionRunner } from "./partition-runner.ts";
import type { MaintenanceTimeline } from "./control-events/maintenance-timeline.ts";
import type { RuleTimeline } from "./control-events/rule-timeline.ts";
import { StallWatch } from "./stall-watch.ts";
import { stragglerWarnings } from "./straggler-warnings.ts";
import { Ticker } from "./ticker.ts";

type TopicPartition = { readonly topic: string; readonly partition: number };

/** How long a stop waits for the last checkpoints (milliseconds); a missing one makes a restart replay more. */
const lastCheckpointMs = 3000;
const defaultHandOverMs = 2000;
/** Partitions whose states are read at a time: until a partition has begun, its states are there twice. */
const startingAtOnce = 2;

export interface PartitionGroupOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  /** As configured: no gateway writes to a partition beyond them, and the state log has none for it. */
  readonly partitions: number;
  readonly instance: string;
  readonly config: RulesConfig;
  readonly createEngine: (partition: number) => PartitionEngine;
  readonly timeline: RuleTimeline;
  readonly maintenance: MaintenanceTimeline;
  readonly folded: FoldedEvents;
  readonly skipped: SkippedRecords;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly onFailure: (error: unknown) => void;
  /** How long another member waits for the last checkpoint of a partition that moves to it (milliseconds). */
  readonly handOverMs?: number;
}

/** This instance's share of the telemetry partitions, with a runner for each. */
export class PartitionGroup {
  readonly #options: PartitionGroupOptions;
  readonly #metrics: PartitionMetrics;
  readonly #runners = new Map<number, PartitionRunner>();
  readonly #feed: ControlEventFeed;
  readonly #stalls: StallWatch;
  readonly #ticker: Ticker;
  #consumption: Consumption | undefined;
  #joining: Promise<void> | undefined;
  readonly #leaving = new AbortController();
  #stopping: Promise<void> | undefined;
  #handingOver = Promise.resolve();
  readonly #starting = new Semaphore(startingAtOnce, Infinity);

  constructor(options: PartitionGroupOptions) {
    const { log, topics, logger, config, timeline, maintenance, folded, onFailure } = options;
    this.#options = options;
    this.#metrics = partitionMetrics(options.metrics);
    this.#feed = new ControlEventFeed({ log, topics, timeline, maintenance, folded, logger, onFailure });
    this.#stalls = new StallWatch({ stallMs: config.stallMs });
    this.#ticker = new Ticker({
      log,
      topic: topics.telemetry,
      config,
      runners: () => this.#runners.values(),
      logger,
      onFailure,
    });
  }

  /** Resolves when this instance is a member of the group; its partitions may be assigned later. */
  async start(): Promise<void> {
    this.#stalls.start();
    await this.#feed.start();
    if (this.#stopping !== undefined) return;
    await this.#join();
    this.#ticker.start();
  }

  async #join(): Promise<void> {
    const { log, topics, config } = this.#options;
    const consumption = await log.consume({
      ...groupUnder(topics, config.group),
      topics: [topics.telemetry],
      maxBatchRecords: config.batchRecords,
      onBatch: (batch) => this.#onBatch(batch),
      onAssigned: (partitions) => this.#onAssigned(partitions),
      onRevoked: (partitions) => this.#onRevoked(partitions),
    });
    this.#consumption = consumption;
    consumption.done.catch((error: unknown) => this.#ended(error));
  }

  /**
   * A claim that no member wrote ends the membership and not the process: whoever joins again claims its partitions
   * anew. Any other error is the end.
   */
  #ended(error: unknown): void {
    const { logger, onFailure } = this.#options;
    if (this.#stopping !== undefined) return;
    if (!(error instanceof OwnershipLostError)) {
      onFailure(error);
      return;
    }
    logger.error({ err: error }, "something outside the group has claimed a partition; joining the group again");
    for (const runner of this.#runners.values()) runner.release();
    this.#runners.clear();
    this.#consumption = undefined;
    this.#joining = retrying(() => this.#join(), { signal: this.#leaving.signal, maxMs: 5000 }).catch(
      (failure: unknown) => {
        if (!this.#leaving.signal.aborted) onFailure(failure);
      },
    );
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Reasons why partitions are not evaluated; empty if all are. */
  notReady(): string[] {
    if (this.#consumption === undefined) return ["not yet a member of the rules group"];
    return [...this.#runners.values()].flatMap(({ trouble }) => trouble ?? []);
  }

  /** What does not stop the evaluation, but delays it. */
  warnings(): string[] {
    return stragglerWarnings(this.#runners.values());
  }

  async #stop(): Promise<void> {
    this.#leaving.abort();
    await this.#ticker.stop();
    await this.#joining;
    this.#consumption?.pause();
    const giveUp = new AbortController();
    const finished = Promise.all([...this.#runners.values()].map((runner) => runner.finish()));
    const late = sleep(lastCheckpointMs, giveUp.signal).then(
      () => this.#options.logger.warn("no last checkpoint could be written; a restart replays a little more"),
      () => {
        // All checkpoints were written in time.
      },
    );
    await Promise.race([finished, late]);
    giveUp.abort();
    for (const runner of this.#runners.values()) runner.release();
    await this.#consumption?.close();
    await this.#handingOver;
    this.#runners.clear();
    await this.#feed.stop();
    this.#stalls.stop();
  }

  async #onBatch(batch: GroupBatch): Promise<void> {
    const runner = this.#runners.get(batch.partition);
    if (runner !== undefined) await runner.process(batch);
    // Somebody else wrote there; so that it does not look like a lag, it counts as read.
    else if (batch.partition >= this.#options.partitions) await commitOffset(batch, this.#options.logger);
  }

  async #onAssigned(partitions: readonly TopicPartition[]): Promise<readonly Position[]> {
    const { topics, partitions: evaluated, logger } = this.#options;
    const beyond = partitions.filter(({ partition }) => partition >= evaluated);
    if (beyond.length > 0) {
      const numbers = beyond.map(({ partition }) => partition);
      logger.warn(
        { topic: topics.telemetry, partitions: numbers },
        "the topic has more partitions than are configured; no rule is evaluated on the further ones",
      );
    }
    const own = partitions.filter(({ partition }) => partition < evaluated);
    const positions = await Promise.all(
      own.map(async ({ partition }) => {
        this.#runners.get(partition)?.release();
        const runner = this.#createRunner(partition);
        this.#runners.set(partition, runner);
        let offset = 0;
        await this.#starting.run(async () => void (offset = await runner.start()));
        return { topic: topics.telemetry, partition, offset };
      }),
    );
    this.#metrics.partitions.set(this.#runners.size);
    return positions;
  }

  #onRevoked(partitions: readonly TopicPartition[]): Promise<void> {
    const handedOver = this.#handOver(partitions);
    this.#handingOver = this.#handingOver.then(() => handedOver);
    return handedOver;
  }

  /** The next owner goes on from a last checkpoint, if it can be written soon; else it replays a little more. */
  async #handOver(partitions: readonly TopicPartition[]): Promise<void> {
    const runners = partitions.flatMap(({ partition }) => this.#runners.get(partition) ?? []);
    for (const { partition } of partitions) this.#runners.delete(partition);
    this.#metrics.partitions.set(this.#runners.size);
    const giveUp = new AbortController();
    const written = Promise.allSettled(runners.map((runner) => runner.handOver()));
    const limit = this.#options.handOverMs ?? defaultHandOverMs;
    await Promise.race([written, sleep(limit, giveUp.signal).catch(() => {})]);
    giveUp.abort();
    for (const runner of runners) runner.release();
  }

  #createRunner(partition: number): PartitionRunner {
    const { log, topics, instance, config, timeline, maintenance, folded, skipped, logger } = this.#options;
    const { onFailure, createEngine } = this.#options;
    return new PartitionRunner({
      log,
      topics,
      partition,
      instance,
      config,
      createEngine: () => createEngine(partition),
      timeline,
      maintenance,
      folded,
      skipped,
      feed: this.#feed,
      stalls: this.#stalls,
      metrics: this.#metrics,
      logger,
      partitions: () => this.#runners.size,
      onFailure,
    });
  }
}
