import type { TelemetryRecord } from "@headwater/proto";
import { RequestError } from "@headwater/core";
import { numberField, textField } from "@headwater/time-series";
import { textNumber } from "../../accounts/checksum.ts";
import { Column } from "./column.ts";

/** The values of one field of one device according to the log. */
class ExpectedSeries {
  readonly device: string;
  readonly incarnation: number;
  readonly field: string;
  readonly times = new Column();
  readonly values = new Column();
  /** 1 for a derived value, else 0. */
  readonly derived = new Column();
  /** What is in quarantine, and stored at any moment if it is re-driven. */
  allowed: { readonly times: Column; readonly values: Column } | undefined;

  constructor(device: string, incarnation: number, field: string) {
    this.device = device;
    this.incarnation = incarnation;
    this.field = field;
  }
}

export interface ExpectedRows {
  readonly device: string;
  readonly incarnation: number;
  readonly field: string;
  /** Oldest first, of a repeated time the last value in the log. */
  readonly rows: readonly (readonly [time: number, value: number])[];
  /** Values that the store may have instead, or beside. */
  readonly allowed: ReadonlyMap<number, ReadonlySet<number>> | undefined;
}

/** Collects the readings of one partition in the order of the log. */
export class Expected {
  readonly #from: number;
  readonly #to: number;
  readonly #maxReadings: number;
  /** By incarnation and device, by field. */
  readonly #devices = new Map<string, Map<string, ExpectedSeries>>();
  readonly #erasedBelow: (device: string) => number;
  readings = 0;
  #held = 0;

  constructor(
    range: { readonly from: number; readonly to: number; readonly maxReadings: number },
    erasedBelow: (device: string) => number = () => 0,
  ) {
    this.#erasedBelow = erasedBelow;
    this.#from = range.from;
    this.#to = range.to;
    this.#maxReadings = range.maxReadings;
  }

  /** `refused`: metrics that are in quarantine instead of in the store; empty: all. */
  add(record: TelemetryRecord, refused: ReadonlySet<string> | undefined): void {
    if (record.incarnation < this.#erasedBelow(record.device)) return;
    const derived = record.gateway === "" ? 1 : 0;
    for (const { metric, number, boolean, text, timeDelta } of record.readings) {
      const time = record.eventTime + timeDelta;
      if (time < this.#from || time >= this.#to) continue;
      const value = valueOf(number, boolean, text);
      if (value === undefined) continue;
      const field = text === null ? numberField(metric) : textField(metric);
      const isRefused = refused !== undefined && (refused.size === 0 || refused.has(metric));
      if (isRefused) this.#allow(record, field, time, value);
      else this.#put(record, field, time, value, derived);
    }
  }

  /** What the store may have, or not have yet. */
  allow(record: TelemetryRecord): void {
    for (const { metric, number, boolean, text, timeDelta } of record.readings) {
      const value = valueOf(number, boolean, text);
      if (value === undefined) continue;
      this.#allow(record, text === null ? numberField(metric) : textField(metric), record.eventTime + timeDelta, value);
    }
  }

  /** Of a series that has nothing else, too. */
  allowedOf({ device, incarnation, field }: Omit<ExpectedRows, "rows" | "allowed">): ExpectedRows["allowed"] {
    const series = this.#devices.get(`${incarnation}/${device}`)?.get(field);
    return series === undefined ? undefined : allowedOf(series);
  }

  /** Series by series, with how many values of events were overwritten by a later one of the same time. */
  *series(): Generator<ExpectedRows & { readonly overwritten: number }> {
    for (const fields of this.#devices.values()) {
      for (const series of fields.values()) {
        const { device, incarnation, field, times } = series;
        if (times.length > 0) yield { device, incarnation, field, ...lastValues(series), allowed: allowedOf(series) };
      }
    }
  }

  #allow(record: TelemetryRecord, field: string, time: number, value: number): void {
    const series = this.#seriesOf(record, field);
    const allowed = (series.allowed ??= { times: new Column(), values: new Column() });
    allowed.times.push(time);
    allowed.values.push(value);
  }

  #put(record: TelemetryRecord, field: string, time: number, value: number, derived: number): void {
    const series = this.#seriesOf(record, field);
    this.readings += 1;
    series.times.push(time);
    series.values.push(value);
    series.derived.push(derived);
  }

  #seriesOf({ device, incarnation }: TelemetryRecord, field: string): ExpectedSeries {
    this.#held += 1;
    if (this.#held > this.#maxReadings) {
      throw new RequestError(
        422,
        "range-too-large",
        `There are more than ${this.#maxReadings} readings of one partition in this range; verify a shorter one (from, to)`,
      );
    }
    const key = `${incarnation}/${device}`;
    let fields = this.#devices.get(key);
    if (fields === undefined) {
      fields = new Map();
      this.#devices.set(key, fields);
    }
    let series = fields.get(field);
    if (series === undefined) {
      series = new ExpectedSeries(device, incarnation, field);
      fields.set(field, series);
    }
    return series;
  }
}

function valueOf(number: number | null, boolean: boolean | null, text: string | null): number | undefined {
  return number ?? (boolean === null ? (text === null ? undefined : textNumber(text)) : boolean ? 1 : 0);
}

function allowedOf({ allowed }: ExpectedSeries): ExpectedRows["allowed"] {
  if (allowed === undefined) return undefined;
  const byTime = new Map<number, Set<number>>();
  for (let index = 0; index < allowed.times.length; index += 1) {
    const time = allowed.times.at(index);
    const values = byTime.get(time);
    if (values === undefined) byTime.set(time, new Set([allowed.values.at(index)]));
    else values.add(allowed.values.at(index));
  }
  return byTime;
}

function lastValues({ times, values, derived }: ExpectedSeries) {
  const order = Array.from({ length: times.length }, (_, index) => index);
  order.sort((a, b) => times.at(a) - times.at(b) || a - b);
  const rows: [number, number][] = [];
  let overwritten = 0;
  for (const [place, index] of order.entries()) {
    const next = order[place + 1];
    if (next !== undefined && times.at(next) === times.at(index)) overwritten += derived.at(index) === 1 ? 0 : 1;
    else rows.push([times.at(index), values.at(index)]);
  }
  return { rows, overwritten };
}
