import type { Reading, TelemetryRecord } from "@headwater/proto";
import { numberField, textField, type Point } from "@headwater/time-series";
import type { DeviceEntry } from "./device-table.ts";

export const telemetryMeasurement = "telemetry";

/** Where points go, with the index of the record that each came from. */
export interface PointSink {
  readonly points: Point[];
  readonly sources: number[];
}

interface FieldPair {
  readonly number: string;
  readonly text: string;
}

type Fields = Record<string, number | string>;

const maxMetrics = 100_000;

/** Events into points: one for each time of an event, with all of its fields. */
export class TelemetryPoints {
  readonly #tagNames: readonly string[];
  #fields = new Map<string, FieldPair>();

  /** `tagNames`: attributes stamped by the gateway that become tags. */
  constructor(tagNames: readonly string[]) {
    this.#tagNames = tagNames;
  }

  /** Answers with the metrics of readings that no store can take (without a value, or a name no object can hold), usually none. */
  add(record: TelemetryRecord, source: number, device: DeviceEntry, sink: PointSink): readonly string[] | undefined {
    const { readings, eventTime } = record;
    const count = readings.length;
    if (count === 0) return undefined;
    const tags = this.#tagsOf(record, device);
    const delta = readings[0]!.timeDelta;
    const fields: Fields = {};
    let unstorable: string[] | undefined;
    for (let index = 0; index < count; index += 1) {
      const reading = readings[index]!;
      if (reading.timeDelta !== delta) return this.#addTimes(record, source, tags, sink);
      if (!this.#put(fields, reading)) (unstorable ??= []).push(reading.metric);
    }
    if (unstorable === undefined || unstorable.length < count) {
      sink.points.push({ measurement: telemetryMeasurement, tags, time: eventTime + delta, fields });
      sink.sources.push(source);
    }
    return unstorable;
  }

  /** The readings of the event have several times. */
  #addTimes(
    { readings, eventTime }: TelemetryRecord,
    source: number,
    tags: Point["tags"],
    sink: PointSink,
  ): readonly string[] | undefined {
    const times = new Map<number, Fields>();
    let unstorable: string[] | undefined;
    for (const reading of readings) {
      const fields = times.get(reading.timeDelta) ?? {};
      if (this.#put(fields, reading)) times.set(reading.timeDelta, fields);
      else (unstorable ??= []).push(reading.metric);
    }
    for (const [delta, fields] of times) {
      sink.points.push({ measurement: telemetryMeasurement, tags, time: eventTime + delta, fields });
      sink.sources.push(source);
    }
    return unstorable;
  }

  #put(fields: Fields, reading: Reading): boolean {
    const { metric, number, boolean, text } = reading;
    if (metric === "__proto__") return false;
    const names = this.#fields.get(metric) ?? this.#name(metric);
    if (number !== null) fields[names.number] = number;
    else if (boolean !== null) fields[names.number] = boolean ? 1 : 0;
    else if (text !== null) fields[names.text] = text;
    else return false;
    return true;
  }

  #name(metric: string): FieldPair {
    const names = { number: numberField(metric), text: textField(metric) };
    if (this.#fields.size >= maxMetrics) this.#fields = new Map();
    this.#fields.set(metric, names);
    return names;
  }

  #tagsOf({ device, attributes }: TelemetryRecord, entry: DeviceEntry): Point["tags"] {
    const known = entry.tags;
    const names = this.#tagNames;
    if (known !== undefined) {
      let index = 0;
      while (index < names.length && (attributes[names[index]!] || undefined) === known[names[index]!]) index += 1;
      if (index === names.length) return known;
    }
    const tags: Record<string, string> = { device };
    for (const name of names) {
      const value = attributes[name];
      // The store knows no empty tag.
      if (value !== undefined && value !== "") tags[name] = value;
    }
    entry.tags = tags;
    return tags;
  }
}
