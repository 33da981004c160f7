import type { Device } from "@headwater/aggregates";
import type { Anchor } from "../readings/reading.ts";
import { Instance } from "./instance.ts";
import type { Rule } from "./rule.ts";
import { RuleList, Series } from "./series.ts";

/** A metric that rules take, and the devices that have it. */
export interface Metric {
  readonly name: string;
  /** In order of their ids, so that effects come in one order however the rules came. */
  rules: readonly Rule[];
  /** The longest of its rules. */
  lateness: number;
  readonly series: Map<string, Series>;
}

/** Finds the rules of a reading by its metric and its device; what no rule matches costs two look-ups. */
export class RuleIndex {
  readonly rules = new Map<string, Rule>();
  readonly metrics = new Map<string, Metric>();
  readonly devices: Map<string, Device>;
  /** Which device of its id is in effect, of those that are not the first. */
  readonly incarnations = new Map<string, number>();
  /** What each rule is grounded on, where a device has no word of its own. */
  readonly groundings = new Map<string, string>();
  /** Equal lists of rules are one list. */
  readonly #lists = new Map<string, RuleList>();
  readonly #numbers = new Map<Rule, number>();
  #numbered = 0;

  constructor(devices = new Map<string, Device>()) {
    this.devices = devices;
  }

  /** Puts a rule in the place of the one with its id. */
  set(rule: Rule): void {
    this.delete(rule.id);
    this.rules.set(rule.id, rule);
    this.#numbers.set(rule, this.#numbered++);
    for (const name of rule.program.inputs) {
      const metric = this.metric(name);
      metric.rules = inOrder([...metric.rules, rule]);
      metric.lateness = latenessOf(metric.rules);
    }
  }

  delete(id: string): void {
    const rule = this.rules.get(id);
    if (rule === undefined) return;
    this.rules.delete(id);
    this.#numbers.delete(rule);
    // Lists that it was part of are of no more use.
    this.#lists.clear();
    for (const name of rule.program.inputs) {
      const metric = this.metric(name);
      metric.rules = metric.rules.filter((other) => other !== rule);
      metric.lateness = latenessOf(metric.rules);
    }
  }

  metric(name: string): Metric {
    let metric = this.metrics.get(name);
    if (metric === undefined) {
      metric = { name, rules: [], lateness: 0, series: new Map() };
      this.metrics.set(name, metric);
    }
    return metric;
  }

  incarnationOf(device: string): number {
    return this.incarnations.size === 0 ? 0 : (this.incarnations.get(device) ?? 0);
  }

  /** Of a device that nothing was kept of yet, with the rules that match it. */
  newSeries(metric: Metric, device: string): Series {
    const series = new Series(device, metric.name);
    metric.series.set(device, series);
    series.setRules(this.matching(metric, device));
    return series;
  }

  /** The series of a rule's inputs on a device, made where there are none. */
  inputsOf(rule: Rule, device: string): readonly Series[] {
    return rule.program.inputs.map((name) => {
      const metric = this.metric(name);
      return metric.series.get(device) ?? this.newSeries(metric, device);
    });
  }

  instance(rule: Rule, device: string): Instance | undefined {
    return this.metrics.get(rule.program.inputs[0]!)?.series.get(device)?.instances.get(rule.id);
  }

  /** A rule begins on a device, or there comes to be more to know than that it is idle. */
  newInstance(rule: Rule, device: string, since: Anchor | undefined): Instance {
    const state = rule.initial(this.devices.get(device), since);
    return this.place(
      new Instance(rule, device, this.inputsOf(rule, device), state, this.groundings.get(rule.id) ?? ""),
    );
  }

  /** Puts an instance where readings find it. */
  place(instance: Instance): Instance {
    for (const series of instance.inputs) {
      series.instances.set(instance.rule.id, instance);
      series.refresh(instance.rule.id);
    }
    return instance;
  }

  remove(instance: Instance): void {
    const { rule, inputs } = instance;
    for (const series of inputs) {
      // Another revision may have one there by now.
      if (series.instances.get(rule.id) !== instance) continue;
      series.instances.delete(rule.id);
      series.refresh(rule.id);
    }
  }

  matching(metric: Metric, device: string): RuleList {
    const known = this.devices.get(device);
    return this.#shared(metric.rules.filter((rule) => rule.selects(device, known)));
  }

  #shared(rules: readonly Rule[]): RuleList {
    const key = rules.map((rule) => this.#numbers.get(rule) ?? -1).join();
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const list = new RuleList(rules);
    this.#lists.set(key, list);
    return list;
  }

  /** Every device that has a series of one of the rule's inputs, in order. */
  devicesOf(rule: Rule): readonly string[] {
    const devices = new Set<string>();
    for (const name of rule.program.inputs) for (const device of this.metric(name).series.keys()) devices.add(device);
    if (rule.program.watchesSilence) for (const device of this.devices.keys()) devices.add(device);
    return [...devices].toSorted();
  }
}

function inOrder(rules: readonly Rule[]): readonly Rule[] {
  return rules.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function latenessOf(rules: readonly Rule[]): number {
  return rules.reduce((longest, { lateness }) => Math.max(longest, lateness), 0);
}
