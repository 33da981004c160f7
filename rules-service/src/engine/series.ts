import { noInterval, type Interval } from "../conditions/program.ts";
import { ReadingBuffer } from "../readings/reading-buffer.ts";
import type { InputSeries, Instance } from "./instance.ts";
import type { Rule } from "./rule.ts";

/** Rules that series share, with their places in the list. */
export class RuleList {
  readonly rules: readonly Rule[];
  readonly #slots: ReadonlyMap<string, number>;

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.#slots = new Map(rules.map(({ id }, slot) => [id, slot]));
  }

  slotOf(rule: string): number | undefined {
    return this.#slots.get(rule);
  }
}

const noRules = new RuleList([]);
const noNumbers = new Float64Array(0);

/**
 * One metric of one device: its retained readings, and for each rule that takes it the numbers that would change
 * nothing there.
 */
export class Series implements InputSeries {
  readonly device: string;
  readonly metric: string;
  readonly readings = new ReadingBuffer();
  /** The rules that take it. */
  list = noRules;
  /** By rule: a number from `low` up to `high` changes nothing… */
  low = noNumbers;
  high = noNumbers;
  /** …in a reading whose judged time is before this. */
  until = noNumbers;
  /** What there is to know of the rules; one that is absent is idle. */
  readonly instances = new Map<string, Instance>();
  /** Inputs before this offset are in it, and in the state of every rule that was written with it. */
  covers = 0;
  /** Of the writing that `covers` comes from. */
  generation = 0;
  /** The log holds a state of it. */
  stored = false;

  constructor(device: string, metric: string) {
    this.device = device;
    this.metric = metric;
  }

  get rules(): readonly Rule[] {
    return this.list.rules;
  }

  setRules(list: RuleList): void {
    const { rules } = list;
    this.list = list;
    this.low = rules.length === 0 ? noNumbers : new Float64Array(rules.length);
    this.high = rules.length === 0 ? noNumbers : new Float64Array(rules.length);
    this.until = rules.length === 0 ? noNumbers : new Float64Array(rules.length);
    for (const slot of rules.keys()) this.refreshSlot(slot);
  }

  /** Brings what the fast path looks at in line with the instance. */
  refresh(rule: string): void {
    const slot = this.list.slotOf(rule);
    if (slot !== undefined) this.refreshSlot(slot);
  }

  /** Whatever comes next concerns the rule, until it is refreshed. */
  block(rule: string): void {
    const slot = this.list.slotOf(rule);
    if (slot !== undefined) this.low[slot] = Infinity;
  }

  refreshSlot(slot: number): void {
    const rule = this.rules[slot]!;
    const instance = this.instances.get(rule.id);
    const { low, high } = instance === undefined ? this.idleInterval(rule) : instance.quiet(this.metric);
    this.low[slot] = low;
    this.high[slot] = high;
    this.until[slot] = instance === undefined ? Infinity : instance.until;
  }

  idleInterval(rule: Rule): Interval {
    return rule.idle === undefined ? noInterval : rule.program.quiet(rule.idle.program, this.metric);
  }

  /** Inputs before this offset are in the rule's state here. */
  coversOf(rule: string): number {
    return Math.max(this.covers, this.instances.get(rule)?.covers ?? 0);
  }

  generationOf(rule: string): number {
    return Math.max(this.generation, this.instances.get(rule)?.generation ?? 0);
  }
}
