import { maintenanceName } from "@headwater/aggregates";
import { normaliseMaintenance, type MaintenanceDefinition } from "../definition/maintenance.ts";
import { selects } from "../definition/selector.ts";
import { Again } from "./again.ts";
import type { OperatorAction } from "./engine.ts";
import type { Evaluator } from "./evaluator.ts";
import type { Instance } from "./instance.ts";
import type { MuteEdge, MuteWindow, Muting } from "./muting.ts";
import type { RestoredStates } from "./restored-states.ts";
import { byRuleId } from "./selector-index.ts";

/** Instances that are looked at before the caller may do something else. */
const instancesALook = 2000;
/** Instances that are told of. */
const instancesAStep = 200;

/**
 * What holds actions back takes effect here, and ends: each episode that is open is told of it, and one that nothing
 * holds back any more acts once. An episode knows what it was told last, so nothing is told twice.
 */
export class MuteJoins {
  readonly #evaluator: Evaluator;
  readonly #restored: RestoredStates;
  /** Whose restored states are of the next offset, and have been told of some of what takes effect there. */
  readonly #unsure = new Set<Instance>();
  /** Those of which telling has failed. */
  readonly #again = new Again();

  constructor(evaluator: Evaluator, restored: RestoredStates) {
    this.#evaluator = evaluator;
    this.#restored = restored;
  }

  /** Whether something is left to be told before the next record. */
  get isUnsure(): boolean {
    return this.#unsure.size > 0 || !this.#again.isEmpty || this.#restored.untold.size > 0;
  }

  /**
   * All has taken effect before the next record: what of it a restored state has not been told is told now, and what
   * failed to be told is tried anew.
   */
  beSure(): void {
    const { index, clock, next } = this.#evaluator;
    const unsure = inOrder([...new Set([...this.#unsure, ...this.#restored.untold, ...this.#again.take()])]);
    this.#unsure.clear();
    this.#restored.untold.clear();
    for (const instance of unsure) {
      if (index.instance(instance.rule, instance.device) === instance) this.#tell(instance, clock.now, next);
    }
  }

  get #muting(): Muting {
    return this.#evaluator.alerts.muting;
  }

  snooze({ rule: id, device, alertId, until = 0 }: OperatorAction): void {
    const { index, clock } = this.#evaluator;
    const instance = index.instanceOfAlert(id, device, alertId);
    this.#muting.snooze(id, instance?.device ?? device, until, clock.now);
    if (instance !== undefined) this.#tell(instance, clock.now);
  }

  *maintenance(id: string, definition: MaintenanceDefinition | undefined): Generator<void> {
    const { clock, index } = this.#evaluator;
    let window: MuteWindow | undefined;
    if (definition !== undefined) {
      const { selector, selectsRule, ...times } = normaliseMaintenance(definition);
      window = {
        ...times,
        selects: (rule, device) => selectsRule(rule) && selects(selector, device, index.devices.get(device)),
      };
    }
    this.#muting.setWindow(maintenanceName(id), window, clock.now);
    const concerned = new Set<Instance>();
    yield* this.#collect(concerned, () => true);
    yield* this.#tellAll(concerned, clock.now);
  }

  /** A rule is another by now, and other windows may select it. */
  *rule(id: string): Generator<void> {
    const { index, clock } = this.#evaluator;
    const rule = this.#muting.hasWindows ? index.rules.get(id) : undefined;
    if (rule === undefined) return;
    for (const [looked, device] of index.devicesOf(rule).entries()) {
      if (looked % instancesAStep === instancesAStep - 1) yield;
      const instance = index.instance(rule, device);
      if (instance !== undefined) this.#tell(instance, clock.now);
    }
  }

  /** A device is another by now, and other windows may select it. */
  device(id: string): void {
    if (!this.#muting.hasWindows) return;
    const { index, clock } = this.#evaluator;
    const concerned: Instance[] = [];
    for (const { series } of index.metrics.values()) {
      const own = series.get(id);
      for (const instance of own?.instances.values() ?? []) if (instance.inputs[0] === own) concerned.push(instance);
    }
    for (const instance of inOrder(concerned)) this.#tell(instance, clock.now);
  }

  /** The log's clock has moved on, by the record of an offset. What is to be told of that, in slices. */
  pass(offset: number): Generator<void> | undefined {
    const edge = this.#muting.pass(this.#evaluator.clock.now);
    return edge && this.#passAll(edge, offset);
  }

  *#passAll(first: MuteEdge, offset: number): Generator<void> {
    const { now } = this.#evaluator.clock;
    for (let edge: MuteEdge | undefined = first; edge !== undefined; edge = this.#muting.pass(now)) {
      yield* this.#pass(edge, offset);
    }
  }

  *#pass({ at, snoozes, windows }: MuteEdge, offset: number): Generator<void> {
    const { index } = this.#evaluator;
    const concerned = new Set<Instance>();
    for (const { rule: id, device } of snoozes) {
      const rule = index.rules.get(id);
      const instance = rule && index.instance(rule, device);
      if (instance !== undefined) concerned.add(instance);
    }
    if (windows.length > 0) {
      yield* this.#collect(concerned, ({ rule, device }) => windows.some((window) => window.selects(rule, device)));
    }
    yield* this.#tellAll(concerned, at, offset);
  }

  /** Those with an open episode that are such. */
  *#collect(into: Set<Instance>, isSuch: (instance: Instance) => boolean): Generator<void> {
    let looked = 0;
    for (const instance of this.#open()) {
      looked += 1;
      if (looked % instancesALook === 0) yield;
      if (instance !== undefined && isSuch(instance)) into.add(instance);
    }
  }

  /** In the order of rules and devices: there may be too many to be put in order at once. */
  *#tellAll(instances: Iterable<Instance>, at: number, offset?: number): Generator<void> {
    const byRule = new Map<string, Instance[]>();
    for (const instance of instances) {
      const own = byRule.get(instance.rule.id);
      if (own === undefined) byRule.set(instance.rule.id, [instance]);
      else own.push(instance);
    }
    let told = 0;
    for (const id of [...byRule.keys()].toSorted()) {
      for (const instance of inOrder(byRule.get(id)!)) {
        this.#tell(instance, at, offset);
        told += 1;
        if (told % instancesAStep === 0) yield;
      }
    }
  }

  /** Those with an open episode; undefined stands for another that was looked at. */
  *#open(): Generator<Instance | undefined> {
    for (const { series: all } of this.#evaluator.index.metrics.values()) {
      for (const series of all.values()) {
        for (const instance of series.instances.values()) {
          yield instance.inputs[0] === series && instance.open !== undefined ? instance : undefined;
        }
      }
    }
  }

  /** `offset`: of the record that let it happen; undefined: what takes effect before the next one did. */
  #tell(instance: Instance, at: number, offset?: number): void {
    const { alerts, next } = this.#evaluator;
    const { open } = instance;
    // A restored state that covers more has it already.
    if (open === undefined || open.told === 0 || instance.covers > (offset ?? next)) return;
    if (offset === undefined && instance.covers === next && this.#restored.wasAhead(instance)) {
      this.#unsure.add(instance);
      return;
    }
    if (alerts.muting.isAsTold(instance.rule, instance.device, open.mutedBy)) return;
    const isOver = alerts.muting.by(instance.rule, instance.device).length === 0;
    const isDone = this.#evaluator.steps.does(instance, () => {
      const time = Math.max(at, open.raisedAt);
      alerts.tell(instance, open, { kind: isOver ? "unmuted" : "muted", at: time, cause: "" });
      const { begun } = instance.state.episode;
      if (isOver && begun !== null) alerts.act(instance, open, begun, time);
      this.#evaluator.changed(instance);
    });
    if (!isDone) this.#again.add(instance);
  }
}

function inOrder(instances: readonly Instance[]): readonly Instance[] {
  return instances.toSorted((a, b) => byRuleId(a.rule, b.rule) || (a.device < b.device ? -1 : 1));
}
