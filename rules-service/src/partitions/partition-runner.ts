import { aborted, retrying, sleep, type Logger } from "@headwater/service-kit";
import type { EventLog, GroupBatch, LogRecord, TopicNames } from "@headwater/event-log";
import type { RulesConfig } from "../config.ts";
import type { PartitionEngine } from "../engine/engine.ts";
import { Checkpointer } from "./checkpointer.ts";
import { appendDurably } from "./durable.ts";
import { EffectsBuffer } from "./effects-buffer.ts";
import { OwnershipLostError, PartitionReleasedError } from "./errors.ts";
import { Evaluation } from "./evaluation.ts";
import { countBefore, type PastJoin } from "./history.ts";
import type { JoinFeed, JoinListener } from "./join-feed.ts";
import type { RuleJoin } from "./joins.ts";
import type { PartitionMetrics } from "./metrics.ts";
import { Ownership } from "./ownership.ts";
import { startPartition } from "./partition-start.ts";
import { PendingJoins } from "./pending-joins.ts";
import { transitionOf, type RuleAt, type RuleTimeline } from "./rule-timeline.ts";
import type { StallWatch } from "./stall-watch.ts";
import { StateLog, type NewEffective } from "./state-log.ts";
import { TelemetryDecoder } from "./telemetry-decoder.ts";
import { Turns } from "./turns.ts";
import { WarmUps } from "./warm-ups.ts";

/** Joins that take effect together, with one append. */
const maxJoins = 1000;
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
  readonly feed: JoinFeed;
  readonly stalls: StallWatch;
  readonly metrics: PartitionMetrics;
  readonly logger: Logger;
  /** The service cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Owns one telemetry partition: brings its rules to where their state stands, applies every record and every join in one order that a replay
 * repeats, makes durable what comes of it before it checkpoints. One thing happens at a time.
 */
export class PartitionRunner implements JoinListener {
  readonly partition: number;
  readonly #options: PartitionRunnerOptions;
  readonly #logger: Logger;
  readonly #release = new AbortController();
  readonly #turns = new Turns();
  readonly #effects: EffectsBuffer;
  readonly #decoder: TelemetryDecoder;
  readonly #evaluation: Evaluation;
  readonly #pending: PendingJoins;
  readonly #stateLog: StateLog;
  readonly #ownership: Ownership;
  readonly #warmUps: WarmUps;
  readonly #rulesToLookAt = new Set<string>();
  #checkpointer: Checkpointer | undefined;
  #replay: PastJoin[] = [];
  #joinsFrom = 0;
  #woken = false;
  #lost = false;
  /** What was said may not have been appended: nothing after it may be, and no checkpoint may claim it. */
  #failed = false;

  constructor(options: PartitionRunnerOptions) {
    const { log, topics, partition, instance, logger, metrics, config, engine, stalls } = options;
    const { signal } = this.#release;
    this.#options = options;
    this.partition = partition;
    this.#logger = logger.child({ partition });
    this.#effects = new EffectsBuffer(instance);
    this.#decoder = new TelemetryDecoder(partition, metrics, logger);
    this.#evaluation = new Evaluation({ partition, engine, effects: this.#effects, decoder: this.#decoder, metrics });
    this.#pending = new PendingJoins({ topics, partition });
    this.#stateLog = new StateLog({ log, topic: topics.ruleState, partition, instance, logger, signal });
    this.#ownership = new Ownership(partition, this.#stateLog, stalls);
    this.#warmUps = new WarmUps({
      log,
      topic: topics.telemetry,
      partition,
      evaluation: this.#evaluation,
      decoder: this.#decoder,
      metrics,
      logger,
      horizonMs: config.warmUpMs,
      signal,
      onReady: () => this.#wake(),
      onFailure: (error) => this.#fail(error),
    });
  }

  /** Of this owner; -1 before it has claimed the partition. */
  get epoch(): number {
    return this.#stateLog.epoch;
  }

  /** Why the partition is not evaluated, if it is not. */
  get trouble(): string | undefined {
    if (this.#lost) return `another instance has claimed partition ${this.partition}`;
    return this.#checkpointer === undefined ? `partition ${this.partition} is being taken over` : undefined;
  }

  /** Claims the partition and restores its state; answers the telemetry offset to consume from. */
  async start(): Promise<number> {
    const { log, topics, partition, config, timeline, feed, metrics } = this.#options;
    const { signal } = this.#release;
    const common = { log, topics, partition, config, timeline, feed, metrics, signal, logger: this.#logger };
    const started = await startPartition({
      ...common,
      stateLog: this.#stateLog,
      evaluation: this.#evaluation,
      pending: this.#pending,
    });
    this.#replay = started.replay;
    this.#joinsFrom = started.joinsFrom;
    const offset = this.#evaluation.nextOffset;
    await this.#catchUpWithJoins();
    this.#checkpointer = new Checkpointer({
      config,
      evaluation: this.#evaluation,
      stateLog: this.#stateLog,
      ownership: this.#ownership,
      metrics,
      logger: this.#logger,
      alertsRead: () => this.#pending.alertsRead,
      superseded: started.superseded,
      onFailure: (error) => this.#fail(error),
    });
    // Joins of this very offset come before its first record, and may have to be repeated even if none follows.
    this.#woken = true;
    this.#inTurn(async () => {
      this.#woken = false;
      await this.#applyReplay(offset);
      await this.#settle();
    });
    return offset;
  }

  /** The partition is not ours any more, or the service stops: whatever is in hand is dropped. */
  release(): void {
    this.#options.feed.unsubscribe(this.partition, this);
    this.#release.abort(new PartitionReleasedError(`Partition ${this.partition} was released`));
  }

  /** Applies a batch; resolves when everything that came of it is durable. */
  async process(batch: GroupBatch): Promise<void> {
    try {
      await this.#turns.take(() => this.#process(batch));
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
    await this.#turns.take(async () => {
      // What is still to be repeated at this offset is not in the state yet.
      if (this.#isOver || this.#checkpointer === undefined || this.#isReplayDue()) return;
      await this.#checkpointer.last();
    });
  }

  /** Whether readings were applied since the last call. */
  takeSawData(): boolean {
    const { sawData } = this.#evaluation;
    this.#evaluation.sawData = false;
    return sawData;
  }

  onRules(rules: readonly string[]): void {
    for (const rule of rules) this.#rulesToLookAt.add(rule);
    this.#wake();
  }

  onDevices(records: readonly LogRecord[]): void {
    this.#pending.addDevices(records);
    this.#wake();
  }

  onAlerts(records: readonly LogRecord[]): void {
    this.#pending.addAlerts(records);
    if (!this.#pending.isEmpty) this.#wake();
  }

  /** Reads what the feed does not bring, having begun later. */
  async #catchUpWithJoins(): Promise<void> {
    const { log, topics, feed, timeline, partition } = this.#options;
    const { signal } = this.#release;
    const known = { devices: 0, alerts: this.#pending.alertsFrom };
    const late: { devices: LogRecord[]; alerts: LogRecord[] } = { devices: [], alerts: [] };
    // What the feed brings while the past is read has to wait for it.
    const early: JoinListener = {
      onRules: () => {},
      onDevices: (records) => late.devices.push(...records),
      onAlerts: (records) => late.alerts.push(...records),
    };
    const from = feed.subscribe(partition, early);
    const readPast = async (role: "devices" | "alerts"): Promise<void> => {
      const range = { fromOffset: known[role], toOffset: from[role] };
      for await (const { records } of log.read(topics[role], partition, range)) {
        if (role === "devices") this.#pending.addDevices(records);
        else this.#pending.addAlerts(records);
        known[role] = records.at(-1)!.offset + 1;
      }
    };
    try {
      await retrying(() => readPast("devices"), { signal, maxMs: 2000 });
      await retrying(() => readPast("alerts"), { signal, maxMs: 2000 });
    } finally {
      feed.unsubscribe(partition, early);
    }
    signal.throwIfAborted();
    feed.subscribe(partition, this);
    this.#pending.addDevices(late.devices);
    this.#pending.addAlerts(late.alerts);
    for (const rule of timeline.rules()) this.#rulesToLookAt.add(rule);
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
      // oxlint-disable-next-line no-await-in-loop -- joins and records have one order
      await this.#applyReplay(records[index]!.offset);
      const end = countBefore(records, index, this.#replay[0]?.fromOffset ?? Number.POSITIVE_INFINITY);
      this.#evaluation.applyRecords(records, index, end);
      index = end;
    }
    await this.#applyReplay(this.#evaluation.nextOffset);
    await this.#settle(batch);
    this.#options.metrics.batchSeconds.observe((performance.now() - began) / 1000);
  }

  /** Outputs become durable, waiting joins take effect, and a checkpoint begins if it is time. */
  async #settle(batch?: GroupBatch): Promise<void> {
    await this.#emit();
    if (this.#evaluation.nextOffset >= this.#joinsFrom) await this.#applyJoins();
    if (!this.#isOver) this.#checkpointer?.maybe(batch);
  }

  #isReplayDue(): boolean {
    return (this.#replay[0]?.fromOffset ?? Number.POSITIVE_INFINITY) <= this.#evaluation.nextOffset;
  }

  /** Applies again what took effect before the record at that offset, or before nothing yet if there is none. */
  async #applyReplay(offset: number): Promise<void> {
    while (this.#replay.length > 0 && this.#replay[0]!.fromOffset <= offset) {
      const { join, warmFrom, fromOffset } = this.#replay[0]!;
      // A hole in the offsets may lie between the last record and the join.
      this.#evaluation.nextOffset = Math.max(this.#evaluation.nextOffset, fromOffset);
      if (join.kind !== "rule" || !this.#needsWarming(join)) {
        this.#evaluation.applyJoin(join);
        this.#replay.shift();
        continue;
      }
      const together = this.#warmedTogether(warmFrom, fromOffset);
      const rules = together.map(({ source, change }) => ({ offset: source.offset, change }));
      // oxlint-disable-next-line no-await-in-loop -- joins have one order
      for (const warmUp of await this.#warmUps.repeat(warmFrom, rules)) this.#evaluation.adopt(warmUp);
      this.#replay.splice(0, together.length);
    }
  }

  #needsWarming({ change }: RuleJoin): boolean {
    return transitionOf(this.#evaluation.rule(change.rule), change) === "warmed";
  }

  /** Rules at the head of the replay that shared one scan. */
  #warmedTogether(warmFrom: number, fromOffset: number): RuleJoin[] {
    const together: RuleJoin[] = [];
    for (const past of this.#replay) {
      const { join } = past;
      if (join.kind !== "rule" || past.warmFrom !== warmFrom || past.fromOffset !== fromOffset) break;
      if (!this.#needsWarming(join) || together.some(({ change }) => change.rule === join.change.rule)) break;
      together.push(join);
    }
    return together;
  }

  /** What waits takes effect at the next offset: first it is written down, then it is applied. */
  async #applyJoins(): Promise<void> {
    for (;;) {
      const direct = this.#lookAtRules();
      const warmed = this.#warmUps.isReady ? await this.#warmUps.finish() : { warmFrom: 0, rules: [] };
      const others = this.#pending.take(maxJoins);
      if (direct.length + warmed.rules.length + others.length === 0) return;
      const { nextOffset: fromOffset } = this.#evaluation;
      const joins = [...direct, ...others];
      const effectives: NewEffective[] = joins.map((join) => ({
        source: join.source,
        fromOffset,
        warmFrom: fromOffset,
        record: join.kind === "rule" ? new Uint8Array(0) : join.record,
      }));
      for (const { rule } of warmed.rules) {
        const { source } = this.#ruleJoin(rule);
        effectives.push({ source, fromOffset, warmFrom: warmed.warmFrom, record: new Uint8Array(0) });
      }
      // A checkpoint that is being written does not have these joins, and has to come before them in the state log.
      // oxlint-disable-next-line no-await-in-loop -- one group of joins after the other
      await this.#checkpointer?.settled();
      this.#release.signal.throwIfAborted();
      // oxlint-disable-next-line no-await-in-loop
      await this.#stateLog.appendEffectives(effectives);
      for (const join of joins) this.#evaluation.applyJoin(join);
      for (const { warmUp } of warmed.rules) this.#evaluation.adopt(warmUp);
      // oxlint-disable-next-line no-await-in-loop
      await this.#emit();
    }
  }

  /** Sends each rule that changed its way; answers those that can take effect at once. */
  #lookAtRules(): RuleJoin[] {
    const direct: RuleJoin[] = [];
    for (const rule of this.#rulesToLookAt) {
      const latest = this.#options.timeline.latest(rule);
      const transition = latest === undefined ? "nothing" : transitionOf(this.#evaluation.rule(rule), latest.change);
      if (transition === "warmed") this.#warmUps.want(latest!);
      else this.#warmUps.cancel(rule);
      if (transition === "direct") direct.push(this.#ruleJoin(latest!));
    }
    this.#rulesToLookAt.clear();
    return direct;
  }

  #ruleJoin({ offset, change }: RuleAt): RuleJoin {
    return { kind: "rule", source: { topic: this.#options.topics.rules, partition: 0, offset }, change };
  }

  /** Appends what the rules said; resolves when it is durable. */
  async #emit(): Promise<void> {
    const outputs = this.#effects.take();
    if (outputs === undefined) return;
    const { log, topics, logger, metrics } = this.#options;
    const before = (attempt: number): Promise<void> => this.#ownership.assure(attempt > 1);
    const options = { logger, signal: this.#release.signal, before };
    await Promise.all(
      [
        { topic: topics.alerts, records: outputs.alerts },
        { topic: topics.commands, records: outputs.commands },
        { topic: topics.telemetry, records: outputs.derived },
      ].map(async ({ topic, records }) => {
        if (records.length === 0) return;
        await appendDurably(log, topic, records, options);
        metrics.outputs.labels({ topic }).inc(records.length);
      }),
    );
    metrics.raised.inc(outputs.raised);
  }

  #wake(): void {
    if (this.#woken || this.#checkpointer === undefined) return;
    this.#woken = true;
    this.#inTurn(async () => {
      this.#woken = false;
      await this.#settle();
    });
  }

  #inTurn(work: () => Promise<void>): void {
    this.#turns
      .take(async () => {
        if (!this.#isOver) await work();
      })
      .catch((error: unknown) => this.#fail(error));
  }

  get #isOver(): boolean {
    return this.#release.signal.aborted || this.#failed;
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
