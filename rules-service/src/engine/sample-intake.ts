import type { Reading as ReadingMessage, TelemetryRecord } from "@headwater/proto";
import { anyMetric } from "../conditions/program.ts";
import { isDerivedAlike, type Reading, type Value } from "../readings/reading.ts";
import { Concerned } from "./concerned.ts";
import { Deferral } from "./deferral.ts";
import { mostDeferred } from "./deferred.ts";
import type { RecordPosition } from "./engine.ts";
import type { Instance } from "./instance.ts";
import type { IntakeWorld } from "./intake-world.ts";
import { PresentSample } from "./present-sample.ts";
import { readingOf, valueOf } from "./record-reading.ts";
import { RecordSamples } from "./record-samples.ts";
import { judgedSeries, RecordSeries } from "./record-series.ts";
import type { Series } from "./series.ts";
import { Touched } from "./touched.ts";

/** A list that grew longer with one record is not kept for the next. */
const mostSpare = 256;
const always = (): boolean => true;

/** Puts the readings of a record into their series, sample by sample, and finds the instances that they concern. */
export class SampleIntake {
  readonly #world: IntakeWorld;
  readonly #series: RecordSeries;
  /** Series to which the present record has added: so many of the list, which is written over by the next record. */
  readonly #grown: Series[] = [];
  #grownCount = 0;
  readonly #deferral: Deferral;
  readonly #sampled = new PresentSample();
  /** Whether every reading since the present record began was the newest of its series. */
  isInOrder = true;
  /** Instances that the present sample concerns. */
  readonly #concerned: Concerned;
  /** Instances that the present record concerns. */
  readonly #touched: Touched;
  readonly #samples = new RecordSamples();
  /** All samples of the record lie in their series, and those that they concern were given them. */
  #isTaken = true;
  /** The present sample still has to be given to those that it concerns. */
  #isOpen = false;

  constructor(world: IntakeWorld) {
    this.#world = world;
    this.#series = new RecordSeries(world.index);
    this.#deferral = new Deferral(world.changedInstances);
    this.#touched = new Touched(world.index);
    this.#concerned = new Concerned(world);
  }

  /** Nothing is left of what came before, unless its evaluation has failed. */
  begin(): void {
    if (!this.#isTaken || !this.#sampled.isEmpty || this.#grownCount > 0 || !this.#touched.isEmpty) this.#abandon();
  }

  /** A record, whose samples `goOn` puts into their series. False: no rule is concerned. */
  take(record: TelemetryRecord, at: RecordPosition): boolean {
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
    const quiet = isOneSample && this.#series.every === undefined ? this.#putQuiet(record, at, shift) : 0;
    if (isOneSample && quiet === readings.length) {
      this.#sampled.clear();
      return true;
    }
    this.#samples.begin(record, at, shift, isOneSample, quiet);
    this.#isTaken = false;
    this.#isOpen = quiet > 0;
    return true;
  }

  /** Most samples concern no rule. Answers how many of the readings were put into their series before one that may. */
  #putQuiet(record: TelemetryRecord, at: RecordPosition, shift: number): number {
    const { readings } = record;
    for (let index = 0; index < readings.length; index++) {
      const series = this.#series.at(index);
      if (series === undefined) continue;
      const message = readings[index]!;
      if (message.number === null) return index;
      const value = valueOf(message);
      if (value === undefined) this.#world.counts.notNumeric++;
      else if (!this.#takeQuiet(series, record, message, index, value, at, shift)) return index;
    }
    return readings.length;
  }

  /**
   * Puts the samples of the record into their series, in order, each with all of its readings before those that it
   * concerns are given it. False: the slice has no room for all of that.
   */
  goOn(): boolean {
    if (this.#isTaken) return true;
    const { hasRoomToLook } = this.#world;
    for (;;) {
      if (!this.#concerned.goOn(hasRoomToLook)) return false;
      const index = this.#samples.next();
      if (index >= 0) this.#put(index);
      else if (this.#isOpen) {
        if (!this.#endSample(hasRoomToLook)) return false;
      } else {
        const first = this.#samples.turn();
        if (first < 0) return (this.#isTaken = true);
        this.#beginSample(first);
      }
    }
  }

  /** A derived reading, which is a sample of its own. */
  takeDerived(device: string, reading: Reading, appendTime: number): void {
    const { index, next } = this.#world;
    const series = judgedSeries(index, index.metrics.get(reading.metric), device, next);
    if (series === undefined) return;
    this.#samples.end();
    this.#take(series, reading, appendTime);
    this.#concerned.goOn(always);
    this.#endSample(always);
  }

  /** What a record has left whose evaluation failed. */
  #abandon(): void {
    this.#touched.clear();
    this.#concerned.clear();
    this.#sampled.clear();
    this.#samples.end();
    this.#isOpen = false;
    this.#isTaken = true;
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
      const series = this.#grown[each]!;
      if (series.deferred >= mostDeferred) series.catchUpAhead();
      series.prune();
    }
    this.#grownCount = 0;
    if (this.#grown.length > mostSpare) this.#grown.length = 0;
  }

  /** `first`: the first reading of the sample, by its place in the record. */
  #beginSample(first: number): void {
    this.#isOpen = true;
    // First, so that the sample has the place of its first reading.
    const any = this.#series.every;
    if (any === undefined) return;
    const { record, at, shift } = this.#samples;
    const message = record!.readings[first]!;
    const reading = {
      ...readingOf(record!, message, first, 0, at!, shift, this.#world.clock),
      metric: anyMetric,
      isBoolean: false,
    };
    this.#take(any, reading, at!.appendTime);
  }

  /** A reading of the sample. */
  #put(index: number): void {
    const series = this.#series.at(index);
    if (series === undefined) return;
    const { shift } = this.#samples;
    const [record, at] = [this.#samples.record!, this.#samples.at!];
    const message = record.readings[index]!;
    const value = valueOf(message);
    if (value === undefined) this.#world.counts.notNumeric++;
    else if (message.number === null || !this.#takeQuiet(series, record, message, index, value, at, shift)) {
      this.#take(series, readingOf(record, message, index, value, at, shift, this.#world.clock), at.appendTime);
    }
  }

  /** False: there is no room to give it to all that it concerns. */
  #endSample(hasRoom: () => boolean): boolean {
    if (!this.#concerned.give(this.#sampled, this.#samples.isOfSeveral, this.#touched, hasRoom)) return false;
    this.#sampled.clear();
    this.#isOpen = false;
    return true;
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
    const { retained: readings, quiet, rules } = series;
    const { gateway, epoch, n, receivedAt } = record;
    const { offset, appendTime } = at;
    const eventTime = record.eventTime + message.timeDelta;
    const time = eventTime - shift;
    if (!readings.isNewer(time, offset, index)) return false;
    const world = this.#world;
    const logTime = world.clock.logTime(gateway, epoch, receivedAt, appendTime);
    const slot = quiet.next(0, value, time);
    if (slot >= 0 && !this.#defers(series, slot, value, time, logTime, gateway)) return false;
    world.changedSeries.add(series);
    series.lag.hear(eventTime, appendTime);
    world.counts.evaluations += rules.length;
    const { metric } = message;
    readings.pushNumber(metric, gateway, time, offset, index, value, eventTime, receivedAt, logTime, epoch, n);
    this.#hold(series, undefined, index);
    return true;
  }

  /** A derived reading would be told from what was left at its cause. */
  #defers(series: Series, slot: number, value: number, time: number, logTime: number, gateway: string): boolean {
    return !this.#world.index.isChained && this.#deferral.takes(series, slot, value, time, logTime, gateway);
  }

  /** What of the present sample was left for later is taken in with the whole of it. */
  #catchUp(series: Series, time: number): void {
    const { retained, deferred } = series;
    const { next } = this.#world;
    let beside = 0;
    for (let place = retained.size - 1; beside < deferred; place--, beside++) {
      if (retained.offsetAt(place) !== next || retained.timeAt(place) !== time) break;
    }
    const isOfFormer = retained.offsetAt(retained.size - 1) !== next;
    series.catchUp(beside);
    // As it would have been after the record before.
    if (isOfFormer) series.prune();
  }

  /** Puts a reading into its series, and finds the instances that it concerns. */
  #take(series: Series, reading: Reading, appendTime: number): void {
    if (series.deferred > 0) this.#catchUp(series, reading.time);
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
    this.#concerned.begin(series, reading);
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
    this.#concerned.beginAll(series, reading, { newest, isInserted });
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
    this.#concerned.beginAll(series, correction);
  }
}
