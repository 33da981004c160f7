import type { Reading as ReadingMessage, TelemetryRecord } from "@headwater/proto";
import { anyMetric } from "../conditions/program.ts";
import { isDerivedAlike, sampleOf, type Reading, type Value } from "../readings/reading.ts";
import type { Changes } from "./changes.ts";
import type { LogClock } from "./clock.ts";
import type { RecordPosition } from "./engine.ts";
import type { Instance } from "./instance.ts";
import { PresentSample } from "./present-sample.ts";
import { readingOf, valueOf } from "./record-reading.ts";
import { judgedSeries, RecordSeries } from "./record-series.ts";
import type { RuleIndex } from "./rule-index.ts";
import type { SeenIdentities } from "./seen-identities.ts";
import type { Rule } from "./rule.ts";
import type { Series } from "./series.ts";
import { Touched } from "./touched.ts";

/**
 * How far back readings are retained, in latenesses of their rules: instances thin their footings by a quarter of one,
 * and need the readings between two of them.
 */
const retainedLatenesses = 1.25;
/** A list that grew longer with one record is not kept for the next. */
const mostSpare = 256;

/** What the intake finds around it. */
export interface IntakeWorld {
  readonly index: RuleIndex;
  readonly clock: LogClock;
  readonly identities: SeenIdentities;
  readonly changedSeries: Changes<Series>;
  /** Derived readings that stand in the place of others, with these. */
  readonly corrected: Map<Reading, Reading>;
  /** The next offset, or the present one. */
  readonly next: number;
  readonly counts: { evaluations: number; tooLate: number; notNumeric: number };
}

/** Puts the readings of a record into their series, sample by sample, and finds the instances that they concern. */
export class SampleIntake {
  readonly #world: IntakeWorld;
  readonly #series: RecordSeries;
  /** Series to which the present record has added: so many of the list, which is written over by the next record. */
  readonly #grown: Series[] = [];
  #grownCount = 0;
  readonly #sampled = new PresentSample();
  /** Whether every reading since the present record began was the newest of its series. */
  isInOrder = true;
  /** Instances that the present sample concerns. */
  readonly #concerned: Instance[] = [];
  /** Instances that the present record concerns. */
  readonly #touched: Touched;

  constructor(world: IntakeWorld) {
    this.#world = world;
    this.#series = new RecordSeries(world.index);
    this.#touched = new Touched(world.index);
  }

  /** Puts the samples of a record into their series, in order. False: no rule is concerned. */
  take(record: TelemetryRecord, at: RecordPosition): boolean {
    if (!this.#sampled.isEmpty || this.#grownCount > 0 || !this.#touched.isEmpty) this.#abandon();
    if (!this.#series.find(record, at.offset)) return false;
    this.isInOrder = true;
    const { readings } = record;
    let newest = -Infinity;
    let isOneSample = true;
    for (const { timeDelta } of readings) {
      if (timeDelta !== readings[0]!.timeDelta) isOneSample = false;
      if (timeDelta > newest) newest = timeDelta;
    }
    // Never ahead of the log: all samples of the message are shifted together, so that their spacing stays.
    const shift = Math.max(0, record.eventTime + newest - at.appendTime);
    if (isOneSample) {
      this.#sample(record, at, 0, readings.length, undefined, shift);
      return true;
    }
    const order = Array.from(readings.keys()).sort((a, b) => readings[a]!.timeDelta - readings[b]!.timeDelta || a - b);
    for (let begin = 0; begin < order.length;) {
      const { timeDelta } = readings[order[begin]!]!;
      let end = begin + 1;
      while (end < order.length && readings[order[end]!]!.timeDelta === timeDelta) end++;
      this.#sample(record, at, begin, end, order, shift);
      begin = end;
    }
    return true;
  }

  /** A derived reading, which is a sample of its own. */
  takeDerived(device: string, reading: Reading, appendTime: number): void {
    const { index, next } = this.#world;
    const series = judgedSeries(index, index.metrics.get(reading.metric), device, next);
    if (series === undefined) return;
    this.#take(series, reading, appendTime);
    this.#endSample(false);
  }

  /** What a record has left whose evaluation failed. */
  #abandon(): void {
    this.#touched.clear();
    this.#concerned.length = 0;
    this.#sampled.clear();
    this.#grownCount = 0;
  }

  /** The next instance that the record concerns; its samples are for whoever calls. */
  next(): Instance | undefined {
    return this.#touched.take();
  }

  /**
   * Lets go of readings that nothing looks back to. Not before the instances have taken theirs in: a late sample is
   * told by what came before it.
   */
  prune(): void {
    for (let each = 0; each < this.#grownCount; each++) {
      const { readings, lateness, begun } = this.#grown[each]!;
      // Who began last may have none but late ones yet.
      readings.prune(readings.newestTimeFrom(begun) - lateness * retainedLatenesses);
    }
    this.#grownCount = 0;
    if (this.#grown.length > mostSpare) this.#grown.length = 0;
  }

  /** Readings of one time; `order` has their places in the record, undefined: as they stand. */
  #sample(
    record: TelemetryRecord,
    at: RecordPosition,
    begin: number,
    end: number,
    order: readonly number[] | undefined,
    shift: number,
  ): void {
    // First, so that the sample has the place of its first reading.
    const any = this.#series.every;
    if (any !== undefined) {
      const index = order === undefined ? begin : order[begin]!;
      const message = record.readings[index]!;
      const reading = {
        ...readingOf(record, message, index, 0, at, shift, this.#world.clock),
        metric: anyMetric,
        isBoolean: false,
      };
      this.#take(any, reading, at.appendTime);
    }
    for (let place = begin; place < end; place++) {
      const index = order === undefined ? place : order[place]!;
      const message = record.readings[index]!;
      const series = this.#series.at(index);
      if (series === undefined) continue;
      const value = valueOf(message);
      if (value === undefined) this.#world.counts.notNumeric++;
      else if (message.number === null || !this.#takeQuiet(series, record, message, index, value, at, shift)) {
        const reading = readingOf(record, message, index, value, at, shift, this.#world.clock);
        this.#take(series, reading, at.appendTime);
      }
    }
    this.#endSample(order !== undefined);
  }

  /** `isOneOfSeveral`: of the samples of its record. */
  #endSample(isOneOfSeveral: boolean): void {
    if (this.#concerned.length > 0) this.#concern(isOneOfSeveral);
    this.#sampled.clear();
  }

  /** Gives the present sample to the instances that it concerns. */
  #concern(isOneOfSeveral: boolean): void {
    const sample = sampleOf(this.#sampled.readings());
    const alone = [sample];
    for (const instance of this.#concerned) {
      if (!this.#touched.add(instance, sample, alone)) continue;
      // Until it has taken this sample in, no other of the record can be told to change nothing.
      if (isOneOfSeveral || this.#world.index.isChained) {
        for (const series of instance.inputs) series.block(instance.rule.id);
      }
    }
    this.#concerned.length = 0;
  }

  /**
   * Puts a number that a device has measured into its series, if it is the newest there and concerns no rule: nothing
   * is made of it. False: it is for `#take`.
   */
  #takeQuiet(
    series: Series,
    record: TelemetryRecord,
    message: ReadingMessage,
    index: number,
    value: Value,
    at: RecordPosition,
    shift: number,
  ): boolean {
    if (typeof value !== "number" || record.derived !== null) return false;
    const { readings, quiet, rules } = series;
    const { gateway, epoch, n, receivedAt } = record;
    const { offset, appendTime } = at;
    const eventTime = record.eventTime + message.timeDelta;
    const time = eventTime - shift;
    if (!readings.isNewer(time, offset, index) || quiet.next(0, value, time) >= 0) return false;
    const world = this.#world;
    world.changedSeries.add(series);
    series.lag.hear(eventTime, appendTime);
    world.counts.evaluations += rules.length;
    const { metric } = message;
    const logTime = world.clock.logTime(gateway, epoch, receivedAt, appendTime);
    readings.pushNumber(metric, gateway, time, offset, index, value, eventTime, receivedAt, logTime, epoch, n);
    this.#hold(series, undefined, index);
    return true;
  }

  /** Puts a reading into its series, and finds the instances that it concerns. */
  #take(series: Series, reading: Reading, appendTime: number): void {
    const { readings, rules } = series;
    const former =
      reading.derivedBy === "" ? undefined : readings.findAt(reading.time, (other) => isDerivedAlike(other, reading));
    if (former !== undefined) {
      this.#correct(series, former, reading);
      return;
    }
    this.#world.changedSeries.add(series);
    series.lag.hear(reading.eventTime, appendTime);
    this.#world.counts.evaluations += rules.length;
    if (!readings.isNewer(reading.time, reading.offset, reading.index)) {
      this.#takeLate(series, reading);
      return;
    }
    readings.push(reading);
    this.#hold(series, reading, reading.index);
    const { value, time } = reading;
    if (typeof value === "number") {
      const { quiet } = series;
      for (let slot = quiet.next(0, value, time); slot >= 0; slot = quiet.next(slot + 1, value, time)) {
        this.#touch(series, slot, reading);
      }
      return;
    }
    for (let slot = 0; slot < rules.length; slot++) this.#touch(series, slot, reading);
  }

  /** Takes down that the present sample has put a reading into its series. */
  #hold(series: Series, reading: Reading | undefined, index: number): void {
    this.#sampled.add(series, reading, index);
    this.#grown[this.#grownCount++] = series;
  }

  #takeLate(series: Series, reading: Reading): void {
    this.isInOrder = false;
    const newest = series.readings.newest!.time;
    const isInserted = series.readings.insert(reading, series.begun);
    if (isInserted) this.#hold(series, reading, reading.index);
    for (const [slot, rule] of series.rules.entries()) {
      const isTooLate = !isInserted || reading.time <= newest - rule.lateness;
      const { value } = reading;
      if (!series.instances.has(rule.id)) {
        const { low, high } = series.idleInterval(rule);
        // Clear before, clear after: one more clear reading between changes nothing.
        if (typeof value === "number" && value >= low && value < high) {
          if (isTooLate) this.#world.counts.tooLate++;
          continue;
        }
      }
      if (isInserted) this.#touch(series, slot, reading);
      else if ((series.instances.get(rule.id)?.covers ?? 0) <= this.#world.next) this.#world.counts.tooLate++;
    }
  }

  /** Late data has shown that a rule would have derived another value, or it is the same once more. */
  #correct(series: Series, former: Reading, reading: Reading): void {
    if (former.value === reading.value && former.isBoolean === reading.isBoolean) {
      this.#world.identities.duplicates++;
      return;
    }
    this.isInOrder = false;
    const { offset, index } = former;
    const correction = { ...reading, offset, index };
    series.readings.replace(former, correction);
    this.#world.changedSeries.add(series);
    this.#world.corrected.set(correction, former);
    this.#hold(series, correction, index);
    for (let slot = 0; slot < series.rules.length; slot++) this.#touch(series, slot, correction);
  }

  #touch(series: Series, slot: number, reading: Reading): void {
    const instance = series.instanceAt(slot) ?? this.#newInstance(series.rules[slot]!, series.device);
    if (instance === undefined || instance.covers > this.#world.next || reading.offset < instance.from) return;
    this.#concerned.push(instance);
  }

  /** undefined: a restored state of another of its inputs was written after all that there was to know of it here. */
  #newInstance(rule: Rule, device: string): Instance | undefined {
    const { index, next } = this.#world;
    if (rule.program.inputs.length > 1 && index.coveredOf(rule, device).covers > next) return undefined;
    return index.newInstance(rule, device, undefined);
  }
}
