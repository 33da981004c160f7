import type { Device } from "@headwater/aggregates";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import type { OpenAlert, RuleChange } from "../../src/engine/engine.ts";
import { clockAfter, reach } from "../reference/clock.ts";
import { ReferenceRule, type HistoryEntry, type ReferenceEpisode } from "../reference/reference.ts";
import { devices } from "../engine/histories.ts";

/** A rule on a device, from when it began there. */
interface Tenure {
  readonly reference: ReferenceRule;
  readonly incarnation: number;
  open: ReferenceEpisode | undefined;
  /**
   * When, by itself, the episode begins that goes on with an alert of a former revision and keeps that one's beginning.
   * Also while it has ended: late data may show that it has not.
   */
  carried: number | undefined;
}

/**
 * What has to be open where rules and devices come and go: each rule on each device is a reference of its
 * own, which begins anew where the rule does. It shares no code with the engine.
 */
export class JoinedReference {
  readonly #history: HistoryEntry[] = [];
  readonly #rules = new Map<string, RuleChange>();
  readonly #devices = new Map<string, Device>();
  readonly #incarnations = new Map<string, number>();
  readonly #tenures = new Map<string, Tenure>();

  record(entry: HistoryEntry): void {
    this.#history.push(entry);
    const reachOf = reachAfter(this.#history);
    for (const tenure of this.#tenures.values()) step(tenure, this.#history, reachOf);
  }

  device(id: string, device: Device | undefined, incarnation: number): void {
    const before = new Map([...this.#rules.values()].map((rule) => [rule, this.#selects(rule.definition, id)]));
    const isAnother = incarnation !== this.#incarnation(id);
    this.#incarnations.set(id, incarnation);
    if (device === undefined) this.#devices.delete(id);
    else this.#devices.set(id, device);
    for (const [rule, was] of before) {
      const is = this.#selects(rule.definition, id);
      if (!is) this.#tenures.delete(key(rule.rule, id));
      else if (isAnother || !was) {
        const { reference } = this.#begin(rule, id);
        // What it sent before its registration was in effect is judged by no rule that had begun, but may be retained.
        const own = this.#history.filter(({ record }) => record.device === id);
        if (own.some(({ record }) => record.incarnation === incarnation && isAnother)) reference.isUncertain = true;
      }
    }
  }

  /** Disabled, deleted, in shadow or out of it, or other in what does not judge. */
  rule(change: RuleChange): void {
    if (change.mode === "disabled" || change.mode === "deleted") {
      this.#rules.delete(change.rule);
      for (const device of devices) this.#tenures.delete(key(change.rule, device));
      return;
    }
    this.#rules.set(change.rule, change);
    for (const device of devices) {
      const tenure = this.#tenures.get(key(change.rule, device));
      if (tenure === undefined) continue;
      tenure.reference.become(change.definition);
      step(tenure, this.#history, reachAfter(this.#history), false);
    }
  }

  /** Warmed with all that was ever logged. */
  warmed(change: RuleChange): void {
    const before = this.#rules.get(change.rule);
    this.#rules.set(change.rule, change);
    for (const device of devices) {
      const name = key(change.rule, device);
      const old = before && this.#tenures.get(name);
      this.#tenures.delete(name);
      if (!this.#selects(change.definition, device)) continue;
      if (old !== undefined && before !== undefined && judgesAlike(before.definition, change.definition)) {
        // The same condition goes on as it is.
        this.#tenures.set(name, old);
        old.reference.become(change.definition);
        step(old, this.#history, reachAfter(this.#history), false);
        continue;
      }
      const tenure = this.#begin(change, device);
      const incarnation = this.#incarnation(device);
      const own = this.#history.filter(({ record }) => record.device === device);
      if (own.some(({ record }) => record.incarnation > incarnation)) continue;
      for (let count = 1; count <= this.#history.length; count++) {
        const past = this.#history.slice(0, count);
        step(tenure, past, reachAfter(past));
      }
      const goesIntoShadow = before?.mode === "live" && change.mode === "shadow";
      if (old?.reference.isMuted === true) {
        if (tenure.open !== undefined) tenure.reference.mute();
        step(tenure, this.#history, reachAfter(this.#history), false);
      } else if (!goesIntoShadow && old?.open !== undefined && tenure.open !== undefined)
        tenure.carried = tenure.open.raisedAt;
    }
  }

  /** A person has cleared an alert. */
  hand(rule: string, device: string, isOpen: boolean): void {
    const tenure = this.#tenures.get(key(rule, device));
    if (tenure === undefined) return;
    // It has ended by itself meanwhile: which late readings still count is another question.
    if (!isOpen) {
      tenure.reference.isUncertain = true;
      return;
    }
    tenure.reference.mute();
    step(tenure, this.#history, reachAfter(this.#history), false);
  }

  /** Where it first differs from what is open; undefined: it does not. */
  differs(open: readonly OpenAlert[]): string | undefined {
    for (const [id, change] of this.#rules) {
      for (const device of devices) {
        const tenure = this.#tenures.get(key(id, device));
        if (tenure?.reference.isUncertain === true) continue;
        const expected = tenure?.open;
        const found = open.find((each) => each.rule === id && each.device === device);
        const shadow = change.mode === "shadow";
        const isSame =
          expected?.severity === found?.severity &&
          (expected === undefined || tenure?.carried !== undefined || expected.raisedAt === found?.raisedAt) &&
          (found === undefined || found.shadow === shadow);
        if (!isSame) return `${id} on ${device}: open ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`;
      }
    }
    const ghost = open.find(({ rule }) => !this.#rules.has(rule));
    return ghost && `open ${JSON.stringify(ghost)} of a rule that is not in effect`;
  }

  #begin(change: RuleChange, device: string): Tenure {
    const reference = new ReferenceRule(change.definition, device);
    const incarnation = this.#incarnation(device);
    const tenure: Tenure = { reference, incarnation, open: undefined, carried: undefined };
    this.#tenures.set(key(change.rule, device), tenure);
    return tenure;
  }

  #incarnation(device: string): number {
    return this.#incarnations.get(device) ?? 0;
  }

  #selects({ selector }: RuleDefinition, device: string): boolean {
    const { ids, types, attributes = {} } = selector ?? {};
    const known = this.#devices.get(device);
    const isSuch = Object.entries(attributes).every(([name, value]) => known?.attributes[name] === value);
    return isSuch && (ids?.includes(device) ?? true) && (types?.includes(known?.type ?? "") ?? true);
  }
}

function step(
  tenure: Tenure,
  history: readonly HistoryEntry[],
  reachOf: (gateway: string) => number,
  isNew = true,
): void {
  const { reference, incarnation, carried } = tenure;
  const last = history.at(-1);
  const isOther = isNew && last?.record.incarnation !== incarnation;
  const episodes = isOther || !isNew ? reference.passed(history, reachOf) : reference.after(history, reachOf);
  const newest = episodes.at(-1);
  const open = newest?.clearedAt === undefined ? newest : undefined;
  const isSame = tenure.open !== undefined || open?.raisedAt === carried;
  if (open !== undefined && carried !== undefined) tenure.carried = isSame ? open.raisedAt : undefined;
  tenure.open = open;
}

function reachAfter(history: readonly HistoryEntry[]): (gateway: string) => number {
  const clock = clockAfter(history);
  return (gateway) => reach(clock, gateway);
}

function judgesAlike(a: RuleDefinition, b: RuleDefinition): boolean {
  return judged(a) === judged(b);
}

function judged({ condition, schedule, flapping }: RuleDefinition): string {
  return JSON.stringify([condition, schedule, flapping]);
}

function key(rule: string, device: string): string {
  return `${rule}/${device}`;
}
