import type { Device } from "@headwater/aggregates";
import type { Evaluator } from "./evaluator.ts";
import type { Rule } from "./rule.ts";
import type { Series } from "./series.ts";
import type { Tenures } from "./tenures.ts";

/** Devices take effect here: rules begin and end on them as they are registered, changed and deleted. */
export class DeviceJoins {
  readonly #evaluator: Evaluator;
  readonly #tenures: Tenures;

  constructor(evaluator: Evaluator, tenures: Tenures) {
    this.#evaluator = evaluator;
    this.#tenures = tenures;
  }

  device(id: string, device: Device | undefined, incarnation: number): void {
    const { index, alerts, next, now } = this.#evaluator;
    const isAnother = incarnation !== index.incarnationOf(id);
    const before = new Map<Series, readonly Rule[]>();
    for (const metric of index.metrics.values()) {
      const series = metric.series.get(id);
      if (series === undefined) continue;
      index.bringUpToDate(metric, series);
      before.set(series, series.rules);
    }
    if (isAnother || device === undefined) alerts.muting.forgetDevice(id);
    if (device === undefined) index.devices.delete(id);
    else index.devices.set(id, device);
    const cause = isAnother || device === undefined ? "device-deleted" : "selector";
    const left = new Set<Rule>();
    const begun = new Set<Rule>();
    for (const [series, had] of before) {
      const metric = index.metric(series.metric);
      series.setRules(index.matching(metric, id), metric);
      const has = series.rules;
      if (has === had && !isAnother) continue;
      for (const rule of had) if (isAnother || !has.includes(rule)) left.add(rule);
      for (const rule of has) if (isAnother || !had.includes(rule)) begun.add(rule);
    }
    for (const rule of inOrder(left)) this.#tenures.end(rule, id, cause);
    // Only now: commands at the end of an episode are for the device that it was about.
    if (isAnother) index.incarnations.set(id, incarnation);
    for (const [series, had] of before) {
      // What another device of the id has sent is nothing to this one; a restored state may be this one's already.
      const isOfAnother = series.incarnation === undefined ? isAnother : series.incarnation !== incarnation;
      if (isOfAnother || (had.length > 0 && series.rules.length === 0)) this.#tenures.clear(series);
    }
    for (const rule of inOrder(begun)) this.#tenures.begin(rule, id);
    for (const rule of index.watchful.of(id, device)) {
      const instance = this.#tenures.of(rule, id);
      if (instance === undefined) {
        if (rule.program.watchesSilence && device !== undefined) this.#tenures.begin(rule, id);
      } else if (rule.program.readsDevice && instance.covers <= next) {
        if (instance.withDevice(device, now, next, alerts)) this.#evaluator.changed(instance);
      }
    }
  }
}

function inOrder(rules: Iterable<Rule>): readonly Rule[] {
  return [...rules].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
