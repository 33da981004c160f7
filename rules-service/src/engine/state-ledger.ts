import type { Instance } from "./instance.ts";
import type { CheckpointState, StateBytes } from "./engine.ts";
import type { Derivations } from "./derivations.ts";
import type { Evaluator } from "./evaluator.ts";
import { statesASlice, type RestoredStates } from "./restored-states.ts";
import type { Series } from "./series.ts";
import * as codec from "./state-codec.ts";

const gone = new Uint8Array(0);
/** Of a rule that is not evaluated any more. */
const noMode = "";

/**
 * Writes states. Every writing has a number, its generation, which the checkpoint names among what was seen (no gateway
 * has the empty name): what is of a later generation belongs to a writing that a crash cut off, and covers more than
 * the checkpoint does.
 */
export class StateLedger {
  readonly #evaluator: Evaluator;
  readonly #derivations: Derivations;
  readonly #restored: RestoredStates;
  /** Clear by now, but not yet beyond what late readings can reach. */
  readonly #lingering = new Set<Instance>();
  readonly #dropped = new Set<Instance>();
  #generation = 0;

  constructor(evaluator: Evaluator, derivations: Derivations, restored: RestoredStates) {
    this.#evaluator = evaluator;
    this.#derivations = derivations;
    this.#restored = restored;
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
    const { changedInstances, changedSeries, changedRules, clock, identities } = this.#evaluator;
    this.#generation = Math.max(this.#generation, this.#restored.generation) + 1;
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
    changedRules.clear();
    changedInstances.clear();
    changedSeries.clear();
    this.#dropped.clear();
    const seen = [...identities.checkpoint(), { gateway: "", epoch: 0, n: this.#generation }];
    return { ...clock.checkpoint(), seen };
  }

  /** undefined: there was nothing to write of what was looked at. */
  *#takeAll(full: boolean): Generator<StateBytes | undefined> {
    const { changedInstances, changedSeries, changedRules, index } = this.#evaluator;
    yield this.#takeDerivedCount();
    yield* this.#takeRules(full ? [...index.rules.keys(), ...changedRules] : changedRules);
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
    const { changedInstances, changedSeries, index, next } = this.#evaluator;
    for (const series of changedSeries) {
      for (const instance of series.instances.values()) {
        if (!this.#lingering.has(instance) || changedInstances.has(instance)) continue;
        if (instance.isBlank(next, index.groundingOf(instance.rule))) yield instance;
      }
    }
  }

  #state(rule: string, device: string, covers: number, state: Uint8Array): StateBytes {
    return { rule, device, covers, version: codec.stateVersion, state };
  }

  /** So that what control events derive after a restart comes after what they derived before it. */
  #takeDerivedCount(): StateBytes | undefined {
    const { next } = this.#evaluator;
    const count = this.#derivations.countBefore(next);
    return count === 0 ? undefined : this.#state(codec.seriesPrefix, "", next, codec.encodeCount(count));
  }

  *#takeRules(ids: Iterable<string>): Generator<StateBytes> {
    const { changedRules, index, next } = this.#evaluator;
    const { written } = this.#restored;
    for (const id of new Set(ids)) {
      let records = written.get(id) ?? [];
      if (changedRules.has(id) || records.length === 0) {
        const change = index.rules.get(id)?.change;
        const grounding = index.groundings.get(id) ?? "";
        const state = { revision: change?.revision ?? 0, mode: change?.mode ?? noMode };
        const record = { generation: this.#generation, ...state, grounding };
        // A crash may leave this writing cut off: then what was before counts.
        records = [record, ...records.slice(0, 1)];
        written.set(id, records);
      }
      yield this.#state(id, "", next, codec.encodeRule(records));
    }
  }

  #takeInstance(instance: Instance): StateBytes | undefined {
    const { next, timers, index, asleep } = this.#evaluator;
    const { rule, device } = instance;
    const covers = Math.max(next, instance.covers);
    if (asleep.standIns.has(instance)) return this.#state(rule.id, device, covers, gone);
    if (instance.isBlank(next, index.groundingOf(rule))) {
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
    series.settle();
    const { device, metric, readings } = series;
    const covers = Math.max(next, series.covers);
    if (readings.size > 0) {
      series.generation = this.#generation;
      series.stored = true;
      return this.#state(codec.seriesPrefix + metric, device, covers, codec.encodeSeries(series));
    }
    const state = series.stored ? this.#state(codec.seriesPrefix + metric, device, covers, gone) : undefined;
    series.stored = false;
    if (series.covers <= next && series.instances.size === 0) index.forget(index.metric(metric), device);
    return state;
  }

  /** What a rule that does not come back leaves is for whoever brings it back. */
  *#takeUnknown(): Generator<StateBytes> {
    for (const { rule, device, covers, fields } of this.#restored.unknown()) {
      yield this.#state(rule, device, covers, codec.encodeInstance(fields));
    }
  }
}
