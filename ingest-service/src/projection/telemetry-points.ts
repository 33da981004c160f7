import type { Reading, TelemetryRecord } from "@headwater/proto";
import type { Point } from "@headwater/time-series";
import { ownerOf, seriesOf, tagsKey } from "../series-guard/known-series.ts";
import type { SeriesCause } from "../series-guard/series-limits.ts";
import type { SeriesGate } from "../series-guard/series-guard.ts";
import { type DeviceEntry, nothingFamiliar } from "./device-table.ts";
import { type FieldPair, fieldsOf } from "./field-pair.ts";
import type { PlainEvent } from "@headwater/proto/telemetry";

export const telemetryMeasurement = "telemetry";

/** Where points go, with the index of the record that each came from. */
export interface PointSink {
  readonly points: Point[];
  readonly sources: number[];
}

/** The tag of points of a device that is not the first of its id. */
export const incarnationTag = "incarnation";

/** What of devices that were deleted is to be stored no more. */
export interface ErasedData {
  /** Another one whenever anything has changed. */
  readonly version: number;
  /** What incarnations below it have sent is deleted. */
  belowOf(device: string): number;
}

export const nothingErased: ErasedData = { version: 0, belowOf: () => 0 };

/** Lets in every series. */
export const openGate: SeriesGate = { refuse: () => undefined };

/** Metrics of an event that are not stored. */
export interface RefusedMetrics {
  /** "": no store can take their readings, which are without a value. */
  readonly cause: SeriesCause | "";
  readonly metrics: Set<string>;
}

type Fields = Record<string, number | string>;

const maxMetrics = 100_000;
/** Of a device whose last event was deleted data. */
const noIncarnation = -1;

/** Events into points: one for each time of an event, with all of its fields. */
export class TelemetryPoints {
  readonly #tagNames: readonly string[];
  readonly #erased: ErasedData;
  readonly #gate: SeriesGate;
  #met: Map<string, number> | undefined;
  #askedAgain = 0;
  #fields = new Map<string, FieldPair>();
  /** Values of a device that were replaced by a later one of the same time, of those that follow each other. */
  overwritten: number;

  /** `tagNames`: attributes stamped by the gateway that become tags. */
  constructor(tagNames: readonly string[], overwritten: number, erased = nothingErased, gate = openGate) {
    this.#tagNames = tagNames;
    this.#erased = erased;
    this.#gate = gate;
    this.overwritten = overwritten;
  }

  /** Answers with what is refused, as `add` does. */
  addPlain(
    event: PlainEvent<DeviceEntry, FieldPair>,
    source: number,
    sink: PointSink,
  ): readonly RefusedMetrics[] | undefined {
    const { count, metrics, values, device, eventTime, incarnation } = event;
    if ((incarnation !== device.incarnation || device.version !== this.#version) && !this.#turn(device, incarnation))
      return undefined;
    // An event without attributes: a device whose earlier events had some continues without tags.
    const tags = device.tags !== undefined && this.#tagNames.length === 0 ? device.tags : this.#tagsOf({}, device);
    const { familiar } = device;
    let isFamiliar = true;
    const fields: Fields = {};
    for (let index = 0; index < count; index += 1) {
      const pair = metrics[index]!;
      if (pair !== familiar[index]) isFamiliar = false;
      const name = pair.number;
      // Only an own field is a number: others are of the object's prototype.
      if (typeof fields[name] === "number") this.overwritten += 1;
      fields[name] = values[index]!;
    }
    let kept = fields;
    let refused: readonly RefusedMetrics[] | undefined;
    if (!isFamiliar) {
      refused = this.#refusedOf(device, metrics, count);
      if (refused === undefined) device.familiar = metrics.slice(0, count);
      else {
        kept = withoutMetrics(fields, refused, metrics, count);
        if (Object.keys(kept).length === 0) return refused;
      }
    }
    sink.points.push({ measurement: telemetryMeasurement, tags, time: eventTime, fields: kept });
    sink.sources.push(source);
    this.#note(device, eventTime, kept);
    return refused;
  }

  /**
   * Answers with the metrics whose readings are not stored, because they have no value or their series are not let in;
   * usually none.
   */
  add(
    record: TelemetryRecord,
    source: number,
    device: DeviceEntry,
    sink: PointSink,
    readings = record.readings,
  ): readonly RefusedMetrics[] | undefined {
    const { incarnation } = record;
    if ((incarnation !== device.incarnation || device.version !== this.#version) && !this.#turn(device, incarnation))
      return undefined;
    const tags = this.#tagsOf(record.attributes, device);
    const times = new Map<number, Fields>();
    let refused: Refusals | undefined;
    for (const reading of readings) {
      const { metric, timeDelta } = reading;
      const hasValue = reading.number !== null || reading.boolean !== null || reading.text !== null;
      const cause = hasValue ? this.#gate.refuse(device.id, device.owner, seriesOf(metric, device.tagsKey)) : "";
      if (cause !== undefined) {
        (refused ??= new Refusals()).add(cause, metric);
        continue;
      }
      const fields = times.get(timeDelta) ?? {};
      this.#put(fields, reading, record.gateway !== "");
      times.set(timeDelta, fields);
    }
    for (const [delta, fields] of times) {
      const time = record.eventTime + delta;
      sink.points.push({ measurement: telemetryMeasurement, tags, time, fields });
      sink.sources.push(source);
      if (record.gateway !== "") this.#note(device, time, fields);
    }
    return refused?.all;
  }

  /** The gate is asked about every series again, also about those that it let in. */
  askAgain(): void {
    this.#askedAgain += 1;
  }

  /** Of what is known of a device: another one whenever something is erased, or is to be asked about again. */
  get #version(): number {
    return this.#erased.version + this.#askedAgain;
  }

  #refusedOf(
    { id, owner, tagsKey: key }: DeviceEntry,
    metrics: readonly FieldPair[],
    count: number,
  ): readonly RefusedMetrics[] | undefined {
    let refused: Refusals | undefined;
    for (let index = 0; index < count; index += 1) {
      const { metric } = metrics[index]!;
      const cause = this.#gate.refuse(id, owner, seriesOf(metric, key));
      if (cause !== undefined) (refused ??= new Refusals()).add(cause, metric);
    }
    return refused?.all;
  }

  /** Devices of which an incarnation was met since the last call that was higher than any before, and which. */
  takeMet(): ReadonlyMap<string, number> | undefined {
    const met = this.#met;
    this.#met = undefined;
    return met;
  }

  /** Turns to this incarnation of the device; false: its data is deleted. */
  #turn(device: DeviceEntry, incarnation: number): boolean {
    if (device.version !== this.#version) {
      device.version = this.#version;
      device.erasedBelow = this.#erased.belowOf(device.id);
      // The series of what was deleted are new again.
      device.familiar = nothingFamiliar;
    }
    if (incarnation < device.erasedBelow) {
      // Its next event has to be asked about as well.
      device.incarnation = noIncarnation;
      return false;
    }
    if (incarnation > device.met) {
      device.met = incarnation;
      (this.#met ??= new Map<string, number>()).set(device.id, incarnation);
    }
    if (incarnation !== device.incarnation) {
      device.incarnation = incarnation;
      device.tags = undefined;
      device.time = Number.NaN;
      device.owner = ownerOf(device.id, incarnation);
      device.familiar = nothingFamiliar;
    }
    return true;
  }

  #note(device: DeviceEntry, time: number, fields: Fields): void {
    if (time === device.time) {
      for (const name of Object.keys(fields)) if (Object.hasOwn(device.fields, name)) this.overwritten += 1;
    }
    device.time = time;
    device.fields = fields;
  }

  #put(fields: Fields, { metric, number, boolean, text }: Reading, counts: boolean): void {
    const names = this.#namesOf(metric);
    const value = number ?? (boolean === null ? text! : boolean ? 1 : 0);
    const name = typeof value === "string" ? names.text : names.number;
    if (counts && Object.hasOwn(fields, name)) this.overwritten += 1;
    if (name !== "__proto__") fields[name] = value;
    else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  }

  #namesOf(metric: string): FieldPair {
    let names = this.#fields.get(metric);
    if (names === undefined) {
      names = fieldsOf(metric);
      if (this.#fields.size >= maxMetrics) this.#fields = new Map();
      this.#fields.set(metric, names);
    }
    return names;
  }

  #tagsOf(attributes: TelemetryRecord["attributes"], entry: DeviceEntry): Point["tags"] {
    const known = entry.tags;
    const names = this.#tagNames;
    if (known !== undefined) {
      let index = 0;
      // The store knows no empty tag.
      while (index < names.length && (attributes[names[index]!] || undefined) === known[names[index]!]) index += 1;
      if (index === names.length) return known;
    }
    const tags: Record<string, string> = { device: entry.id };
    if (entry.incarnation > 0) tags[incarnationTag] = String(entry.incarnation);
    for (const name of names) {
      const value = attributes[name];
      if (value !== undefined && value !== "") tags[name] = value;
    }
    entry.tags = tags;
    entry.tagsKey = tagsKey(tags, names);
    entry.familiar = nothingFamiliar;
    return tags;
  }
}

/** The refused metrics of one event by cause. */
class Refusals {
  readonly all: RefusedMetrics[] = [];

  add(cause: RefusedMetrics["cause"], metric: string): void {
    let those = this.all.find((each) => each.cause === cause);
    if (those === undefined) this.all.push((those = { cause, metrics: new Set() }));
    those.metrics.add(metric);
  }
}

function withoutMetrics(
  fields: Fields,
  refused: readonly RefusedMetrics[],
  metrics: readonly FieldPair[],
  count: number,
): Fields {
  const kept: Fields = {};
  for (let index = 0; index < count; index += 1) {
    const { metric, number } = metrics[index]!;
    if (!refused.some((each) => each.metrics.has(metric))) kept[number] = fields[number]!;
  }
  return kept;
}
