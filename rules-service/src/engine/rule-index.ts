import type { Device } from "@headwater/aggregates";
import { anyMetric } from "../conditions/program.ts";
import { standInOf } from "../readings/gateway-stand-in.ts";
import type { Anchor } from "../readings/reading.ts";
import { Chains } from "./chains.ts";
import { Instance } from "./instance.ts";
import type { Rule } from "./rule.ts";
import { insertInOrder, SelectorIndex } from "./selector-index.ts";
import { RuleList, Series } from "./series.ts";

/** A metric that rules take, and the devices that have it. */
export interface Metric {
  readonly name: string;
  /** In order of their ids, so that effects come in one order however the rules came. */
  rules: Rule[];
  /** The longest of its rules. */
  lateness: number;
  /** Another whenever its rules are others: lists of series that were set before are out of date. */
  version: number;
  readonly selectors: SelectorIndex;
  readonly series: Map<string, Series>;
  /** Of all its series, in order; undefined: not known since there are others. */
  devices: readonly string[] | undefined;
}

/** Finds the rules of a reading by its metric and its device; what no rule matches costs two look-ups. */
export class RuleIndex {
  readonly rules = new Map<string, Rule>();
  readonly metrics = new Map<string, Metric>();
  /** That of the rules which take every metric; undefined: there were none. */
  every: Metric | undefined;
  /** Those that have something to do with a device of which nothing was heard. */
  readonly watchful = new SelectorIndex();
  /** Those that are told of gateways, in order of their ids. */
  readonly gatewayRules: Rule[] = [];
  readonly devices: Map<string, Device>;
  /** Which device of its id is in effect, of those that are not the first. */
  readonly incarnations = new Map<string, number>();
  /** What each rule is grounded on, where a device has no word of its own. */
  readonly groundings = new Map<string, string>();
  /** Equal lists of rules are one list; by a hash of theirs. */
  readonly #lists = new Map<number, RuleList[]>();
  readonly #numbers = new Map<Rule, number>();
  readonly #chains = new Chains();
  #numbered = 0;

  constructor(devices = new Map<string, Device>()) {
    this.devices = devices;
  }

  /** Puts a rule in the place of the one with its id. */
  set(rule: Rule): void {
    this.delete(rule.id);
    this.rules.set(rule.id, rule);
    this.#numbers.set(rule, this.#numbered++);
    this.#chains.add(rule);
    if (isWatchful(rule)) this.watchful.add(rule);
    if (rule.watchesGateways) insertInOrder(this.gatewayRules, rule);
    for (const name of rule.program.inputs) {
      const metric = this.metric(name);
      insertInOrder(metric.rules, rule);
      metric.selectors.add(rule);
      metric.lateness = Math.max(metric.lateness, rule.lateness);
      metric.version++;
    }
  }

  delete(id: string): void {
    const rule = this.rules.get(id);
    if (rule === undefined) return;
    this.rules.delete(id);
    this.#numbers.delete(rule);
    this.#chains.delete(rule);
    if (isWatchful(rule)) this.watchful.delete(rule);
    if (rule.watchesGateways) this.gatewayRules.splice(this.gatewayRules.indexOf(rule), 1);
    // Lists that it was part of are of no more use.
    this.#lists.clear();
    for (const name of rule.program.inputs) {
      const metric = this.metric(name);
      metric.rules = metric.rules.filter((other) => other !== rule);
      metric.selectors.delete(rule);
      metric.lateness = latenessOf(metric.rules);
      metric.version++;
    }
  }

  /** Whether some rule derives what another may take. */
  get isChained(): boolean {
    return !this.#chains.isEmpty;
  }

  /** A rule has a higher level than those whose derived readings it takes. */
  levelOf(rule: Rule): number {
    return this.#chains.levelOfRule(rule);
  }

  /** Of the rules that derive a metric, one more than the highest. */
  levelOfMetric(name: string): number {
    return this.#chains.levelOf(name);
  }

  /** What a new instance of the rule is grounded on. */
  groundingOf({ id }: Rule): string {
    return this.groundings.get(id) ?? "";
  }

  metric(name: string): Metric {
    let metric = this.metrics.get(name);
    if (metric === undefined) {
      const selectors = new SelectorIndex();
      metric = { name, rules: [], lateness: 0, version: 0, selectors, series: new Map(), devices: undefined };
      this.metrics.set(name, metric);
      if (name === anyMetric) this.every = metric;
    }
    return metric;
  }

  incarnationOf(device: string): number {
    return this.incarnations.size === 0 ? 0 : (this.incarnations.get(device) ?? 0);
  }

  /** Another with each change of the device, which may have begun or ended rules there; empty: nobody registered it. */
  registrationOf(id: string): string {
    const incarnation = this.incarnationOf(id);
    const device = this.devices.get(id);
    return incarnation === 0 && device === undefined ? "" : `/${incarnation}.${device?.revision ?? 0}`;
  }

  /** Of a device that nothing was kept of yet. */
  newSeries(metric: Metric, device: string): Series {
    const series = new Series(device, metric.name, this.incarnationOf(device));
    metric.series.set(device, series);
    metric.devices = undefined;
    return series;
  }

  forget(metric: Metric, device: string): void {
    if (metric.series.delete(device)) metric.devices = undefined;
  }

  /**
   * Call before the rules of a series are used. They are looked up only then, however often the rules of the metric
   * have become others since.
   */
  bringUpToDate(metric: Metric, series: Series): void {
    if (series.version === metric.version) return;
    series.setRules(this.matching(metric, series.device), metric);
  }

  /** Whether any rule takes the metric of a device. */
  isJudged(metric: Metric, device: string): boolean {
    return metric.selectors.some(device, this.devices.get(device));
  }

  /** The series of a rule's inputs on a device, made where there are none. */
  inputsOf(rule: Rule, device: string): readonly Series[] {
    const { inputs } = rule.program;
    const seriesOf = (name: string): Series => {
      const metric = this.metric(name);
      return metric.series.get(device) ?? this.newSeries(metric, device);
    };
    return inputs.length === 1 ? seriesOf(inputs[0]!).alone : inputs.map(seriesOf);
  }

  instance(rule: Rule, device: string): Instance | undefined {
    return this.metrics.get(rule.program.inputs[0]!)?.series.get(device)?.instances.get(rule.id);
  }

  /** Whose open episode an alert is; an alert of a gateway names the gateway as what it is of. */
  instanceOfAlert(id: string, device: string, alertId: string): Instance | undefined {
    const rule = this.rules.get(id);
    if (rule === undefined) return undefined;
    const instance = this.instance(rule, device);
    if (instance?.open?.alertId === alertId || !rule.watchesGateways) return instance;
    const standIn = this.instance(rule, standInOf(device).id);
    return standIn?.open?.alertId === alertId ? standIn : instance;
  }

  *instances(): Generator<Instance> {
    for (const { series } of this.metrics.values()) {
      for (const each of series.values()) {
        for (const instance of each.instances.values()) if (instance.inputs[0] === each) yield instance;
      }
    }
  }

  /** Inputs of the device before this offset are in the rule's state there, even if there is nothing to know of it. */
  coveredOf({ id, program }: Rule, device: string): { readonly covers: number; readonly generation: number } {
    let covers = 0;
    let generation = 0;
    for (const name of program.inputs) {
      const series = this.metrics.get(name)?.series.get(device);
      if (series === undefined) continue;
      covers = Math.max(covers, series.coversOf(id));
      generation = Math.max(generation, series.generationOf(id));
    }
    return { covers, generation };
  }

  /** A rule begins on a device, or there comes to be more to know than that it is idle. */
  newInstance(rule: Rule, device: string, since: Anchor | undefined): Instance {
    const state = rule.initial(this.devices.get(device), since);
    return this.place(new Instance(rule, device, this.inputsOf(rule, device), state, this.groundingOf(rule)));
  }

  /** An instance that was warmed elsewhere, as the rule's own here. */
  takeOver(instance: Instance, rule: Rule): Instance {
    const { device } = instance;
    instance.belongTo(rule, this.inputsOf(rule, device), this.groundingOf(rule));
    return this.place(instance);
  }

  /** Puts an instance where readings find it. */
  place(instance: Instance): Instance {
    for (const series of instance.inputs) {
      series.put(instance.rule.id, instance);
    }
    return instance;
  }

  remove(instance: Instance): void {
    const { rule, inputs } = instance;
    for (const series of inputs) {
      // Another revision may have one there by now.
      if (series.instances.get(rule.id) !== instance) continue;
      series.remove(rule.id);
    }
  }

  matching(metric: Metric, device: string): RuleList {
    return this.#shared(metric.selectors.of(device, this.devices.get(device)));
  }

  #shared(rules: readonly Rule[]): RuleList {
    let hash = rules.length;
    for (const rule of rules) hash = (Math.imul(hash, 31) + (this.#numbers.get(rule) ?? -1)) | 0;
    const alike = this.#lists.get(hash);
    const known = alike?.find((list) => isEqual(list.rules, rules));
    if (known !== undefined) return known;
    const list = new RuleList(rules);
    if (alike === undefined) this.#lists.set(hash, [list]);
    else alike.push(list);
    return list;
  }

  /** Every device that has a series of one of the rule's inputs, in order. */
  devicesOf(rule: Rule): readonly string[] {
    const { inputs, watchesSilence } = rule.program;
    if (inputs.length === 1 && !watchesSilence) return this.#devicesOf(this.metric(inputs[0]!));
    const devices = new Set<string>();
    for (const name of inputs) for (const device of this.metric(name).series.keys()) devices.add(device);
    if (watchesSilence) for (const device of this.devices.keys()) devices.add(device);
    return [...devices].toSorted();
  }

  #devicesOf(metric: Metric): readonly string[] {
    metric.devices ??= [...metric.series.keys()].toSorted();
    return metric.devices;
  }
}

function isWatchful({ program }: Rule): boolean {
  return program.watchesSilence || program.readsDevice;
}

function isEqual(some: readonly Rule[], others: readonly Rule[]): boolean {
  return some.length === others.length && some.every((rule, place) => rule === others[place]);
}

function latenessOf(rules: readonly Rule[]): number {
  return rules.reduce((longest, { lateness }) => Math.max(longest, lateness), 0);
}
