import { aborted, SerialQueue, sleep, type Logger } from "@headwater/core";
import type { EventLog, GroupBatch, LogRecord, TopicNames } from "@headwater/event-log";
import type { RulesConfig } from "../config.ts";
import type { PartitionEngine } from "../engine/engine.ts";
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
import type { RuleTimeline } from "./control-events/rule-timeline.ts";
import type { StallWatch } from "./stall-watch.ts";
import { StateLog } from "./state-log/state-log.ts";
import { TelemetryDecoder } from "./telemetry-decoder.ts";
import { WarmUps } from "./warm-up/warm-ups.ts";

/** A member that was overtaken hears of it from its group within this; else something else shares its state log. */
const lostGraceMs = 60_000;

export interface PartitionRunnerOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly partition: number;
  readonly instance: string;
  readonly config: RulesConfig;
  readonly engine: PartitionEngine;
  readonly timeline: RuleTimeline;
  readonly feed: ControlEventFeed;
  readonly stalls: StallWatch;
  readonly metrics: PartitionMetrics;
  readonly logger: Logger;
  /** The service cannot go on. */
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
  /** What was said may not have been appended: nothing after it may be, and no checkpoint may claim it. */
  #failed = false;

  constructor(options: PartitionRunnerOptions) {
    const { log, topics, partition, instance, metrics, config, engine, stalls, timeline, feed } = options;
    const { signal } = this.#release;
    const logger = options.logger.child({ partition });
    const effects = new EffectsBuffer(instance);
    const decoder = new TelemetryDecoder(partition, metrics, logger);
    const evaluation = new Evaluation({ partition, engine, effects, decoder, metrics });
    const pending = new PendingControlEvents({ topics, partition });
    const stateLog = new StateLog({ log, topic: topics.ruleState, partition, instance, logger, signal });
    const ownership = new Ownership(partition, stateLog, stalls);
    const emitter = new Emitter({ log, topics, effects, ownership, metrics, logger, signal });
    const warmUps = new WarmUps({
      ...{ log, topic: topics.telemetry, partition, evaluation, decoder, metrics, logger, signal },
      horizonMs: config.warmUpMs,
      onReady: () => this.#queueSettling(),
      onFailure: (error) => this.#fail(error),
    });
    this.#controlEvents = new ControlEventApplication({
      ...{ log, topics, partition, timeline, feed, pending, evaluation, warmUps, stateLog, ownership },
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

  /** Of this owner; -1 before it has claimed the partition. */
  get epoch(): number {
    return this.#stateLog.epoch;
  }

  /** Why the partition is not evaluated, if it is not. */
  get trouble(): string | undefined {
    if (this.#lost) return `another instance has claimed partition ${this.partition}`;
    if (this.#failed) return `partition ${this.partition} failed`;
    return this.#checkpointer === undefined ? `partition ${this.partition} is being taken over` : undefined;
  }

  /** Claims the partition and restores its state; answers the telemetry offset to consume from. */
  async start(): Promise<number> {
    const { log, topics, partition, config, timeline, feed, metrics } = this.#options;
    const evaluation = this.#evaluation;
    const started = await startPartition({
      ...{ log, topics, partition, config, timeline, feed, metrics, evaluation },
      stateLog: this.#stateLog,
      pending: this.#pending,
      signal: this.#release.signal,
      logger: this.#logger,
    });
    const offset = evaluation.nextOffset;
    await this.#controlEvents.begin(started.replay, started.controlEventsFrom);
    this.#checkpointer = new Checkpointer({
      ...{ config, evaluation, metrics },
      stateLog: this.#stateLog,
      ownership: this.#ownership,
      logger: this.#logger,
      alertsRead: () => this.#pending.alertsRead,
      superseded: started.superseded,
      onFailure: (error) => this.#fail(error),
    });
    // Control events of this very offset come before its first record, and have to be repeated even if none follows.
    this.#queueSettling(() => this.#controlEvents.repeat(offset));
    return offset;
  }

  /** The partition is not ours any more, or the service stops: whatever is in progress is dropped. */
  release(): void {
    this.#controlEvents.end();
    this.#release.abort(new PartitionReleasedError(`Partition ${this.partition} was released`));
  }

  /** Applies a batch; resolves when everything that came of it is durable. */
  async process(batch: GroupBatch): Promise<void> {
    try {
      await this.#queue.run(() => this.#process(batch));
    } catch (error) {
      if (this.#release.signal.aborted) return;
      this.#failed = true;
      if (!(error instanceof OwnershipLostError)) throw error;
      this.#lose(error);
      await Promise.race([aborted(batch.signal), aborted(this.#release.signal), sleep(lostGraceMs)]);
      if (!batch.signal.aborted && !this.#release.signal.aborted) throw error;
    }
  }

  /** Writes a last checkpoint, of what was applied until now. */
  async finish(): Promise<void> {
    await this.#queue.run(async () => {
      // What is still to be repeated at this offset is not in the state yet.
      if (this.#isOver || this.#controlEvents.replayFrom <= this.#evaluation.nextOffset) return;
      await this.#checkpointer?.writeLast();
    });
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
    // The service is about to stop.
    if (this.#failed) return;
    const began = performance.now();
    const { records } = batch;
    // A batch may begin before the offset that was asked for, where a log hands out whole chunks.
    let index = countBefore(records, 0, this.#evaluation.nextOffset);
    while (index < records.length) {
      // Control events and records have one order.
      await this.#controlEvents.repeat(records[index]!.offset);
      const end = countBefore(records, index, this.#controlEvents.replayFrom);
      this.#evaluation.applyRecords(records, index, end);
      index = end;
    }
    await this.#controlEvents.repeat(this.#evaluation.nextOffset);
    await this.#settle(batch);
    const { metrics, partition } = this.#options;
    metrics.batchSeconds.observe((performance.now() - began) / 1000);
    metrics.lag.labels({ partition }).set(Math.max(0, batch.highWatermark - this.#evaluation.nextOffset));
  }

  /** Outputs become durable, waiting control events take effect, and a checkpoint begins if it is time. */
  async #settle(batch?: GroupBatch): Promise<void> {
    await this.#emitter.emit();
    await this.#controlEvents.apply();
    if (!this.#isOver) this.#checkpointer?.writeIfDue(batch);
  }

  get #isOver(): boolean {
    return this.#release.signal.aborted || this.#failed;
  }

  /** Takes a turn for what came by itself; those that come before it begins share it. */
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
    this.#logger.error({ err: error }, "the partition is another's; nothing more of it is emitted here");
  }
}

/** Splits records at an offset: how many of them, from `begin` on, lie before it. */
function countBefore(records: readonly LogRecord[], begin: number, offset: number): number {
  let end = begin;
  while (end < records.length && records[end]!.offset < offset) end += 1;
  return end;
}
