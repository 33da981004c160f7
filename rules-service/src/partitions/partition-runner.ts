import { aborted, SerialQueue, sleep, type Logger } from "@headwater/core";
import type { EventLog, GroupBatch, LogRecord, TopicNames } from "@headwater/event-log";
import type { FoldedEvents, SkippedRecords } from "@headwater/service";
import type { RulesConfig } from "../config.ts";
import type { PartitionEngine, Straggler } from "../engine/engine.ts";
import { Checkpointer } from "./checkpointer.ts";
import { EffectsBuffer } from "./effects-buffer.ts";
import { Emitter } from "./emitter.ts";
import { OwnershipLostError, PartitionReleasedError } from "./errors.ts";
import { Evaluation } from "./evaluation.ts";
import { ControlEventApplication } from "./control-event-application.ts";
import type { ControlEventFeed } from "./control-events/control-event-feed.ts";
import type { PartitionMetrics } from "./metrics.ts";
import { Ownership } from "./ownership.ts";
import { startPartition } from "./partition-start.ts";
import { PendingControlEvents } from "./control-events/pending-control-events.ts";
import type { MaintenanceTimeline } from "./control-events/maintenance-timeline.ts";
import type { RuleTimeline } from "./control-events/rule-timeline.ts";
import type { StallWatch } from "./stall-watch.ts";
import { StateLog } from "./state-log/state-log.ts";
import { TelemetryDecoder } from "./telemetry-decoder.ts";
import { WarmUps } from "./warm-up/warm-ups.ts";

/**
 * A member that lost its partition hears of it from the group within so many times the stall that it watches for. If it
 * does not, something outside the group writes to the same state log.
 */
const graceStalls = 20;

export interface PartitionRunnerOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partition: number;
  readonly instance: string;
  readonly config: RulesConfig;
  readonly createEngine: () => PartitionEngine;
  readonly folded: FoldedEvents;
  readonly skipped: SkippedRecords;
  readonly timeline: RuleTimeline;
  readonly maintenance: MaintenanceTimeline;
  readonly feed: ControlEventFeed;
  readonly stalls: StallWatch;
  readonly metrics: PartitionMetrics;
  readonly logger: Logger;
  /** How many this instance evaluates. */
  readonly partitions: () => number;
  /** Called when the service cannot continue. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Owns one telemetry partition: restores the state of its rules, applies records and control events in one order, which
 * a replay repeats, and makes their outputs durable before each checkpoint. One task runs at a time.
 */
export class PartitionRunner {
  readonly partition: number;
  readonly #options: PartitionRunnerOptions;
  readonly #logger: Logger;
  readonly #release = new AbortController();
  readonly #queue = new SerialQueue();
  readonly #evaluation: Evaluation;
  readonly #pending: PendingControlEvents;
  readonly #stateLog: StateLog;
  readonly #ownership: Ownership;
  readonly #emitter: Emitter;
  readonly #controlEvents: ControlEventApplication;
  #checkpointer: Checkpointer | undefined;
  #settlingQueued = false;
  #lost = false;
  /** An output may be missing in the log: no later one may be appended, and no checkpoint may cover it. */
  #failed = false;

  constructor(options: PartitionRunnerOptions) {
    const { log, topics, partition, instance, metrics, config, createEngine, stalls, timeline, feed } = options;
    const { folded, skipped, maintenance } = options;
    const { signal } = this.#release;
    const logger = options.logger.child({ partition });
    const effects = new EffectsBuffer(instance);
    const decoder = new TelemetryDecoder({ topic: topics.telemetry, partition }, metrics, skipped);
    const evaluation = new Evaluation({
      ...{ topic: topics.telemetry, partition, createEngine, effects, decoder, metrics, skipped },
    });
    const pending = new PendingControlEvents({ topics, partition, folded });
    const stateLog = new StateLog({ log, topic: topics.ruleState, partition, instance, skipped, logger, signal });
    const ownership = new Ownership(partition, stateLog, stalls);
    const emitter = new Emitter({ log, topics, effects, ownership, metrics, logger, signal });
    const warmUps = new WarmUps({
      ...{ log, topic: topics.telemetry, partition, evaluation, decoder, metrics, skipped, logger, signal },
      horizonMs: config.warmUpMs,
      onReady: () => this.#queueSettling(),
      onFailure: (error) => this.#fail(error),
    });
    this.#controlEvents = new ControlEventApplication({
      ...{ log, topics, partition, timeline, maintenance, feed, pending, evaluation, warmUps, stateLog, ownership },
      ...{ emitter, signal },
      checkpointWritten: async () => this.#checkpointer?.idle(),
      onPending: () => this.#queueSettling(),
    });
    this.#options = options;
    this.#logger = logger;
    this.#evaluation = evaluation;
    this.#pending = pending;
    this.#stateLog = stateLog;
    this.#ownership = ownership;
    this.#emitter = emitter;
    this.partition = partition;
  }

  /** The epoch of this owner; -1 before it has claimed the partition. */
  get epoch(): number {
    return this.#stateLog.epoch;
  }

  get stragglers(): readonly Straggler[] {
    return this.#evaluation.engine.stragglers;
  }

  /** The reason why the partition is not evaluated; undefined if it is. */
  get trouble(): string | undefined {
    if (this.#lost) return `another instance has claimed partition ${this.partition}`;
    if (this.#failed) return `partition ${this.partition} failed`;
    return this.#checkpointer === undefined ? `partition ${this.partition} is being taken over` : undefined;
  }

  /** Claims the partition and restores its state; resolves with the telemetry offset to consume from. */
  async start(): Promise<number> {
    const { log, topics, partition, config, timeline, maintenance, feed, metrics, skipped, partitions } = this.#options;
    const evaluation = this.#evaluation;
    const started = await startPartition({
      ...{ log, topics, partition, config, timeline, maintenance, feed, metrics, skipped, evaluation },
      stateLog: this.#stateLog,
      pending: this.#pending,
      signal: this.#release.signal,
      logger: this.#logger,
    });
    const offset = evaluation.nextOffset;
    await this.#controlEvents.begin(started.replay, started.controlEventsFrom);
    this.#checkpointer = new Checkpointer({
      ...{ config, evaluation, metrics, partitions },
      stateLog: this.#stateLog,
      ownership: this.#ownership,
      logger: this.#logger,
      alertsRead: () => this.#pending.alertsRead,
      devicesRead: () => this.#pending.devicesRead,
      superseded: started.superseded,
      signal: this.#release.signal,
      onFailure: (error) => this.#fail(error),
    });
    // Control events of this offset precede its record and are applied again even if no record follows.
    this.#queueSettling(() => this.#controlEvents.repeat(offset));
    return offset;
  }

  /** Drops all work in progress, since another member owns the partition or the service stops. */
  release(): void {
    this.#controlEvents.end();
    this.#release.abort(new PartitionReleasedError(`Partition ${this.partition} was released`));
  }

  /**
   * Applies a batch; resolves when all its outputs are durable. Rejects with OwnershipLostError if another has claimed
   * the partition and the group goes on saying that it is this member's.
   */
  async process(batch: GroupBatch): Promise<void> {
    try {
      await this.#queue.run(() => this.#process(batch));
    } catch (error) {
      if (this.#release.signal.aborted) return;
      this.#failed = true;
      if (!(error instanceof OwnershipLostError)) throw error;
      this.#lose(error);
      await Promise.race([
        aborted(batch.signal),
        aborted(this.#release.signal),
        sleep(graceStalls * this.#options.config.stallMs),
      ]);
      if (!batch.signal.aborted && !this.#release.signal.aborted) throw error;
    }
  }

  /** Writes a last checkpoint. */
  async finish(): Promise<void> {
    await this.#queue.run(async () => {
      if (this.#isWhole) await this.#checkpointer?.writeLast();
    });
  }

  /**
   * The same for another member that waits for the partition: a snapshot takes too long for that, and the checkpoint of
   * the owner before serves as well.
   */
  async handOver(): Promise<void> {
    await this.#queue.run(async () => {
      if (this.#isWhole && !this.#lost && this.#checkpointer?.isFull === false) await this.#checkpointer.writeLast();
    });
  }

  /** Control events that are still to be applied again are missing in the state. */
  get #isWhole(): boolean {
    return !this.#isOver && this.#controlEvents.replayFrom > this.#evaluation.nextOffset;
  }

  /** Whether readings were applied since the last call. */
  takeSawData(): boolean {
    const { sawData } = this.#evaluation;
    this.#evaluation.sawData = false;
    return sawData;
  }

  async #process(batch: GroupBatch): Promise<void> {
    if (this.#release.signal.aborted) return;
    if (this.#lost) throw new OwnershipLostError(`Another instance has claimed partition ${this.partition}`);
    // After a failure the service is about to stop.
    if (this.#failed) return;
    const began = performance.now();
    const { records } = batch;
    // A log that returns whole chunks may begin a batch before the requested offset.
    let index = countBefore(records, 0, this.#evaluation.nextOffset);
    while (index < records.length) {
      // Control events and records are applied in one order.
      await this.#controlEvents.repeat(records[index]!.offset);
      const end = countBefore(records, index, this.#controlEvents.replayFrom);
      await this.#evaluation.applyRecords(records, index, end, () => this.#emitter.emit());
      index = end;
    }
    await this.#controlEvents.repeat(this.#evaluation.nextOffset);
    await this.#settle(batch);
    const { metrics, partition } = this.#options;
    metrics.batchSeconds.observe((performance.now() - began) / 1000);
    metrics.lag.labels({ partition }).set(Math.max(0, batch.highWatermark - this.#evaluation.nextOffset));
    metrics.stragglers.labels({ partition }).set(this.stragglers.length);
  }

  /** Emits outputs, puts waiting control events into effect, and begins a checkpoint if one is due. */
  async #settle(batch?: GroupBatch): Promise<void> {
    await this.#emitter.emit();
    await this.#controlEvents.apply();
    if (!this.#isOver) await this.#checkpointer?.writeIfDue(batch);
  }

  get #isOver(): boolean {
    return this.#release.signal.aborted || this.#failed;
  }

  /** Queues a settling outside of any batch; calls before it begins share it. */
  #queueSettling(first?: () => Promise<void>): void {
    if (this.#settlingQueued || this.#checkpointer === undefined) return;
    this.#settlingQueued = true;
    this.#queue
      .run(async () => {
        this.#settlingQueued = false;
        if (this.#isOver) return;
        await first?.();
        await this.#settle();
      })
      .catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#failed = true;
    if (this.#release.signal.aborted) return;
    if (error instanceof OwnershipLostError) this.#lose(error);
    else this.#options.onFailure(error);
  }

  #lose(error: OwnershipLostError): void {
    this.#lost = true;
    this.#logger.error({ err: error }, "another instance owns the partition; this one emits nothing more of it");
  }
}

/** The index of the first record at or after an offset, from `begin` on. */
function countBefore(records: readonly LogRecord[], begin: number, offset: number): number {
  let end = begin;
  while (end < records.length && records[end]!.offset < offset) end += 1;
  return end;
}
