import type { OperatorAction, RuleChange } from "./engine.ts";
import type { Evaluator } from "./evaluator.ts";
import { isOpen } from "./episode.ts";
import { Instance } from "./instance.ts";
import type { RestoredStates } from "./restored-states.ts";
import { readopt, revise } from "./revision.ts";
import { Rule } from "./rule.ts";
import type { Series } from "./series.ts";
import type { StateLedger } from "./state-ledger.ts";
import type { Tenures } from "./tenures.ts";
import type { WarmUpRun } from "./warm-up.ts";

/** Devices whose rules change before the caller may do something else. */
const devicesAStep = 200;
/** Rules that are compiled before the caller may do something else. */
const rulesAStep = 20;

/**
 * Rules and operator actions take effect here. Each is done at the next offset, and not again where a restored state
 * has it already.
 */
export class Joins {
  readonly #evaluator: Evaluator;
  readonly #ledger: StateLedger;
  readonly #restored: RestoredStates;
  readonly #tenures: Tenures;

  constructor(evaluator: Evaluator, ledger: StateLedger, restored: RestoredStates, tenures: Tenures) {
    this.#evaluator = evaluator;
    this.#ledger = ledger;
    this.#restored = restored;
    this.#tenures = tenures;
  }

  /** Yields between slices of the work, which have to follow each other without any other call. */
  *rule(change: RuleChange): Generator<void> {
    const { index } = this.#evaluator;
    const before = index.rules.get(change.rule);
    if (change.mode === "deleted") this.#evaluator.alerts.muting.forgetRule(change.rule);
    if (change.mode === "disabled" || change.mode === "deleted") {
      if (before === undefined) return;
      this.#evaluator.changedRules.add(change.rule);
      const devices = index.devicesOf(before);
      index.delete(before.id);
      index.groundings.delete(before.id);
      yield* this.#each(devices, (device) => this.#tenures.end(before, device, `rule-${change.mode}`));
      return;
    }
    if (before !== undefined && before.revision === change.revision && before.change.mode === change.mode) return;
    this.#evaluator.changedRules.add(change.rule);
    const rule = this.#place(change, before);
    const attached = yield* this.#restored.attach(rule);
    // A restart: what was restored has the rule already, unless some of it is of another revision.
    const isInPlace = attached && before === undefined && this.#evaluator.asleep.isEmpty;
    yield* this.#each(isInPlace ? [] : this.#devices(rule, before), (device) => {
      if (attached) this.#goOn(rule, device, before);
      else this.#enter(rule, device, before);
    });
    this.#restored.done(change);
  }

  *adopt({ rules, series, from, takeInstance, incarnationOf }: WarmUpRun): Generator<void> {
    const { index, next } = this.#evaluator;
    const isInEffect = (device: string): boolean => incarnationOf(device) === index.incarnationOf(device);
    const placed: { readonly change: RuleChange; readonly rule: Rule; readonly before: Rule | undefined }[] = [];
    for (const change of rules) {
      this.#evaluator.changedRules.add(change.rule);
      const before = index.rules.get(change.rule);
      const rule = this.#place(change, before);
      yield* this.#restored.attach(rule);
      placed.push({ change, rule, before });
      if (placed.length % rulesAStep === 0) yield;
    }
    const known = new Map<string, Set<string>>();
    const warmed = new Set(placed.map(({ rule }) => rule));
    yield* this.#each(series, (warm) => {
      if (warm.readings.size === 0 || !isInEffect(warm.device)) return;
      const devices = known.get(warm.metric);
      if (devices === undefined) known.set(warm.metric, new Set([warm.device]));
      else devices.add(warm.device);
      const metric = index.metric(warm.metric);
      if (!index.isJudged(metric, warm.device)) return;
      const own = metric.series.get(warm.device) ?? index.newSeries(metric, warm.device);
      index.bringUpToDate(metric, own);
      this.#merge(own, warm, warmed);
    });
    for (const { change, rule, before } of placed) {
      yield* this.#each(this.#devices(rule, before), (device) => {
        const found = takeInstance(rule.id, device);
        const warm = isInEffect(device) ? found : undefined;
        const fits = rule.selects(device, index.devices.get(device));
        const old = before === undefined ? undefined : this.#tenures.of(before, device);
        const isWarm = rule.program.inputs.some((metric) => known.get(metric)?.has(device) === true);
        // The same condition goes on as it is.
        const isSame = old !== undefined && before!.judgesLike === rule.judgesLike;
        if (!fits || !isWarm || isSame) {
          this.#enter(rule, device, before);
          return;
        }
        if (this.#isDone(rule, device)) {
          this.#goOn(rule, device, before);
          return;
        }
        if (old !== undefined) this.#ledger.drop(old);
        const begin = from ?? next;
        if (warm === undefined && old === undefined && !this.#hasReadingsBefore(rule, device, begin)) return;
        const instance = warm === undefined ? index.newInstance(rule, device, undefined) : index.takeOver(warm, rule);
        const former = old === undefined || before === undefined ? undefined : { instance: old, rule: before };
        readopt(instance, begin, former, this.#evaluator);
        if (rule.program.readsDevice)
          instance.withDevice(index.devices.get(device), this.#evaluator.now, next, this.#evaluator.alerts);
        this.#evaluator.changed(instance);
      });
      this.#restored.done(change);
    }
  }

  /** A snooze is no matter of this; see MuteJoins. */
  hand(action: OperatorAction): void {
    const { kind, rule: id, device, alertId } = action;
    const { index, next, alerts } = this.#evaluator;
    const instance = index.instanceOfAlert(id, device, alertId);
    if (instance === undefined || this.#coversOf(instance) > next) return;
    const episode = instance.episodes.find((each) => each.alertId === alertId && each.told > 0);
    if (episode === undefined) return;
    if (isOpen(episode)) {
      alerts.hear(instance, episode, action);
      // Who has acknowledged an alert makes no difference to whether it is one.
      if (kind === "cleared") {
        instance.mute(next);
        // Late data may find another where this one began.
        instance.grounding = action.writeId === "" ? alertId : action.writeId;
      }
    } else if (kind === "cleared") {
      // It has ended by itself meanwhile, and no late reading may bring it back.
      instance.ground(instance.state, next);
    }
    this.#evaluator.changed(instance);
  }

  /** Whether there are retained readings which warming has not seen. */
  #hasReadingsBefore(rule: Rule, device: string, offset: number): boolean {
    return this.#evaluator.index.inputsOf(rule, device).some(({ readings }) => {
      for (let i = 0; i < readings.size; i++) if (readings.offsetAt(i) < offset) return true;
      return false;
    });
  }

  /** The readings that warming retained go to where late ones will look for them. */
  #merge(series: Series, warm: Series, warmed: ReadonlySet<Rule>): void {
    const { index, next, changedSeries } = this.#evaluator;
    if (series.covers > next) return;
    const from = series.readings.merge(warm.readings);
    series.lag.merge(warm.lag);
    changedSeries.add(series);
    if (from === 0) return;
    // What the series never had came before its other rules began on the device.
    for (const rule of series.rules) {
      if (warmed.has(rule) || index.coveredOf(rule, series.device).covers > next) continue;
      const instance = this.#tenures.of(rule, series.device) ?? this.#tenures.start(rule, series.device, undefined);
      if (instance.from >= from) continue;
      instance.from = from;
      this.#evaluator.changed(instance);
    }
  }

  #place(change: RuleChange, before: Rule | undefined): Rule {
    const { index } = this.#evaluator;
    const rule = new Rule(change);
    if (before === undefined || before.judgesLike !== rule.judgesLike) {
      index.groundings.set(rule.id, rule.grounding);
    }
    index.set(rule);
    return rule;
  }

  #coversOf(instance: Instance): number {
    return Math.max(...instance.inputs.map((series) => series.coversOf(instance.rule.id)));
  }

  /** Whether the restored state of the device is one with the rule in place. */
  #isDone(rule: Rule, device: string): boolean {
    const { covers, generation } = this.#evaluator.index.coveredOf(rule, device);
    return covers > this.#evaluator.next || this.#restored.includes(generation, rule.change);
  }

  #enter(rule: Rule, device: string, before: Rule | undefined): void {
    const { index } = this.#evaluator;
    const isSelected = rule.selects(device, index.devices.get(device));
    if (this.#isDone(rule, device)) {
      this.#goOn(rule, device, before);
      // The writing that has it done may have been cut off before what it took the readings away from.
      if (before !== undefined && !isSelected) this.#tenures.letGo(before, device);
      return;
    }
    if (!isSelected) {
      if (before !== undefined) this.#tenures.end(before, device, "rule-revised");
      return;
    }
    const old = before === undefined ? undefined : this.#tenures.of(before, device);
    if (old !== undefined && before !== undefined) {
      const went = revise(old, rule, before, this.#evaluator);
      if (went !== undefined) {
        if (went !== old) {
          this.#ledger.drop(old);
          index.place(went);
        }
        this.#evaluator.changed(went);
        return;
      }
      this.#ledger.drop(old);
    }
    if (before?.revision === rule.revision) return;
    // The same condition goes on as it is, also where it is clear and there is nothing to know of it.
    const known = index.devices.get(device);
    if (before?.judgesLike !== rule.judgesLike || !before.selects(device, known)) this.#tenures.begin(rule, device);
  }

  /** The state there is one with the rule in place. */
  #goOn(rule: Rule, device: string, before: Rule | undefined): void {
    const { index, timers } = this.#evaluator;
    const instance = index.instance(rule, device);
    const old = before === undefined ? undefined : index.instance(before, device);
    if (old !== undefined && old !== instance) {
      this.#restored.setAside(old);
      timers.disarm(old);
      index.remove(old);
    }
    if (instance !== undefined && instance.rule.likeness !== rule.likeness) this.#standIn(rule, instance);
    else if (instance !== undefined) {
      instance.rule = rule;
      for (const series of instance.inputs) series.refresh(rule.id);
    }
  }

  /** What an instance of another revision covers is covered under this one, whose state there is none of. */
  #standIn(rule: Rule, instance: Instance): void {
    const { index, timers, now, next, changedInstances, asleep } = this.#evaluator;
    this.#restored.setAside(instance);
    const { device, covers, generation, stored, grounding } = instance;
    // What the rule does not take here needs no word on what is covered.
    if (!rule.selects(device, index.devices.get(device))) {
      this.#ledger.drop(instance);
      return;
    }
    timers.disarm(instance);
    changedInstances.delete(instance);
    asleep.standIns.delete(instance);
    index.remove(instance);
    const state = rule.initial(index.devices.get(device), now);
    const own = new Instance(rule, device, index.inputsOf(rule, device), state, grounding);
    Object.assign(own, { covers, generation, stored });
    index.place(own);
    this.#evaluator.arm(own);
    if (covers > next) asleep.standIns.add(own);
    else changedInstances.add(own);
  }

  /** Every device that a rule, or what it was before, may have to do with, in order. */
  #devices(rule: Rule, before: Rule | undefined): readonly string[] {
    const { index } = this.#evaluator;
    const devices = index.devicesOf(rule);
    if (before === undefined) return devices;
    const former = index.devicesOf(before);
    return former === devices ? devices : [...new Set([...devices, ...former])].toSorted();
  }

  *#each<T>(items: readonly T[], work: (item: T) => void): Generator<void> {
    let done = 0;
    for (const item of items) {
      work(item);
      done += 1;
      if (done % devicesAStep === 0) yield;
    }
  }
}
