import { sampleOf, type Reading, type Sample } from "../readings/reading.ts";
import type { Instance } from "./instance.ts";
import type { IntakeWorld } from "./intake-world.ts";
import type { PresentSample } from "./present-sample.ts";
import type { QuietRanges } from "./quiet-ranges.ts";
import type { Rule } from "./rule.ts";
import type { Series } from "./series.ts";
import type { Touched } from "./touched.ts";

const noSamples: readonly Sample[] = [];
/** A list that grew longer with one sample is not kept for the next. */
const mostSpare = 256;

/**
 * Finds the instances that the present sample concerns, a reading at a time, and gives it to them. They may be very
 * many, so it goes on where it was when there is room again.
 */
export class Concerned {
  /** Those of the present sample: so many of the list, which is written over by the next one. */
  readonly #instances: Instance[] = [];
  #count = 0;
  /** So many of them were given it. */
  #given = 0;
  #sample: Sample | undefined;
  /** A list of just that. */
  #alone = noSamples;
  readonly #world: IntakeWorld;
  /** Of the reading under way; undefined: none is. */
  #series: Series | undefined;
  #reading: Reading | undefined;
  /** The next rule to look at, by its place in the list; -1: there is none. */
  #slot = -1;
  /** By which the rules are found that a number concerns; undefined: all are looked at. */
  #quiet: QuietRanges | undefined;
  /** Of one that came late: judged time of the newest, and whether it found its place. */
  #late: { readonly newest: number; readonly isInserted: boolean } | undefined;

  constructor(world: IntakeWorld) {
    this.#world = world;
  }

  /** The newest of its series. */
  begin(series: Series, reading: Reading): void {
    const { value, time } = reading;
    if (typeof value !== "number") {
      this.beginAll(series, reading);
      return;
    }
    const { quiet } = series;
    const slot = quiet.next(0, value, time);
    if (slot < 0) return;
    this.#series = series;
    this.#reading = reading;
    this.#slot = slot;
    this.#quiet = quiet;
    this.#late = undefined;
  }

  /** One that concerns every rule that takes its series, or came late. */
  beginAll(series: Series, reading: Reading, late?: { readonly newest: number; readonly isInserted: boolean }): void {
    if (series.rules.length === 0) return;
    this.#series = series;
    this.#reading = reading;
    this.#slot = 0;
    this.#quiet = undefined;
    this.#late = late;
  }

  /** Takes the reading under way to its rules. False: there was no room for all of them. */
  goOn(hasRoom: () => boolean): boolean {
    const series = this.#series;
    if (series === undefined) return true;
    const reading = this.#reading!;
    const quiet = this.#quiet;
    const late = this.#late;
    while (this.#slot >= 0) {
      if (!hasRoom()) return false;
      const slot = this.#slot;
      if (late === undefined) this.#touch(series, slot, reading);
      else this.#touchLate(series, slot, reading, late);
      if (quiet !== undefined) this.#slot = quiet.next(slot + 1, reading.value as number, reading.time);
      else this.#slot = slot + 1 < series.rules.length ? slot + 1 : -1;
    }
    this.#series = undefined;
    this.#reading = undefined;
    return true;
  }

  /**
   * Gives the sample to all that it concerns; `isOfSeveral`: of its record. False: there was no room for all of them.
   */
  give(sampled: PresentSample, isOfSeveral: boolean, touched: Touched, hasRoom: () => boolean): boolean {
    const instances = this.#instances;
    if (this.#count === 0) return true;
    if (this.#sample === undefined) {
      this.#sample = sampleOf(sampled.readings());
      this.#alone = [this.#sample];
    }
    const sample = this.#sample;
    for (; this.#given < this.#count; this.#given++) {
      if (!hasRoom()) return false;
      const instance = instances[this.#given]!;
      if (!touched.add(instance, sample, this.#alone)) continue;
      // Until it has taken this sample in, no other of the record can be told to change nothing.
      if (isOfSeveral || this.#world.index.isChained) {
        for (const series of instance.inputs) series.block(instance.rule.id);
      }
    }
    this.#forgetSample();
    return true;
  }

  /** After a failure nothing is left of the sample. */
  clear(): void {
    this.#series = undefined;
    this.#reading = undefined;
    this.#slot = -1;
    this.#forgetSample();
  }

  #forgetSample(): void {
    if (this.#count > mostSpare) this.#instances.length = 0;
    this.#count = 0;
    this.#given = 0;
    this.#sample = undefined;
    this.#alone = noSamples;
  }

  #touchLate(
    series: Series,
    slot: number,
    reading: Reading,
    { newest, isInserted }: { readonly newest: number; readonly isInserted: boolean },
  ): void {
    const rule = series.rules[slot]!;
    const { counts, next } = this.#world;
    const { value } = reading;
    if (!series.instances.has(rule.id)) {
      const { low, high } = series.idleInterval(rule);
      // Clear before, clear after: one more clear reading between changes nothing.
      if (typeof value === "number" && value >= low && value < high) {
        if (!isInserted || reading.time <= newest - rule.lateness) counts.tooLate++;
        return;
      }
    }
    if (isInserted) this.#touch(series, slot, reading);
    else if ((series.instances.get(rule.id)?.covers ?? 0) <= next) counts.tooLate++;
  }

  #touch(series: Series, slot: number, reading: Reading): void {
    const instance = series.instanceAt(slot) ?? this.#newInstance(series.rules[slot]!, series.device);
    if (instance === undefined || instance.covers > this.#world.next || reading.offset < instance.from) return;
    instance.takeAll();
    this.#instances[this.#count++] = instance;
  }

  /** undefined: a restored state of another of its inputs was written after all that there was to know of it here. */
  #newInstance(rule: Rule, device: string): Instance | undefined {
    const { index, next } = this.#world;
    if (rule.program.inputs.length > 1 && index.coveredOf(rule, device).covers > next) return undefined;
    return index.newInstance(rule, device, undefined);
  }
}
