import { AlikeStates } from "./alike-states.ts";
import type { Derivations } from "./derivations.ts";
import type { EngineSnapshot, RuleChange, StateBytes } from "./engine.ts";
import type { Evaluator } from "./evaluator.ts";
import { Instance, type InstanceFields } from "./instance.ts";
import type { Rule } from "./rule.ts";
import * as codec from "./state-codec.ts";
import type { RuleRecord } from "./state-codec.ts";

/** States that are read or written before the caller may do something else. */
export const statesASlice = 200;

interface Restored {
  readonly device: string;
  readonly covers: number;
  /** undefined: it was clear. */
  readonly fields: InstanceFields | undefined;
}

/** Reads back the states that a ledger has written, and keeps each until the rule takes effect whose state it is. */
export class RestoredStates {
  /** What holds their actions back is not what was told last of it: telling that had failed. */
  readonly untold = new Set<Instance>();
  /** What rules are in the newest writings, as the log has them, newest first. */
  readonly written = new Map<string, readonly RuleRecord[]>();
  readonly #evaluator: Evaluator;
  readonly #derivations: Derivations;
  /** States of rules that are not known (yet). */
  readonly #waiting = new Map<string, Restored[]>();
  /** Those of them that cover more than was applied, as they were read. */
  readonly #ahead = new WeakMap<Instance, Restored>();
  /** What rules were in the writings that were restored; what has taken effect again is left out. */
  readonly #records = new Map<string, readonly RuleRecord[]>();
  readonly #alike = new AlikeStates();
  /** The writing of the checkpoint. */
  #whole = 0;
  #generation = 0;
  /** Of the state that was read last. */
  #device = "";

  constructor(evaluator: Evaluator, derivations: Derivations) {
    this.#evaluator = evaluator;
    this.#derivations = derivations;
  }

  /** The newest writing that anything restored is of. */
  get generation(): number {
    return this.#generation;
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
    for (const restored of this.#waiting.get(rule.id) ?? []) {
      looked += 1;
      if (looked % statesASlice === 0) yield;
      const { covers, fields } = restored;
      const isOwn = fields?.likeness === rule.likeness;
      if (fields !== undefined && !isOwn) left.push(restored);
      // A state that is gone, or another revision's, still says that what it covers has been judged.
      if (!isOwn && covers <= next) continue;
      this.#placeRestored(rule, restored, isOwn);
    }
    if (left.length === 0) this.#waiting.delete(rule.id);
    else this.#waiting.set(rule.id, left);
    const records = this.#records.get(rule.id) ?? [];
    const own = records.find((record) => isOf(record, rule.change));
    if (own !== undefined) index.groundings.set(rule.id, own.grounding);
    return own !== undefined && own.generation <= this.#whole;
  }

  /** Whether it was restored with more in it than was applied by then. */
  wasAhead(instance: Instance): boolean {
    return this.#ahead.has(instance);
  }

  /**
   * Another revision takes effect than that whose state this is. If it covers more than was applied, its own comes
   * later (one that is as it was before has a state like it), and the state is kept for that.
   */
  setAside(instance: Instance): void {
    const restored = this.#ahead.get(instance);
    if (restored === undefined || restored.covers <= this.#evaluator.next) return;
    const waiting = this.#waiting.get(instance.rule.id);
    if (waiting === undefined) this.#waiting.set(instance.rule.id, [restored]);
    else waiting.push(restored);
    // The log keeps it until then.
    instance.stored = false;
  }

  #placeRestored(rule: Rule, restored: Restored, isOwn: boolean): void {
    const { alerts, index, changedInstances, asleep, now, next } = this.#evaluator;
    const { device, covers, fields } = restored;
    const instance = new Instance(rule, device, index.inputsOf(rule, device), rule.initial(undefined, now), "");
    const isStandIn = fields === undefined || !isOwn;
    if (isStandIn) instance.generation = this.#whole + 1;
    else {
      instance.resume(fields);
      const { open } = instance;
      if (open !== undefined && !alerts.muting.isAsTold(rule, device, open.mutedBy)) this.untold.add(instance);
      if (covers > next) this.#ahead.set(instance, restored);
    }
    instance.covers = covers;
    const present = index.instance(rule, device);
    if (present !== undefined) {
      this.#evaluator.timers.disarm(present);
      changedInstances.delete(present);
      asleep.standIns.delete(present);
    }
    index.place(instance);
    this.#evaluator.arm(instance);
    if (isStandIn) asleep.standIns.add(instance);
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
    this.#evaluator.changedRules.delete(change.rule);
  }

  #read({ rule, device, covers, state }: StateBytes): void {
    const { index, next } = this.#evaluator;
    if (rule === codec.seriesPrefix && device === "") {
      if (state.length > 0) this.#derivations.restore(covers, codec.decodeCount(state));
    } else if (rule.startsWith(codec.seriesPrefix)) {
      if (state.length === 0 && covers <= next) return;
      const series = index.newSeries(index.metric(rule.slice(codec.seriesPrefix.length)), device);
      if (state.length === 0) {
        // Gone by then, but not yet.
        Object.assign(series, { covers, generation: this.#whole + 1 });
        return;
      }
      const { readings, pruned, prunedEarlier, ...rest } = codec.decodeSeries(state);
      const { generation, lag, incarnation } = rest;
      series.readings.load(readings, pruned, prunedEarlier);
      series.lag.state = lag;
      Object.assign(series, { covers, generation, incarnation, stored: true });
      this.#seen(generation);
    } else if (device === "") {
      if (state.length === 0) return;
      const records = codec.decodeRule(state);
      this.#records.set(rule, records);
      this.written.set(rule, records);
      for (const { generation } of records) this.#seen(generation);
    } else {
      const fields = state.length === 0 ? undefined : this.#alike.share(codec.decodeInstance(state));
      if (fields !== undefined) this.#seen(fields.generation);
      // The states of a device lie together in the log; what is kept names it by one text.
      if (device !== this.#device) this.#device = device;
      const known = this.#waiting.get(rule) ?? [];
      known.push({ device: this.#device, covers, fields });
      this.#waiting.set(rule, known);
    }
  }

  /** States of rules that did not come back. */
  *unknown(): Generator<Restored & { readonly rule: string; readonly fields: InstanceFields }> {
    for (const [rule, list] of this.#waiting) {
      for (const { device, covers, fields } of list) {
        if (fields !== undefined) yield { rule, device, covers, fields };
      }
    }
  }

  #seen(generation: number): void {
    this.#generation = Math.max(this.#generation, generation);
  }
}

function isOf(record: RuleRecord, change: RuleChange): boolean {
  return record.revision === change.revision && record.mode === change.mode;
}
