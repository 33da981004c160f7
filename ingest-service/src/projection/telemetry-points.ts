import type { Reading, TelemetryRecord } from "@headwater/proto";
import type { Point } from "@headwater/time-series";
import type { DeviceEntry } from "./device-table.ts";
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

type Fields = Record<string, number | string>;

const maxMetrics = 100_000;
/** Of a device whose last event was deleted data. */
const noIncarnation = -1;

/** Events into points: one for each time of an event, with all of its fields. */
export class TelemetryPoints {
  readonly #tagNames: readonly string[];
  readonly #erased: ErasedData;
  #met: Map<string, number> | undefined;
  #fields = new Map<string, FieldPair>();
  /** Values of a device that were replaced by a later one of the same time, of those that follow each other. */
  overwritten: number;

  /** `tagNames`: attributes stamped by the gateway that become tags. */
  constructor(tagNames: readonly string[], overwritten: number, erased = nothingErased) {
    this.#tagNames = tagNames;
    this.#erased = erased;
    this.overwritten = overwritten;
  }

  addPlain(event: PlainEvent<DeviceEntry, FieldPair>, source: number, sink: PointSink): void {
    const { count, metrics, values, device, eventTime, incarnation } = event;
    if (
      (incarnation !== device.incarnation || device.version !== this.#erased.version) &&
      !this.#turn(device, incarnation)
    )
      return;
    const fields: Fields = {};
    for (let index = 0; index < count; index += 1) {
      const name = metrics[index]!.number;
      // Only an own field is a number: others are of the object's prototype.
      if (typeof fields[name] === "number") this.overwritten += 1;
      fields[name] = values[index]!;
    }
    // An event without attributes: a device whose earlier events had some continues without tags.
    const tags = device.tags !== undefined && this.#tagNames.length === 0 ? device.tags : this.#tagsOf({}, device);
    sink.points.push({ measurement: telemetryMeasurement, tags, time: eventTime, fields });
    sink.sources.push(source);
    this.#note(device, eventTime, fields);
  }

  /**
   * Answers with the metrics of readings that no store can take (without a value), usually none.
   */
  add(record: TelemetryRecord, source: number, device: DeviceEntry, sink: PointSink): readonly string[] | undefined {
    const { incarnation } = record;
    if (
      (incarnation !== device.incarnation || device.version !== this.#erased.version) &&
      !this.#turn(device, incarnation)
    )
      return undefined;
    const tags = this.#tagsOf(record.attributes, device);
    const times = new Map<number, Fields>();
    let unstorable: string[] | undefined;
    for (const reading of record.readings) {
      const fields = times.get(reading.timeDelta) ?? {};
      if (this.#put(fields, reading, record.gateway !== "")) times.set(reading.timeDelta, fields);
      else (unstorable ??= []).push(reading.metric);
    }
    for (const [delta, fields] of times) {
      const time = record.eventTime + delta;
      sink.points.push({ measurement: telemetryMeasurement, tags, time, fields });
      sink.sources.push(source);
      if (record.gateway !== "") this.#note(device, time, fields);
    }
    return unstorable;
  }

  /** Devices of which an incarnation was met since the last call that was higher than any before, and which. */
  takeMet(): ReadonlyMap<string, number> | undefined {
    const met = this.#met;
    this.#met = undefined;
    return met;
  }

  /** Turns to this incarnation of the device; false: its data is deleted. */
  #turn(device: DeviceEntry, incarnation: number): boolean {
    if (device.version !== this.#erased.version) {
      device.version = this.#erased.version;
      device.erasedBelow = this.#erased.belowOf(device.id);
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

  #put(fields: Fields, { metric, number, boolean, text }: Reading, counts: boolean): boolean {
    const names = this.#namesOf(metric);
    const value = number ?? (boolean === null ? text : boolean ? 1 : 0);
    if (value === null) return false;
    const name = typeof value === "string" ? names.text : names.number;
    if (counts && Object.hasOwn(fields, name)) this.overwritten += 1;
    if (name !== "__proto__") fields[name] = value;
    else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
    return true;
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
    return tags;
  }
}
