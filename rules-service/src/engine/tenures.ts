import { LeastLag } from "../readings/least-lag.ts";
import type { Anchor } from "../readings/reading.ts";
import type { Evaluator } from "./evaluator.ts";
import type { Instance } from "./instance.ts";
import type { Rule } from "./rule.ts";
import type { Series } from "./series.ts";
import type { StateLedger } from "./state-ledger.ts";

/** The tenures of rules on devices: how one begins and ends at the next offset, whatever makes it do so. */
export class Tenures {
  readonly #evaluator: Evaluator;
  readonly #ledger: StateLedger;

  constructor(evaluator: Evaluator, ledger: StateLedger) {
    this.#evaluator = evaluator;
    this.#ledger = ledger;
  }

  /** The instance of a rule, or of its former revision, whose inputs may be others. A stand-in is none. */
  of(rule: Rule, device: string): Instance | undefined {
    const { index, asleep } = this.#evaluator;
    const instance = index.instance(rule, device);
    return instance !== undefined && asleep.standIns.has(instance) ? undefined : instance;
  }

  /** From the next offset on: readings that others have retained are none of the rule's. */
  begin(rule: Rule, device: string): void {
    const { index, next, now } = this.#evaluator;
    const known = index.devices.get(device);
    const watches = rule.program.watchesSilence && known !== undefined && now.time > 0 && rule.selects(device, known);
    const retained = rule.program.inputs.some(
      (name) => (index.metrics.get(name)?.series.get(device)?.readings.size ?? 0) > 0,
    );
    if (!(retained || watches) || index.coveredOf(rule, device).covers > next) return;
    if (this.of(rule, device) !== undefined) return;
    const since = known === undefined || now.time === 0 ? undefined : now;
    const instance = this.start(rule, device, since);
    instance.from = next;
    if (since === undefined) this.#evaluator.changed(instance);
    else this.#evaluator.begun(instance);
  }

  /** There is more to know of the rule on the device than that it is idle. */
  start(rule: Rule, device: string, since: Anchor | undefined): Instance {
    const { index } = this.#evaluator;
    const standIn = index.instance(rule, device);
    const instance = index.newInstance(rule, device, since);
    // What had taken effect by the writing that it stood in for has done so here.
    if (standIn !== undefined) instance.generation = standIn.generation;
    return instance;
  }

  /** The rule ends on the device. */
  end(rule: Rule, device: string, cause: string): void {
    const { index, clock, next, alerts } = this.#evaluator;
    const { covers } = index.coveredOf(rule, device);
    const instance = this.of(rule, device);
    if (instance !== undefined && covers <= next) {
      instance.close(cause, clock.now, alerts);
      this.#ledger.drop(instance);
    }
    this.letGo(rule, device);
  }

  /** The rule has ended on the device: readings that no other judges there are let go. */
  letGo(rule: Rule, device: string): void {
    const { index } = this.#evaluator;
    for (const name of rule.program.inputs) {
      const metric = index.metric(name);
      const series = metric.series.get(device);
      if (series === undefined || series.readings.size === 0 || index.isJudged(metric, device)) continue;
      if (rule.selects(device, index.devices.get(device))) this.clear(series);
    }
  }

  /** Readings that no rule will look for. */
  clear(series: Series): void {
    const { changedSeries, index, next } = this.#evaluator;
    if (series.covers > next) return;
    series.readings.clear();
    series.lag.clear();
    series.lag.state = new LeastLag().state;
    series.incarnation = index.incarnationOf(series.device);
    changedSeries.add(series);
  }
}
