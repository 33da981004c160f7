import { inSlices, Pace } from "@headwater/core";
import type { LogRecord, Position } from "@headwater/event-log";
import { skipReasons, type SkippedRecords } from "@headwater/service";
import type { TelemetryRecord } from "@headwater/proto";
import type { EngineSnapshot, PartitionEngine, RecordPosition, RuleChange, WarmUp } from "../engine/engine.ts";
import type { EffectsBuffer } from "./effects-buffer.ts";
import { EvaluationError } from "./errors.ts";
import type { ControlEvent } from "./control-events/control-events.ts";
import type { PartitionMetrics } from "./metrics.ts";
import type { TelemetryDecoder } from "./telemetry-decoder.ts";
import { Uncovered } from "./uncovered.ts";

/** Sees every record as it is applied. */
export interface RecordObserver {
  observe(record: TelemetryRecord, at: RecordPosition): void;
}

/** Records between two looks at how long the event loop has been held. */
const recordsALook = 16;
/** Outputs of one record, or of one change of rules, that wait in memory at most, about. */
const effectsAtOnce = 1000;

/** Values of the metric's label `kind`; dashboards depend on them. */
const metricKinds = { rule: "rule", maintenance: "maintenance", device: "device", operator: "hand" } as const;

export interface EvaluationOptions {
  readonly topic: string;
  readonly partition: number;
  readonly createEngine: () => PartitionEngine;
  readonly effects: EffectsBuffer;
  readonly decoder: TelemetryDecoder;
  readonly metrics: PartitionMetrics;
  readonly skipped: SkippedRecords;
}

/** The rules of a partition and their progress. One call at a time: those that are asynchronous work in slices. */
export class Evaluation {
  /** The next telemetry offset to apply. */
  nextOffset = 0;
  /** Whether readings were applied since this was last set to false. */
  sawData = false;
  readonly uncovered = new Uncovered();
  observer: RecordObserver | undefined;
  readonly #topic: string;
  readonly #partition: number;
  readonly #skipped: SkippedRecords;
  readonly #createEngine: () => PartitionEngine;
  #engine: PartitionEngine;
  readonly #effects: EffectsBuffer;
  readonly #decoder: TelemetryDecoder;
  readonly #metrics: PartitionMetrics;
  readonly #rules = new Map<string, RuleChange>();
  /** By the ids of windows: the offset in rules.v1 of the state that is in effect. */
  readonly #windows = new Map<string, number>();
  readonly #counts;
  /** Of control events, which come one by one. */
  readonly #pace = new Pace();
  readonly #counted = new Map<string, number>();

  constructor({ topic, partition, createEngine, effects, decoder, metrics, skipped }: EvaluationOptions) {
    this.#topic = topic;
    this.#skipped = skipped;
    this.#createEngine = createEngine;
    this.#engine = createEngine();
    this.#partition = partition;
    this.#effects = effects;
    this.#decoder = decoder;
    this.#metrics = metrics;
    const { records } = metrics;
    this.#counts = { event: records.labels({ kind: "event" }), other: records.labels({ kind: "other" }) };
  }

  get engine(): PartitionEngine {
    return this.#engine;
  }

  /** Before anything is applied. Throws what the engine throws at a state that it cannot read, and is then as new. */
  async restore(snapshot: EngineSnapshot): Promise<void> {
    try {
      await inSlices(this.#engine.restore(snapshot));
    } catch (error) {
      this.#engine = this.#createEngine();
      throw error;
    }
  }

  /** The rule as it is in effect on this partition. */
  rule(id: string): RuleChange | undefined {
    return this.#rules.get(id);
  }

  /** Where in rules.v1 the state of a maintenance window lies that is in effect on this partition. */
  maintenance(id: string): number | undefined {
    return this.#windows.get(id);
  }

  /** `emit` makes the outputs so far durable, where one record has more than should wait in memory. */
  async applyRecords(
    records: readonly LogRecord[],
    begin: number,
    end: number,
    emit: () => Promise<void>,
  ): Promise<void> {
    const pace = new Pace();
    for (let from = begin; from < end;) {
      if (pace.isDue) await pace.rest();
      from = this.#applyRecords(records, from, Math.min(end, from + recordsALook));
      if (this.#engine.left !== undefined) await this.#applyTheRest(records[from - 1]!, emit);
    }
    this.#countEngine();
  }

  async #applyTheRest({ offset }: LogRecord, emit: () => Promise<void>): Promise<void> {
    const work = this.#engine.left![Symbol.iterator]();
    const pace = new Pace();
    for (let isDone = false; !isDone;) {
      const began = performance.now();
      try {
        isDone = work.next().done === true;
      } catch (error) {
        this.#failed({ topic: this.#topic, partition: this.#partition, offset }, error);
        isDone = true;
      }
      this.uncovered.milliseconds += performance.now() - began;
      if (this.#effects.size >= effectsAtOnce) await emit();
      if (pace.isDue) await pace.rest();
    }
  }

  /**
   * Answers where to go on: before the end if a record leaves something to be told. Between two calls the position is
   * that of the next record: a scan that begins there misses none.
   */
  #applyRecords(records: readonly LogRecord[], begin: number, end: number): number {
    const partition = this.#partition;
    const began = performance.now();
    let data = 0;
    let index = begin;
    let bytes = 0;
    while (index < end && this.#engine.left === undefined) {
      try {
        for (; index < end && this.#engine.left === undefined; index += 1) {
          const entry = records[index]!;
          const { offset } = entry;
          bytes += (entry.key?.length ?? 0) + (entry.value?.length ?? 0);
          const record = this.#decoder.decode(entry);
          if (record === undefined) continue;
          if (record.readings.length > 0) data += 1;
          const at = { partition, offset, appendTime: entry.appendTime };
          // First: also one whose evaluation fails here is for rules that are warmed meanwhile.
          this.observer?.observe(record, at);
          this.#engine.applyRecord(record, at, this.#effects);
        }
      } catch (error) {
        // A replay fails at the same record and comes to the same state: no record stands in the way of the others.
        this.#failed({ topic: this.#topic, partition, offset: records[index]!.offset }, error);
        index += 1;
      }
    }
    this.nextOffset = records[index - 1]!.offset + 1;
    if (data > 0) this.sawData = true;
    this.uncovered.count += index - begin;
    this.uncovered.bytes += bytes;
    this.uncovered.milliseconds += performance.now() - began;
    this.#counts.event.inc(data);
    this.#counts.other.inc(index - begin - data);
    return index;
  }

  /** Applies a control event at the next offset; a rule among them needs no warm-up. */
  async applyControlEvent(event: ControlEvent): Promise<void> {
    const began = performance.now();
    if (event.kind === "rule") this.#rules.set(event.change.rule, event.change);
    else if (event.kind === "maintenance") this.#windows.set(event.id, event.source.offset);
    try {
      if (event.kind === "rule") await inSlices(this.#engine.applyRule(event.change, this.#effects));
      else if (event.kind === "maintenance") {
        await inSlices(this.#engine.applyMaintenance(event.id, event.definition, this.#effects));
      } else if (event.kind === "device") {
        this.#engine.applyDevice(event.id, event.device, event.incarnation, this.#effects);
      } else if (event.action !== undefined) this.#engine.applyOperatorAction(event.action, this.#effects);
    } catch (error) {
      this.#failed(event.source, error);
    }
    this.uncovered.count += 1;
    this.uncovered.milliseconds += performance.now() - began;
    this.#metrics.controlEvents.labels({ kind: metricKinds[event.kind] }).inc();
    if (this.#pace.isDue) await this.#pace.rest();
  }

  warm(rules: readonly RuleChange[]): WarmUp {
    return this.#during(() => this.#engine.warm(rules));
  }

  /**
   * Puts warmed rules into effect at the next offset. `emit` makes the outputs so far durable: rules that hold on many
   * devices raise more alerts at once than should wait in memory. A replay gives the same ones again.
   */
  async adopt(warmUp: WarmUp, emit: () => Promise<void>): Promise<void> {
    const pace = new Pace();
    const work = this.#engine.adopt(warmUp, this.#effects)[Symbol.iterator]();
    while (this.#during(() => work.next()).done !== true) {
      if (this.#effects.size >= effectsAtOnce) await emit();
      if (pace.isDue) await pace.rest();
    }
    this.uncovered.hasWarmed = true;
    for (const change of warmUp.rules) {
      this.#rules.set(change.rule, change);
      this.uncovered.count += 1;
      this.#metrics.controlEvents.labels({ kind: "rule" }).inc();
    }
  }

  #failed(position: Position, error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error);
    this.#skipped.note({ ...position, reason: skipReasons.failed, detail });
  }

  /** Adds to the metrics what the engine has counted since the last call. */
  #countEngine(): void {
    for (const [what, value] of Object.entries(this.#engine.counters) as [string, number][]) {
      const before = this.#counted.get(what) ?? 0;
      if (value === before) continue;
      this.#metrics.engine.labels({ what }).inc(value - before);
      this.#counted.set(what, value);
    }
  }

  #during<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new EvaluationError(this.#partition, this.nextOffset, error);
    }
  }
}
