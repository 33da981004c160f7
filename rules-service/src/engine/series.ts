import { noInterval, type Interval } from "../conditions/program.ts";
import { LeastLag } from "../readings/least-lag.ts";
import { ReadingBuffer } from "../readings/reading-buffer.ts";
import { foldDeferred } from "./deferred.ts";
import type { Instance } from "./instance.ts";
import type { InputSeries } from "./own-readings.ts";
import { QuietRanges } from "./quiet-ranges.ts";
import type { Rule } from "./rule.ts";

/**
 * How far back readings are retained, in latenesses of their rules: instances thin their footings by a quarter of one,
 * and need the readings between two of them.
 */
const retainedLatenesses = 1.25;

/** Rules that series share, with their places in the list. */
export class RuleList {
  readonly rules: readonly Rule[];
  readonly #slots: ReadonlyMap<string, number>;
  /** By metric: that of a device for which all of them are idle. */
  readonly #idle = new Map<string, QuietRanges>();

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.#slots = new Map(rules.map(({ id }, slot) => [id, slot]));
  }

  slotOf(rule: string): number | undefined {
    return this.#slots.get(rule);
  }

  /** Shared: whoever changes it makes a copy before. */
  idle(metric: string): QuietRanges {
    let quiet = this.#idle.get(metric);
    if (quiet === undefined) {
      quiet = QuietRanges.of(this.rules.map((rule) => idleInterval(rule, metric)));
      this.#idle.set(metric, quiet);
    }
    return quiet;
  }
}

function idleInterval(rule: Rule, metric: string): Interval {
  return rule.idle === undefined ? noInterval : rule.quiet(rule.idle, metric);
}

const noRules = new RuleList([]);

/**
 * One metric of one device: its retained readings, and for each rule that takes it the numbers that would change
 * nothing there.
 */
export class Series implements InputSeries<Instance> {
  // First what every reading looks at, so that it lies close together in memory.
  /** The rules that take it, as of a version of its metric. */
  version = -1;
  /** Whether there are any. */
  isTaken = false;
  /** Inputs before this offset are in it, and in the state of every rule that was written with it. */
  covers = 0;
  readonly retained = new ReadingBuffer();
  quiet: QuietRanges;
  /** Among what has changed. */
  place = -1;
  readonly lag = new LeastLag();
  list = noRules;
  /** The newest so many, each of which some rule has left for later. */
  deferred = 0;
  begun = 0;
  /** How far back late readings amend, by the rules of its metric at that version. */
  lateness = 0;
  /** It may retain what was left for later, and is not any more. */
  #isSwollen = false;
  readonly device: string;
  readonly metric: string;
  /** Of the device whose readings they are; undefined: a state of 0.1 does not say. */
  incarnation: number | undefined;
  /** `quiet` is that of the list. */
  #isShared = true;
  /** What there is to know of the rules; one that is absent is idle. */
  readonly instances = new Map<string, Instance>();
  /** The same by the rule's place in the list. */
  #bySlot: (Instance | undefined)[] = [];
  /** Of the writing that `covers` comes from. */
  generation = 0;
  /** The log holds a state of it. */
  stored = false;

  /** What the instances of all rules that take nothing else have as their inputs. */
  readonly alone: readonly [Series] = [this];

  constructor(device: string, metric: string, incarnation: number) {
    this.device = device;
    this.metric = metric;
    this.incarnation = incarnation;
    this.quiet = noRules.idle(metric);
  }

  get readings(): ReadingBuffer {
    if (this.deferred > 0) this.catchUp();
    return this.retained;
  }

  /** Lets its rules take in what they have left for later, but for the newest so many. */
  catchUp(beside = 0): void {
    if (this.deferred === 0) return;
    this.deferred = 0;
    this.#isSwollen = true;
    foldDeferred(this.retained, this.instances.values(), beside);
  }

  /** The same of all, whereupon they look ahead anew. */
  catchUpAhead(): void {
    const deferring = [...this.instances.values()].filter(({ deferred }) => deferred > 0);
    this.catchUp();
    for (const instance of deferring) instance.foresee();
  }

  /** Lets go of readings that nothing looks back to. */
  prune(): void {
    const { retained, begun, lateness } = this;
    // Who began last may have none but late ones yet.
    retained.prune(retained.newestTimeFrom(begun) - lateness * retainedLatenesses, this.deferred);
    this.#isSwollen = false;
  }

  /** The same where all of them were taken in since: what is written is what would be retained then. */
  settle(): void {
    this.catchUp();
    if (this.#isSwollen) this.prune();
  }

  get rules(): readonly Rule[] {
    return this.list.rules;
  }

  setRules(list: RuleList, { version, lateness }: { readonly version: number; readonly lateness: number }): void {
    this.version = version;
    this.lateness = lateness;
    if (list === this.list) return;
    this.list = list;
    this.isTaken = list.rules.length > 0;
    this.quiet = list.idle(this.metric);
    this.#isShared = true;
    this.#bySlot = [];
    for (const rule of this.instances.keys()) this.#place(rule);
  }

  put(rule: string, instance: Instance): void {
    this.catchUp();
    this.instances.set(rule, instance);
    this.#place(rule);
  }

  remove(rule: string): void {
    this.catchUp();
    this.instances.delete(rule);
    this.#place(rule);
  }

  /** Its instance is another's by now; nothing is evaluated here any more. */
  release(rule: string): void {
    this.catchUp();
    this.instances.delete(rule);
    const slot = this.list.slotOf(rule);
    if (slot !== undefined && slot < this.#bySlot.length) this.#bySlot[slot] = undefined;
  }

  #place(rule: string): void {
    const slot = this.list.slotOf(rule);
    if (slot === undefined) return;
    if (this.#bySlot.length === 0) this.#bySlot = Array.from({ length: this.rules.length }, () => undefined);
    this.#bySlot[slot] = this.instances.get(rule);
    this.refresh(rule);
  }

  instanceAt(slot: number): Instance | undefined {
    return slot < this.#bySlot.length ? this.#bySlot[slot] : undefined;
  }

  /** Brings what the fast path looks at in line with the instance. */
  refresh(rule: string): void {
    const slot = this.list.slotOf(rule);
    if (slot === undefined) return;
    const instance = this.instanceAt(slot);
    if (instance !== undefined) this.#refreshAt(slot, instance);
    else this.#setQuiet(slot, this.idleInterval(this.rules[slot]!), Infinity);
  }

  /** The same of an instance whose place in the list is known; others have none. */
  refreshAt(slot: number, instance: Instance): void {
    if (this.instanceAt(slot) === instance) this.#refreshAt(slot, instance);
    else this.refresh(instance.rule.id);
  }

  #refreshAt(slot: number, instance: Instance): void {
    if (instance.isFooted) this.#setQuiet(slot, instance.quiet(this.metric), instance.until);
    else this.#setQuiet(slot, noInterval, -Infinity);
  }

  #setQuiet(slot: number, numbers: Interval, limit: number): void {
    // Where every number counts there is nothing to wait for, and what all of the list begin with need not be copied.
    const isEmpty = !(numbers.low < numbers.high);
    const interval = isEmpty ? noInterval : numbers;
    const until = isEmpty ? Infinity : limit;
    if (!this.quiet.is(slot, interval, until)) this.#own().set(slot, interval, until);
  }

  /** Whatever comes next concerns the rule, until it is refreshed. */
  block(rule: string): void {
    const slot = this.list.slotOf(rule);
    if (slot !== undefined) this.#setQuiet(slot, noInterval, Infinity);
  }

  idleInterval(rule: Rule): Interval {
    return idleInterval(rule, this.metric);
  }

  #own(): QuietRanges {
    if (this.#isShared) {
      this.quiet = this.quiet.copy();
      this.#isShared = false;
    }
    return this.quiet;
  }

  /** Inputs before this offset are in the rule's state here. */
  coversOf(rule: string): number {
    return Math.max(this.covers, this.instances.get(rule)?.covers ?? 0);
  }

  generationOf(rule: string): number {
    return Math.max(this.generation, this.instances.get(rule)?.generation ?? 0);
  }
}
