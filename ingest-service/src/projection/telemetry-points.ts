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

type Fields = Record<string, number | string>;

const maxMetrics = 100_000;

/** Events into points: one for each time of an event, with all of its fields. */
export class TelemetryPoints {
  readonly #tagNames: readonly string[];
  #fields = new Map<string, FieldPair | null>();
  /** Values of a device that were replaced by a later one of the same time, of those that follow each other. */
  overwritten: number;

  /** `tagNames`: attributes stamped by the gateway that become tags. */
  constructor(tagNames: readonly string[], overwritten: number) {
    this.#tagNames = tagNames;
    this.overwritten = overwritten;
  }

  addPlain(event: PlainEvent<DeviceEntry, FieldPair>, source: number, sink: PointSink): void {
    const { count, metrics, values, device, eventTime } = event;
    const fields: Fields = {};
    for (let index = 0; index < count; index += 1) fields[metrics[index]!.number] = values[index]!;
    // An event without attributes: a device whose earlier events had some continues without tags.
    const tags = device.tags !== undefined && this.#tagNames.length === 0 ? device.tags : this.#tagsOf({}, device);
    sink.points.push({ measurement: telemetryMeasurement, tags, time: eventTime, fields });
    sink.sources.push(source);
    this.#note(device, eventTime, fields);
  }

  /**
   * Answers with the metrics of readings that no store can take (without a value, or a name no object can hold),
   * usually none.
   */
  add(record: TelemetryRecord, source: number, device: DeviceEntry, sink: PointSink): readonly string[] | undefined {
    const tags = this.#tagsOf(record.attributes, device);
    const times = new Map<number, Fields>();
    let unstorable: string[] | undefined;
    for (const reading of record.readings) {
      const fields = times.get(reading.timeDelta) ?? {};
      if (this.#put(fields, reading)) times.set(reading.timeDelta, fields);
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

  #note(device: DeviceEntry, time: number, fields: Fields): void {
    if (time === device.time) {
      for (const name of Object.keys(fields)) if (Object.hasOwn(device.fields, name)) this.overwritten += 1;
    }
    device.time = time;
    device.fields = fields;
  }

  #put(fields: Fields, { metric, number, boolean, text }: Reading): boolean {
    const names = this.#namesOf(metric);
    if (names === null) return false;
    if (number !== null) fields[names.number] = number;
    else if (boolean !== null) fields[names.number] = boolean ? 1 : 0;
    else if (text !== null) fields[names.text] = text;
    else return false;
    return true;
  }

  #namesOf(metric: string): FieldPair | null {
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
    for (const name of names) {
      const value = attributes[name];
      if (value !== undefined && value !== "") tags[name] = value;
    }
    entry.tags = tags;
    return tags;
  }
}
