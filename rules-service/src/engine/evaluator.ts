import type { TelemetryRecord, Reading as ReadingMessage } from "@headwater/proto";
import type { Cell } from "./cell.ts";
import { LogClock } from "./clock.ts";
import type { RecordPosition } from "./engine.ts";
import { Identities } from "./identities.ts";
import { sameIdentity } from "./reading.ts";
import type { Reading } from "./reading.ts";
import type { Metric, RuleIndex } from "./rule-index.ts";
import type { Series } from "./series.ts";
import type { Teller } from "./teller.ts";
import { Timers } from "./timers.ts";

/** Takes the records of a partition to the rules that they concern, and the clock's word to those who wait for it. */
export class Evaluator {
  readonly index: RuleIndex;
  readonly teller: Teller;
  readonly clock = new LogClock();
  readonly identities = new Identities();
  readonly timers = new Timers();
  /** Restored with more in them than was applied yet. */
  readonly #asleep = new Set<Cell>();
  /** What has changed since states were last taken. */
  readonly changedCells = new Set<Cell>();
  readonly changedSeries = new Set<Series>();
  /** The next offset to apply. */
  next = 0;
  evaluations = 0;
  tooLate = 0;
  notNumeric = 0;
  otherDevice = 0;

  constructor(index: RuleIndex, teller: Teller) {
    this.index = index;
    this.teller = teller;
  }

  apply(record: TelemetryRecord, at: RecordPosition): void {
    this.next = at.offset;
    if (this.#asleep.size > 0) this.#wake();
    if (record.gateway === "" || this.identities.accept(record.gateway, record.epoch, record.n)) {
      // Its time is known to its readings, and what that lets happen comes after them.
      this.clock.observe(record, at.appendTime);
      if (record.incarnation !== this.index.incarnationOf(record.device)) this.otherDevice++;
      else if (record.readings.length > 0) this.#readings(record, at);
      this.timers.fire(this.clock, this.#fire);
    }
    this.next = at.offset + 1;
  }

  /** Call after every change of a cell. */
  changed(cell: Cell): void {
    cell.series.refresh(cell);
    this.arm(cell);
    this.changedCells.add(cell);
  }

  /** A cell that has inputs still to come waits for nothing before they are past. */
  arm(cell: Cell): void {
    if (cell.covers <= this.next) {
      this.timers.arm(cell);
      return;
    }
    this.timers.disarm(cell);
    this.#asleep.add(cell);
  }

  #wake(): void {
    for (const cell of this.#asleep) {
      if (cell.covers > this.next) continue;
      this.#asleep.delete(cell);
      if (cell.series.cells.get(cell.rule.id) === cell) this.timers.arm(cell);
    }
  }

  #readings(record: TelemetryRecord, at: RecordPosition): void {
    const { readings } = record;
    for (let index = 0; index < readings.length; index++) {
      const message = readings[index]!;
      const metric = this.index.metrics.get(message.metric);
      if (metric === undefined || metric.rules.length === 0) continue;
      const series = metric.series.get(record.device) ?? this.index.newSeries(metric, record.device);
      if (series.rules.length === 0 || series.covers > at.offset) continue;
      const value = message.number ?? (message.boolean === null ? Number.NaN : Number(message.boolean));
      if (Number.isFinite(value)) this.#judge(metric, series, this.#reading(record, message, index, value, at));
      else this.notNumeric++;
    }
  }

  #reading(
    record: TelemetryRecord,
    message: ReadingMessage,
    index: number,
    value: number,
    at: RecordPosition,
  ): Reading {
    const { derived } = record;
    const gateway = derived === null ? record.gateway : derived.sourceGateway;
    return {
      time: record.eventTime + message.timeDelta,
      offset: at.offset,
      index,
      // One zero, so that what is kept and read back is the same to the bit.
      value: value + 0,
      receivedAt: record.receivedAt,
      logTime: this.clock.logTime(gateway, record.receivedAt, at.appendTime),
      gateway,
      epoch: derived === null ? record.epoch : derived.sourceEpoch,
      n: derived === null ? record.n : derived.sourceN,
      derivedBy: derived === null ? "" : `${derived.revision}:${derived.rule}`,
    };
  }

  #judge(metric: Metric, series: Series, reading: Reading): void {
    const { readings, rules, grades, nextChanges } = series;
    const previous = readings.newest;
    // A derived event has no place in a lane; what was emitted twice around a crash is told by its source.
    if (reading.derivedBy !== "" && readings.has((other) => sameIdentity(other, reading))) {
      this.identities.duplicates++;
      return;
    }
    this.changedSeries.add(series);
    this.evaluations += rules.length;
    if (previous !== undefined && reading.time < previous.time) {
      this.#late(series, reading);
      return;
    }
    readings.push(reading);
    readings.prune(reading.time - metric.lateness);
    const { value, time } = reading;
    for (let slot = 0; slot < rules.length; slot++) {
      if (rules[slot]!.grader.grade(value) === grades[slot] && time < nextChanges[slot]!) continue;
      if (!rules[slot]!.judges(reading)) continue;
      const cell = series.cellOf(slot);
      if (cell.covers > reading.offset) continue;
      cell.read(reading, previous, this);
      this.changed(cell);
    }
  }

  #late(series: Series, reading: Reading): void {
    const inserted = series.readings.insert(reading);
    const newest = series.readings.newest!.time;
    for (let slot = 0; slot < series.rules.length; slot++) {
      const rule = series.rules[slot]!;
      if (!rule.judges(reading)) continue;
      if (!series.cells.has(rule.id) && rule.grader.grade(reading.value) === -1) {
        // Clear before, clear after: one more clear reading between changes nothing.
        if (!inserted || reading.time <= newest - rule.lateness) this.tooLate++;
        continue;
      }
      const cell = series.cellOf(slot);
      if (cell.covers > reading.offset) continue;
      if (!inserted || !cell.readLate(reading, this)) this.tooLate++;
      this.changed(cell);
    }
  }

  readonly #fire = (cell: Cell, upTo: number): void => {
    cell.fire(upTo, this.teller);
    this.changed(cell);
  };
}
