import type { TelemetryRecord, Reading as ReadingMessage } from "@headwater/proto";
import { anyMetric } from "../conditions/program.ts";
import type { Anchor, Reading, Sample, Value } from "../readings/reading.ts";
import { gatewayOf } from "../readings/gateway-stand-in.ts";
import { sameIdentity, sampleOf } from "../readings/reading.ts";
import { Changes } from "./changes.ts";
import { LogClock } from "./clock.ts";
import type { RecordPosition } from "./engine.ts";
import { GatewayWatch } from "./gateway-watch.ts";
import { SeenIdentities } from "./seen-identities.ts";
import type { Instance } from "./instance.ts";
import type { Rule } from "./rule.ts";
import type { Metric, RuleIndex } from "./rule-index.ts";
import type { Series } from "./series.ts";
import type { AlertWriter } from "./alert-writer.ts";
import { Timers } from "./timers.ts";

/**
 * How far back readings are retained, in latenesses of their rules: instances thin their footings by a quarter of one,
 * and need the readings between two of them.
 */
const retainedLatenesses = 1.25;
const noSamples: readonly Sample[] = [];
/** A list that grew longer with one record is not kept for the next. */
const mostSpare = 256;

/** Takes the records of a partition to the rules that they concern, and the clock's word to the instances that wait. */
export class Evaluator {
  readonly index: RuleIndex;
  readonly alerts: AlertWriter;
  readonly clock = new LogClock();
  readonly identities = new SeenIdentities();
  readonly timers = new Timers();
  readonly gateways: GatewayWatch;
  /** Restored with more in them than was applied yet. */
  readonly #asleep = new Set<Instance>();
  /** What has changed since states were last taken. */
  readonly changedInstances = new Changes<Instance>();
  readonly changedSeries = new Changes<Series>();
  /** The next offset to apply. */
  next = 0;
  evaluations = 0;
  tooLate = 0;
  notNumeric = 0;
  otherDevice = 0;
  /** Series to which the present record has added: so many of the list, which is written over by the next record. */
  readonly #grown: Series[] = [];
  #grownCount = 0;
  /** Readings of the present sample, likewise. */
  readonly #taken: Reading[] = [];
  #takenCount = 0;
  /** Instances that the present sample concerns. */
  readonly #concerned: Instance[] = [];
  /** Instances that the present record concerns. */
  readonly #touched: Instance[] = [];

  /** `ownsGateway`: whether a gateway's id belongs to the partition. */
  constructor(index: RuleIndex, alerts: AlertWriter, ownsGateway: (gateway: string) => boolean = () => false) {
    this.index = index;
    this.alerts = alerts;
    this.gateways = new GatewayWatch(index, this.clock, ownsGateway);
    alerts.reasonOf = this.gateways.reasonOf;
  }

  apply(record: TelemetryRecord, at: RecordPosition): void {
    this.next = at.offset;
    if (this.#asleep.size > 0) this.#wake();
    if (record.gateway === "" || this.identities.accept(record.gateway, record.epoch, record.n)) {
      // Its time is known to its readings, and what that lets happen comes after them.
      const hadTime = this.clock.now > 0;
      this.clock.observe(record, at);
      if (!hadTime && this.clock.now > 0) this.#beginWatching();
      if (record.mark !== null) this.gateways.marked(record.gateway, this.#hear, this.#begin);
      if (record.incarnation !== this.index.incarnationOf(record.device)) this.otherDevice++;
      else if (record.readings.length > 0) this.#readings(record, at);
      this.timers.fire(this.clock, this.#fire, this.#repeat);
    }
    this.next = at.offset + 1;
  }

  /** Lets the clock alone have a record. */
  applyClock(record: TelemetryRecord, at: RecordPosition): void {
    if (record.gateway === "" || this.identities.accept(record.gateway, record.epoch, record.n)) {
      this.clock.observe(record, at);
    }
  }

  /** The present instant on the log's clock. */
  get now(): Anchor {
    return { time: this.clock.now, logTime: this.clock.now, gateway: "" };
  }

  /** Call after every change of an instance. */
  changed(instance: Instance): void {
    if (instance.rule.program.isFlapping !== undefined) this.alerts.mark(instance);
    for (const series of instance.inputs) series.refresh(instance.rule.id);
    this.arm(instance);
    this.changedInstances.add(instance);
  }

  /** An instance that has inputs still to come waits for nothing before they are past. */
  arm(instance: Instance): void {
    if (instance.covers <= this.next) {
      this.timers.arm(instance);
      return;
    }
    this.timers.disarm(instance);
    this.#asleep.add(instance);
  }

  /** The log shows a time, from which on silence can be told. */
  #beginWatching(): void {
    for (const rule of this.index.rules.values()) {
      if (!rule.program.watchesSilence) continue;
      for (const [id, device] of this.index.devices) {
        if (!rule.selects(id, device) || this.index.instance(rule, id) !== undefined) continue;
        this.#begin(rule, id);
      }
    }
  }

  readonly #begin = (rule: Rule, device: string): void => {
    if (this.clock.now === 0) return;
    const instance = this.index.newInstance(rule, device, this.now);
    instance.from = this.next;
    this.begun(instance);
  };

  /** The clock tells how a gateway is that an instance watches. */
  readonly #hear = (instance: Instance): void => {
    const sample = this.gateways.heard(instance);
    if (sample === undefined || instance.covers > this.next) return;
    instance.hear(sample, this);
    this.changed(instance);
  };

  /** The rule has begun on a device, and may hold already. */
  begun(instance: Instance): void {
    instance.begin(this.now, this.alerts);
    this.changed(instance);
  }

  #wake(): void {
    for (const instance of this.#asleep) {
      if (instance.covers > this.next) continue;
      this.#asleep.delete(instance);
      if (this.index.instance(instance.rule, instance.device) === instance) this.timers.arm(instance);
    }
  }

  #readings(record: TelemetryRecord, at: RecordPosition): void {
    const { readings } = record;
    if (!this.#isAnyJudged(record)) return;
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
      this.#evaluate();
      return;
    }
    const order = Array.from(readings.keys()).sort((a, b) => readings[a]!.timeDelta - readings[b]!.timeDelta || a - b);
    for (let begin = 0; begin < order.length;) {
      const { timeDelta } = readings[order[begin]!]!;
      let end = begin + 1;
      while (end < order.length && readings[order[end]!]!.timeDelta === timeDelta) end++;
      this.#sample(record, at, begin, end, order, shift);
      begin = end;
    }
    this.#evaluate();
  }

  /** All samples of the record lie in their series: hands them to the instances that they concern. */
  #evaluate(): void {
    const touched = this.#touched;
    if (touched.length > 0) {
      if (touched.length > 1) touched.sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
      for (const instance of touched) {
        const { samples } = instance;
        instance.samples = noSamples;
        this.tooLate += instance.take(samples, this);
        this.changed(instance);
      }
      touched.length = 0;
    }
    // Only now, since a late sample is told by what came before it.
    for (let each = 0; each < this.#grownCount; each++) {
      const { readings, lateness } = this.#grown[each]!;
      readings.prune(readings.newest!.time - lateness * retainedLatenesses);
    }
    this.#grownCount = 0;
    if (this.#grown.length > mostSpare) this.#grown.length = 0;
  }

  /** Whether there are rules for any of the record's metrics. */
  #isAnyJudged({ readings, derived }: TelemetryRecord): boolean {
    const { metrics } = this.index;
    if (metrics.size === 0) return false;
    for (const { metric } of readings) if (hasRules(metrics.get(metric))) return true;
    return derived === null && hasRules(metrics.get(anyMetric));
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
    const any = record.derived === null ? this.#judgedSeries(anyMetric, record.device, at.offset) : undefined;
    if (any !== undefined) {
      const index = order === undefined ? begin : order[begin]!;
      const message = record.readings[index]!;
      const reading = { ...this.#reading(record, message, index, 0, at, shift), metric: anyMetric, isBoolean: false };
      this.#take(any, reading, at.appendTime);
    }
    for (let place = begin; place < end; place++) {
      const index = order === undefined ? place : order[place]!;
      const message = record.readings[index]!;
      const series = this.#judgedSeries(message.metric, record.device, at.offset);
      if (series === undefined) continue;
      const value = valueOf(message);
      if (value === undefined) this.notNumeric++;
      else {
        const reading = this.#reading(record, message, index, value, at, shift);
        this.#take(series, reading, at.appendTime);
      }
    }
    if (this.#concerned.length > 0) this.#concern(order !== undefined);
    this.#takenCount = 0;
    if (this.#taken.length > mostSpare) this.#taken.length = 0;
  }

  /** Gives the present sample to the instances that it concerns. */
  #concern(isOneOfSeveral: boolean): void {
    const sample = sampleOf(this.#taken.slice(0, this.#takenCount));
    for (const instance of this.#concerned) {
      if (instance.samples.length === 0) {
        this.#touched.push(instance);
        // Until it has taken this sample in, no later one of the record can be told to change nothing.
        if (isOneOfSeveral) for (const series of instance.inputs) series.block(instance.rule.id);
      }
      if (instance.samples.length === 0) instance.samples = [sample];
      else if (instance.samples.at(-1) !== sample) instance.samples = [...instance.samples, sample];
    }
    this.#concerned.length = 0;
  }

  #reading(
    record: TelemetryRecord,
    message: ReadingMessage,
    index: number,
    value: Value,
    at: RecordPosition,
    shift: number,
  ): Reading {
    const { derived } = record;
    const gateway = derived === null ? record.gateway : derived.sourceGateway;
    const epoch = derived === null ? record.epoch : derived.sourceEpoch;
    const eventTime = record.eventTime + message.timeDelta;
    return {
      time: eventTime - shift,
      offset: at.offset,
      index,
      metric: message.metric,
      value,
      isBoolean: message.boolean !== null && message.number === null,
      eventTime,
      receivedAt: record.receivedAt,
      logTime: this.clock.logTime(gateway, epoch, record.receivedAt, at.appendTime),
      gateway,
      epoch,
      n: derived === null ? record.n : derived.sourceN,
      derivedBy: derived === null ? "" : `${derived.revision}:${derived.rule}`,
    };
  }

  /** undefined: no rule judges it, or a restored state has it already. */
  #judgedSeries(name: string, device: string, offset: number): Series | undefined {
    const metric = this.index.metrics.get(name);
    if (metric === undefined || metric.rules.length === 0) return undefined;
    const series = metric.series.get(device) ?? this.index.newSeries(metric, device);
    if (series.version !== metric.version) this.index.bringUpToDate(metric, series);
    return series.rules.length === 0 || series.covers > offset ? undefined : series;
  }

  /** Puts a reading into its series, and finds the instances that it concerns. */
  #take(series: Series, reading: Reading, appendTime: number): void {
    const { readings, rules } = series;
    // A derived event has no place in a lane; one that was emitted twice around a crash is told by its source.
    if (reading.derivedBy !== "" && readings.has((other) => sameIdentity(other, reading))) {
      this.identities.duplicates++;
      return;
    }
    this.changedSeries.add(series);
    series.lag.hear(reading.eventTime, appendTime);
    this.evaluations += rules.length;
    const newest = readings.newest;
    if (newest !== undefined && reading.time < newest.time) {
      this.#takeLate(series, reading);
      return;
    }
    readings.push(reading);
    this.#hold(series, reading);
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
  #hold(series: Series, reading: Reading): void {
    this.#taken[this.#takenCount++] = reading;
    this.#grown[this.#grownCount++] = series;
  }

  #takeLate(series: Series, reading: Reading): void {
    const newest = series.readings.newest!.time;
    const isInserted = series.readings.insert(reading);
    if (isInserted) this.#hold(series, reading);
    for (const [slot, rule] of series.rules.entries()) {
      if (!rule.judges(reading)) continue;
      const isTooLate = !isInserted || reading.time <= newest - rule.lateness;
      const { value } = reading;
      if (!series.instances.has(rule.id)) {
        const { low, high } = series.idleInterval(rule);
        // Clear before, clear after: one more clear reading between changes nothing.
        if (typeof value === "number" && value >= low && value < high) {
          if (isTooLate) this.tooLate++;
          continue;
        }
      }
      if (isInserted) this.#touch(series, slot, reading);
      else if ((series.instances.get(rule.id)?.covers ?? 0) <= reading.offset) this.tooLate++;
    }
  }

  #touch(series: Series, slot: number, reading: Reading): void {
    const rule = series.rules[slot]!;
    if (!rule.judges(reading)) return;
    const instance = series.instanceAt(slot) ?? this.index.newInstance(rule, series.device, undefined);
    if (instance.covers > reading.offset || reading.offset < instance.from) return;
    this.#concerned.push(instance);
  }

  readonly #repeat = (instance: Instance): void => {
    const { open } = instance;
    if (open !== undefined) this.alerts.repeat(instance, open, this.clock.now);
    this.changed(instance);
  };

  readonly #fire = (instance: Instance, upTo: number): void => {
    if (gatewayOf(instance.device) !== undefined) this.#hear(instance);
    instance.fire(upTo, this);
    this.changed(instance);
  };
}

function hasRules(metric: Metric | undefined): boolean {
  return metric !== undefined && metric.rules.length > 0;
}

/** undefined: no rule can judge it. */
function valueOf({ number, boolean, text }: ReadingMessage): Value | undefined {
  // One zero, so that what is kept and read back is the same to the bit.
  if (number !== null) return Number.isFinite(number) ? number + 0 : undefined;
  if (boolean !== null) return Number(boolean);
  return text ?? undefined;
}
