import type { Device } from "@headwater/aggregates";
import type { Rule } from "./rule.ts";
import { Series } from "./series.ts";

/** A metric that rules judge, and the devices that have it. */
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
  /** Equal lists of rules are one list. */
  readonly #lists = new Map<string, readonly Rule[]>();
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
    const metric = this.metric(rule.metric);
    metric.rules = inOrder([...metric.rules, rule]);
    metric.lateness = latenessOf(metric.rules);
  }

  delete(id: string): void {
    const rule = this.rules.get(id);
    if (rule === undefined) return;
    this.rules.delete(id);
    this.#numbers.delete(rule);
    // Lists that it was part of are of no more use.
    this.#lists.clear();
    const metric = this.metric(rule.metric);
    metric.rules = metric.rules.filter((other) => other !== rule);
    metric.lateness = latenessOf(metric.rules);
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
    series.setRules(this.matching(metric, device));
    metric.series.set(device, series);
    return series;
  }

  matching(metric: Metric, device: string): readonly Rule[] {
    const known = this.devices.get(device);
    return this.#shared(metric.rules.filter((rule) => rule.selects(device, known)));
  }

  /** The list without a rule's id and, if given, with the rule. */
  changed(rules: readonly Rule[], id: string, rule: Rule | undefined): readonly Rule[] {
    const others = rules.filter((other) => other.id !== id);
    return this.#shared(rule === undefined ? others : inOrder([...others, rule]));
  }

  #shared(rules: readonly Rule[]): readonly Rule[] {
    const key = rules.map((rule) => this.#numbers.get(rule) ?? -1).join();
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    this.#lists.set(key, rules);
    return rules;
  }
}

function inOrder(rules: readonly Rule[]): readonly Rule[] {
  return rules.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function latenessOf(rules: readonly Rule[]): number {
  return rules.reduce((longest, { lateness }) => Math.max(longest, lateness), 0);
}
