import type { TelemetryRecord } from "@headwater/proto";
import { normaliseSelector } from "../definition/selector.ts";
import { Evaluator } from "./evaluator.ts";
import type { RecordPosition, RuleChange, WarmUp } from "./engine.ts";
import type { Instance } from "./instance.ts";
import { Rule } from "./rule.ts";
import { RuleIndex } from "./rule-index.ts";
import type { Series } from "./series.ts";
import { AlertWriter } from "./alert-writer.ts";

/** Records between two looks at what need not be kept any more. */
const recordsALook = 256;

/**
 * Rules over older records, all in one evaluator of their own that tells nobody. They follow every device that they
 * could ever select: what devices are is asked when they are adopted, so that the same offsets give the same state
 * whenever the warming was done.
 */
export class WarmUpRun implements WarmUp {
  readonly #rules = new Map<string, RuleChange>();
  /** The first offset that it saw; undefined: none. */
  from: number | undefined;
  readonly #evaluator: Evaluator;
  #records = 0;
  #left: Iterable<void> | undefined;

  /** `slice`: for how many instances a slice of a record has room. */
  constructor(rules: readonly RuleChange[], partition: number, slice?: number) {
    this.#evaluator = new Evaluator(new RuleIndex(), new AlertWriter(partition, true), undefined, undefined, slice);
    for (const change of rules) {
      const { ids } = change.definition.selector ?? {};
      this.#rules.set(change.rule, change);
      this.#evaluator.index.set(new Rule(change, normaliseSelector(ids === undefined ? {} : { ids })));
    }
  }

  get rules(): readonly RuleChange[] {
    return [...this.#rules.values()];
  }

  drop(rule: string): void {
    this.#rules.delete(rule);
    this.#evaluator.index.delete(rule);
  }

  applyClock(record: TelemetryRecord, at: RecordPosition): void {
    this.#evaluator.applyClock(record, at);
  }

  applyRecord(record: TelemetryRecord, at: RecordPosition): void {
    this.finish();
    this.from ??= at.offset;
    if (record.incarnation !== this.incarnationOf(record.device)) this.#turn(record);
    this.#evaluator.steps.forgetFailure();
    const rest = this.#evaluator.apply(record, at);
    if (rest === undefined) this.#applied();
    else this.#left = this.#leaving(rest);
  }

  /** What of the last record is still to be done; else the next call does it at once. */
  get left(): Iterable<void> | undefined {
    return this.#left;
  }

  finish(): void {
    for (const _ of this.#left ?? []);
  }

  *#leaving(rest: Iterable<void>): Generator<void> {
    try {
      yield* rest;
      this.#applied();
    } finally {
      this.#left = undefined;
    }
  }

  #applied(): void {
    this.#records += 1;
    if (this.#records % recordsALook === 0) this.#letGo();
    this.#evaluator.steps.tellFailure();
  }

  /**
   * As a checkpoint does where rules are live: most episodes of the past are over, and of a device that is clear there
   * is nothing to know.
   */
  #letGo(): void {
    const { changedInstances, changedSeries, index, timers, next } = this.#evaluator;
    const lingering: Instance[] = [];
    for (const instance of changedInstances) {
      if (instance.isBlank(next, index.groundingOf(instance.rule))) {
        timers.disarm(instance);
        index.remove(instance);
      } else if (instance.rule.isIdle(instance.state)) lingering.push(instance);
    }
    changedInstances.clear();
    for (const instance of lingering) changedInstances.add(instance);
    changedSeries.clear();
  }

  /** Of the device whose readings it has. */
  readonly incarnationOf = (device: string): number => this.#evaluator.index.incarnationOf(device);

  /** The highest incarnation that is met counts. At the adoption it is in effect, or nothing of it counts. */
  #turn({ device, incarnation }: TelemetryRecord): void {
    const { index, timers } = this.#evaluator;
    if (incarnation < index.incarnationOf(device)) return;
    index.incarnations.set(device, incarnation);
    for (const metric of index.metrics.values()) {
      for (const instance of metric.series.get(device)?.instances.values() ?? []) timers.disarm(instance);
      index.forget(metric, device);
    }
  }

  /** What it retains of each metric and device, in order. */
  get series(): readonly Series[] {
    return Array.from(this.#evaluator.index.metrics.values(), ({ series }) => [...series.values()])
      .flat()
      .toSorted((a, b) => (a.device === b.device ? (a.metric < b.metric ? -1 : 1) : a.device < b.device ? -1 : 1));
  }

  /** Hands an instance over: whoever adopts hundreds of thousands does not hold them twice. */
  readonly takeInstance = (id: string, device: string): Instance | undefined => {
    const { index } = this.#evaluator;
    const rule = index.rules.get(id);
    if (rule === undefined) return undefined;
    const instance = index.instance(rule, device);
    for (const name of rule.program.inputs) index.metrics.get(name)?.series.get(device)?.release(id);
    return instance;
  };
}
