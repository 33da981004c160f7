import type { Device } from "@headwater/aggregates";
import type { OperatorAction, RuleChange } from "./engine.ts";
import type { Evaluator } from "./evaluator.ts";
import { readopt, revise } from "./revision.ts";
import { Rule } from "./rule.ts";
import type { Metric } from "./rule-index.ts";
import type { Series } from "./series.ts";
import type { StateLedger } from "./state-ledger.ts";
import type { WarmUpRun } from "./warm-up.ts";

/**
 * What is not telemetry takes effect here: rules, devices, people. Each is done at the next offset, and not again where
 * a restored state has it already.
 */
export class Joins {
  readonly #evaluator: Evaluator;
  readonly #ledger: StateLedger;

  constructor(evaluator: Evaluator, ledger: StateLedger) {
    this.#evaluator = evaluator;
    this.#ledger = ledger;
  }

  rule(change: RuleChange): void {
    const { index } = this.#evaluator;
    const before = index.rules.get(change.rule);
    if (change.mode === "disabled" || change.mode === "deleted") {
      if (before === undefined) return;
      this.#ledger.changedRules.add(change.rule);
      index.delete(before.id);
      for (const series of bySeries(index.metric(before.metric))) this.#leave(series, before, `rule-${change.mode}`);
      return;
    }
    if (before !== undefined && before.revision === change.revision && before.change.mode === change.mode) return;
    this.#ledger.changedRules.add(change.rule);
    const rule = this.#place(change, before);
    const attached = this.#ledger.attach(rule);
    for (const series of bySeries(index.metric(rule.metric))) {
      if (attached) this.#repoint(series, rule);
      else this.#enter(series, rule, before);
    }
    this.#ledger.done(change);
  }

  adopt({ rule: change, series: warmed, from, incarnationOf }: WarmUpRun): void {
    this.#ledger.changedRules.add(change.rule);
    const { index } = this.#evaluator;
    const before = index.rules.get(change.rule);
    const rule = this.#place(change, before);
    this.#ledger.attach(rule);
    const metric = index.metric(rule.metric);
    const ofDevicesInEffect = warmed.filter(({ device }) => incarnationOf(device) === index.incarnationOf(device));
    for (const warm of ofDevicesInEffect) {
      if (warm.readings.size > 0 && !metric.series.has(warm.device) && rule.selects(warm.device, this.#device(warm))) {
        index.newSeries(metric, warm.device);
      }
    }
    const warmBy = new Map(ofDevicesInEffect.map((warm) => [warm.device, warm]));
    for (const series of bySeries(metric)) {
      const warm = warmBy.get(series.device);
      const fits = rule.selects(series.device, this.#device(series));
      if (warm === undefined || warm.readings.size === 0 || !fits) {
        this.#enter(series, rule, before);
        continue;
      }
      this.#merge(series, warm);
      if (this.#isDone(series, rule)) {
        this.#repoint(series, rule);
        continue;
      }
      const old = series.cells.get(rule.id);
      if (old !== undefined) this.#ledger.drop(old);
      this.#repoint(series, rule);
      const cell = series.cellOf(series.rules.indexOf(rule));
      const former = old === undefined || before === undefined ? undefined : { cell: old, rule: before };
      readopt(cell, warm.cells.get(rule.id), from ?? this.#evaluator.next, former, this.#evaluator);
      this.#evaluator.changed(cell);
    }
    this.#ledger.done(change);
  }

  /** The readings that warming retained go to where late ones will look for them. */
  #merge(series: Series, warm: Series): void {
    const { next, changedSeries } = this.#evaluator;
    if (series.covers > next) return;
    for (const cell of series.cells.values()) {
      if (cell.covers <= next) cell.settle(undefined, { offset: next, index: 0 });
    }
    series.readings.merge(warm.readings);
    changedSeries.add(series);
  }

  device(id: string, device: Device | undefined, incarnation: number): void {
    const { index } = this.#evaluator;
    const isAnother = incarnation !== index.incarnationOf(id);
    if (isAnother) index.incarnations.set(id, incarnation);
    if (device === undefined) index.devices.delete(id);
    else index.devices.set(id, device);
    for (const name of [...index.metrics.keys()].toSorted()) {
      const metric = index.metric(name);
      const series = metric.series.get(id);
      if (series === undefined) continue;
      const rules = index.matching(metric, id);
      if (rules === series.rules && !isAnother) continue;
      let before = series.rules;
      if (isAnother) {
        for (const rule of before) this.#leave(series, rule, "device-deleted");
        before = [];
      }
      for (const rule of before) if (!rules.includes(rule)) this.#leave(series, rule, "selector");
      this.#judgeBy(series, rules);
      for (const rule of rules) if (!before.includes(rule)) this.#begin(series, rule);
    }
  }

  hand({ kind, rule: id, device, alertId }: OperatorAction): void {
    // Who has acknowledged an alert makes no difference to whether it is one.
    if (kind !== "cleared") return;
    const { index, next } = this.#evaluator;
    const rule = index.rules.get(id);
    const series = rule && index.metrics.get(rule.metric)?.series.get(device);
    const cell = series?.cells.get(id);
    if (cell === undefined || series!.coversOf(id) > next) return;
    const { open } = cell;
    if (open?.alertId !== alertId) return;
    cell.mute(next);
    this.#evaluator.changed(cell);
  }

  #device(series: Series): Device | undefined {
    return this.#evaluator.index.devices.get(series.device);
  }

  #place(change: RuleChange, before: Rule | undefined): Rule {
    const { index } = this.#evaluator;
    const rule = new Rule(change);
    index.set(rule);
    if (before !== undefined && before.metric !== rule.metric) {
      for (const series of bySeries(index.metric(before.metric))) this.#leave(series, before, "rule-revised");
    }
    return rule;
  }

  /** Whether the restored state of the series is one with the rule in place. */
  #isDone(series: Series, rule: Rule): boolean {
    return series.coversOf(rule.id) > this.#evaluator.next || this.#ledger.includes(series, rule.change);
  }

  #enter(series: Series, rule: Rule, before: Rule | undefined): void {
    if (this.#isDone(series, rule)) {
      this.#repoint(series, rule);
      return;
    }
    const fits = rule.selects(series.device, this.#device(series));
    const cell = series.cells.get(rule.id);
    if (!fits) {
      if (before !== undefined) this.#leave(series, before, "rule-revised");
      return;
    }
    this.#repoint(series, rule);
    if (cell !== undefined && before !== undefined) {
      if (revise(cell, before, this.#evaluator)) {
        this.#evaluator.changed(cell);
        return;
      }
    }
    // What is left of a life before its last is nothing to go on with either.
    if (cell !== undefined) this.#ledger.drop(cell);
    if (before === undefined || before.revision !== rule.revision) this.#begin(series, rule);
  }

  /** From the next offset on: readings that others have retained are none of the rule's. */
  #begin(series: Series, rule: Rule): void {
    const { next } = this.#evaluator;
    if (series.readings.size === 0 || series.coversOf(rule.id) > next || series.cells.has(rule.id)) return;
    const cell = series.cellOf(series.rules.indexOf(rule));
    cell.from = next;
    this.#evaluator.changed(cell);
  }

  #repoint(series: Series, rule: Rule): void {
    const { index } = this.#evaluator;
    const fits = rule.selects(series.device, this.#device(series));
    const cell = series.cells.get(rule.id);
    if (cell !== undefined) cell.rule = rule;
    this.#judgeBy(series, index.changed(series.rules, rule.id, fits ? rule : undefined));
    if (cell !== undefined) this.#evaluator.arm(cell);
  }

  #leave(series: Series, rule: Rule, cause: string): void {
    const { clock, index, teller, next } = this.#evaluator;
    const cell = series.cells.get(rule.id);
    const asleep = series.coversOf(rule.id) > next;
    if (cell !== undefined && !asleep) {
      cell.close(cause, clock.now, teller);
      this.#ledger.drop(cell);
    }
    this.#judgeBy(series, index.changed(series.rules, rule.id, undefined));
  }

  /** What no rule judges any more is not retained. */
  #judgeBy(series: Series, rules: readonly Rule[]): void {
    const { changedSeries, next } = this.#evaluator;
    const hadRules = series.rules.length > 0;
    series.setRules(rules);
    if (!hadRules || rules.length > 0 || series.covers > next) return;
    series.readings.clear();
    changedSeries.add(series);
  }
}

/** In one order however the devices came up, so that a restored engine tells things in the same order. */
function bySeries(metric: Metric): readonly Series[] {
  return [...metric.series.values()].toSorted((a, b) => (a.device < b.device ? -1 : 1));
}
