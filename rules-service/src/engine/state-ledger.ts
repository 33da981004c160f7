import { Instance } from "./instance.ts";
import type { CheckpointState, EngineSnapshot, RuleChange, StateBytes } from "./engine.ts";
import type { Derivations } from "./derivations.ts";
import type { Evaluator } from "./evaluator.ts";
import type { Rule } from "./rule.ts";
import type { Series } from "./series.ts";
import * as codec from "./state-codec.ts";
import type { InstanceFields, RuleRecord } from "./state-codec.ts";

const seriesPrefix = "~";
const gone = new Uint8Array(0);
/** Of a rule that is not evaluated any more. */
const noMode = "";
/** States that are looked at before the caller may do something else. */
const statesASlice = 200;

interface Restored {
  readonly device: string;
  readonly covers: number;
  /** undefined: it was clear. */
  readonly fields: InstanceFields | undefined;
}

/**
 * Writes states and reads them back. Every writing has a number, its generation, which the checkpoint names among what
 * was seen (no gateway has the empty name): what is of a later generation belongs to a writing that a crash cut off,
 * and covers more than the checkpoint does.
 */
export class StateLedger {
  /** Rules to be written. */
  readonly changedRules = new Set<string>();
  readonly #evaluator: Evaluator;
  readonly #derivations: Derivations;
  /** Clear by now, but not yet beyond what late readings can reach. */
  readonly #lingering = new Set<Instance>();
  readonly #dropped = new Set<Instance>();
  /** States of rules that are not known (yet). */
  readonly #restored = new Map<string, Restored[]>();
  /** Those of them that cover more than was applied, as they were read. */
  readonly #ahead = new WeakMap<Instance, Restored>();
  /** What rules were in the writings that were restored; what has taken effect again is left out. */
  readonly #records = new Map<string, readonly RuleRecord[]>();
  /** As the log has them, newest first. */
  readonly #written = new Map<string, readonly RuleRecord[]>();
  #generation = 0;
  /** The writing of the checkpoint. */
  #whole = 0;

  constructor(evaluator: Evaluator, derivations: Derivations) {
    this.#evaluator = evaluator;
    this.#derivations = derivations;
  }

  /** The instance is no more; what the log holds of it goes with the next writing. */
  drop(instance: Instance): void {
    this.#evaluator.timers.disarm(instance);
    this.#evaluator.changedInstances.delete(instance);
    this.#lingering.delete(instance);
    this.#evaluator.index.remove(instance);
    if (instance.stored) this.#dropped.add(instance);
  }

  *take(full: boolean): Generator<readonly StateBytes[], CheckpointState> {
    const { changedInstances, changedSeries, clock, identities } = this.#evaluator;
    this.#generation++;
    let states: StateBytes[] = [];
    let looked = 0;
    for (const state of this.#takeAll(full)) {
      if (state !== undefined) states.push(state);
      looked += 1;
      if (looked % statesASlice !== 0) continue;
      yield states;
      states = [];
    }
    if (states.length > 0) yield states;
    this.changedRules.clear();
    changedInstances.clear();
    changedSeries.clear();
    this.#dropped.clear();
    const seen = [...identities.checkpoint(), { gateway: "", epoch: 0, n: this.#generation }];
    return { ...clock.checkpoint(), seen };
  }

  /** undefined: there was nothing to write of what was looked at. */
  *#takeAll(full: boolean): Generator<StateBytes | undefined> {
    const { changedInstances, changedSeries, index } = this.#evaluator;
    yield this.#takeDerivedCount();
    yield* this.#takeRules(full ? [...index.rules.keys(), ...this.changedRules] : this.changedRules);
    const instances = full ? this.#allInstances() : changedInstances;
    const series = full ? this.#allSeries() : changedSeries;
    if (index.isChained) yield* this.#takeByLevel(instances, series, full);
    else {
      for (const instance of instances) yield this.#takeInstance(instance);
      if (!full) for (const instance of this.#pastHorizon()) yield this.#takeInstance(instance);
      for (const instance of this.#dropped) yield this.#takeDropped(instance);
      for (const each of series) yield this.#takeSeries(each);
    }
    if (full) yield* this.#takeUnknown();
  }

  /**
   * Rules after those that take what they derive: a rule whose state covers a record does not derive of it again, so
   * whoever takes that has to cover it as well, whatever a crash cuts off.
   */
  *#takeByLevel(
    instances: Iterable<Instance>,
    series: Iterable<Series>,
    full: boolean,
  ): Generator<StateBytes | undefined> {
    const { index } = this.#evaluator;
    const levels = new Map<number, { instances: Instance[]; dropped: Instance[]; series: Series[] }>();
    const at = (level: number) => {
      const found = levels.get(level) ?? { instances: [], dropped: [], series: [] };
      levels.set(level, found);
      return found;
    };
    for (const instance of instances) yield void at(index.levelOf(instance.rule)).instances.push(instance);
    if (!full) {
      for (const instance of this.#pastHorizon()) yield void at(index.levelOf(instance.rule)).instances.push(instance);
    }
    for (const instance of this.#dropped) {
      const { rule } = instance;
      // What it has derived, others may have had to take from it.
      at(rule.derives.length > 0 ? -1 : index.levelOf(rule)).dropped.push(instance);
    }
    for (const each of series) yield void at(index.levelOfMetric(each.metric)).series.push(each);
    for (const level of [...levels.keys()].toSorted((a, b) => b - a)) {
      for (const instance of at(level).instances) yield this.#takeInstance(instance);
      for (const instance of at(level).dropped) yield this.#takeDropped(instance);
      for (const each of at(level).series) yield this.#takeSeries(each);
    }
  }

  *#allInstances(): Generator<Instance> {
    for (const series of this.#allSeries()) {
      for (const instance of series.instances.values()) if (instance.inputs[0] === series) yield instance;
    }
  }

  *#allSeries(): Generator<Series> {
    for (const { series } of this.#evaluator.index.metrics.values()) yield* series.values();
  }

  /** Of those that linger only newer readings bring one beyond the reach of late ones; the others stay as written. */
  *#pastHorizon(): Generator<Instance> {
    const { changedInstances, changedSeries, next } = this.#evaluator;
    for (const series of changedSeries) {
      for (const instance of series.instances.values()) {
        if (!this.#lingering.has(instance) || changedInstances.has(instance)) continue;
        if (instance.isBlank(next)) yield instance;
      }
    }
  }

  *restore({ offset, states, checkpoint }: EngineSnapshot): Generator<void> {
    const evaluator = this.#evaluator;
    evaluator.next = offset;
    if (checkpoint !== undefined) {
      evaluator.clock.restore(checkpoint);
      evaluator.gateways.restore();
      evaluator.identities.restore(checkpoint.seen.filter(({ gateway }) => gateway !== ""));
      this.#whole = checkpoint.seen.find(({ gateway }) => gateway === "")?.n ?? 0;
      this.#seen(this.#whole);
    }
    let read = 0;
    for (const bytes of states) {
      codec.checkVersion(bytes.version);
      this.#read(bytes);
      read += 1;
      if (read % statesASlice === 0) yield;
    }
    for (const [rule, records] of this.#records) {
      const inPlace = records.findIndex(({ generation }) => generation <= this.#whole);
      if (inPlace >= 0) this.#records.set(rule, records.slice(0, inPlace + 1));
    }
    for (const rule of evaluator.index.rules.values()) {
      yield* this.attach(rule);
      this.done(rule.change);
    }
  }

  /** Gives a rule its restored states. True: it was in place when the last whole writing was done. */
  *attach(rule: Rule): Generator<void, boolean> {
    const { index, next } = this.#evaluator;
    const left: Restored[] = [];
    let looked = 0;
    for (const restored of this.#restored.get(rule.id) ?? []) {
      looked += 1;
      if (looked % statesASlice === 0) yield;
      const { covers, fields } = restored;
      const isOwn = fields?.likeness === rule.likeness;
      if (fields !== undefined && !isOwn) left.push(restored);
      // A state that is gone, or another revision's, still says that what it covers has been judged.
      if (!isOwn && covers <= next) continue;
      this.#placeRestored(rule, restored, isOwn);
    }
    if (left.length === 0) this.#restored.delete(rule.id);
    else this.#restored.set(rule.id, left);
    const records = this.#records.get(rule.id) ?? [];
    const own = records.find((record) => isOf(record, rule.change));
    if (own !== undefined) index.groundings.set(rule.id, own.grounding);
    return own !== undefined && own.generation <= this.#whole;
  }

  /**
   * Another revision takes effect than that whose state this is. If it covers more than was applied, its own comes
   * later (one that is as it was before has a state like it), and the state is kept for that.
   */
  setAside(instance: Instance): void {
    const restored = this.#ahead.get(instance);
    if (restored === undefined || restored.covers <= this.#evaluator.next) return;
    const waiting = this.#restored.get(instance.rule.id);
    if (waiting === undefined) this.#restored.set(instance.rule.id, [restored]);
    else waiting.push(restored);
    // The log keeps it until then.
    instance.stored = false;
  }

  #placeRestored(rule: Rule, restored: Restored, isOwn: boolean): void {
    const { index, changedInstances, standIns, now, next } = this.#evaluator;
    const { device, covers, fields } = restored;
    const instance = new Instance(rule, device, index.inputsOf(rule, device), rule.initial(undefined, now), "");
    const isStandIn = fields === undefined || !isOwn;
    if (isStandIn) instance.generation = this.#whole + 1;
    else {
      const { likeness: _, ...own } = fields;
      Object.assign(instance, own, { stored: true });
      if (covers > next) this.#ahead.set(instance, restored);
    }
    instance.covers = covers;
    const present = index.instance(rule, device);
    if (present !== undefined) {
      this.#evaluator.timers.disarm(present);
      changedInstances.delete(present);
      standIns.delete(present);
    }
    index.place(instance);
    this.#evaluator.arm(instance);
    if (isStandIn) standIns.add(instance);
    else changedInstances.add(instance);
  }

  /** Whether a restored state of that generation is one with this change of the rule in it. */
  includes(generation: number, change: RuleChange): boolean {
    const records = this.#records.get(change.rule) ?? [];
    const latest = Math.max(this.#whole, generation);
    return records.some((record) => isOf(record, change) && record.generation <= latest);
  }

  /** The change has taken effect: from now on nothing restored says so. */
  done(change: RuleChange): void {
    const records = this.#records.get(change.rule);
    const record = records?.findLast((each) => isOf(each, change));
    if (records === undefined || record === undefined) return;
    this.#records.set(
      change.rule,
      records.filter((each) => each !== record),
    );
    // It is written already.
    this.changedRules.delete(change.rule);
  }

  #read({ rule, device, covers, state }: StateBytes): void {
    const { index, next } = this.#evaluator;
    if (rule === seriesPrefix && device === "") {
      if (state.length > 0) this.#derivations.restore(covers, codec.decodeCount(state));
    } else if (rule.startsWith(seriesPrefix)) {
      if (state.length === 0 && covers <= next) return;
      const series = index.newSeries(index.metric(rule.slice(seriesPrefix.length)), device);
      if (state.length === 0) {
        // Gone by then, but not yet.
        Object.assign(series, { covers, generation: this.#whole + 1 });
        return;
      }
      const { readings, pruned, generation, lag, incarnation } = codec.decodeSeries(state, series.metric);
      series.readings.load(readings, pruned);
      series.lag.state = lag;
      Object.assign(series, { covers, generation, incarnation, stored: true });
      this.#seen(generation);
    } else if (device === "") {
      if (state.length === 0) return;
      const records = codec.decodeRule(state);
      this.#records.set(rule, records);
      this.#written.set(rule, records);
      for (const { generation } of records) this.#seen(generation);
    } else {
      const fields = state.length === 0 ? undefined : codec.decodeInstance(state);
      if (fields !== undefined) this.#seen(fields.generation);
      const known = this.#restored.get(rule) ?? [];
      known.push({ device, covers, fields });
      this.#restored.set(rule, known);
    }
  }

  #seen(generation: number): void {
    this.#generation = Math.max(this.#generation, generation);
  }

  #state(rule: string, device: string, covers: number, state: Uint8Array): StateBytes {
    return { rule, device, covers, version: codec.stateVersion, state };
  }

  /** So that what control events derive after a restart comes after what they derived before it. */
  #takeDerivedCount(): StateBytes | undefined {
    const { next } = this.#evaluator;
    const count = this.#derivations.countBefore(next);
    return count === 0 ? undefined : this.#state(seriesPrefix, "", next, codec.encodeCount(count));
  }

  *#takeRules(ids: Iterable<string>): Generator<StateBytes> {
    const { index, next } = this.#evaluator;
    for (const id of new Set(ids)) {
      let records = this.#written.get(id) ?? [];
      if (this.changedRules.has(id) || records.length === 0) {
        const change = index.rules.get(id)?.change;
        const grounding = index.groundings.get(id) ?? "";
        const state = { revision: change?.revision ?? 0, mode: change?.mode ?? noMode };
        const record = { generation: this.#generation, ...state, grounding };
        // A crash may leave this writing cut off: then what was before counts.
        records = [record, ...records.slice(0, 1)];
        this.#written.set(id, records);
      }
      yield this.#state(id, "", next, codec.encodeRule(records));
    }
  }

  #takeInstance(instance: Instance): StateBytes | undefined {
    const { next, timers, index, standIns } = this.#evaluator;
    const { rule, device } = instance;
    const covers = Math.max(next, instance.covers);
    if (standIns.has(instance)) return this.#state(rule.id, device, covers, gone);
    if (instance.isBlank(next)) {
      timers.disarm(instance);
      index.remove(instance);
      this.#lingering.delete(instance);
      return instance.stored ? this.#state(rule.id, device, covers, gone) : undefined;
    }
    if (rule.isIdle(instance.state)) this.#lingering.add(instance);
    else this.#lingering.delete(instance);
    instance.generation = this.#generation;
    instance.stored = true;
    return this.#state(rule.id, device, covers, codec.encodeInstance(instance));
  }

  #takeDropped({ rule, device }: Instance): StateBytes | undefined {
    const { index, next } = this.#evaluator;
    const now = index.rules.get(rule.id);
    const present = now && index.instance(now, device);
    if (present === undefined) return this.#state(rule.id, device, next, gone);
    // Its own state takes the place of what the log holds.
    present.stored = true;
    return undefined;
  }

  #takeSeries(series: Series): StateBytes | undefined {
    const { index, next } = this.#evaluator;
    const { device, metric, readings } = series;
    const covers = Math.max(next, series.covers);
    if (readings.size > 0) {
      series.generation = this.#generation;
      series.stored = true;
      return this.#state(seriesPrefix + metric, device, covers, codec.encodeSeries(series));
    }
    const state = series.stored ? this.#state(seriesPrefix + metric, device, covers, gone) : undefined;
    series.stored = false;
    if (series.covers <= next && series.instances.size === 0) index.forget(index.metric(metric), device);
    return state;
  }

  /** What a rule that does not come back leaves is for whoever brings it back. */
  *#takeUnknown(): Generator<StateBytes> {
    for (const [rule, list] of this.#restored) {
      for (const { device, covers, fields } of list) {
        if (fields !== undefined) yield this.#state(rule, device, covers, codec.encodeInstance(fields));
      }
    }
  }
}

function isOf(record: RuleRecord, change: RuleChange): boolean {
  return record.revision === change.revision && record.mode === change.mode;
}
