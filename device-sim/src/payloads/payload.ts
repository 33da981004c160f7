import { events } from "@headwater/proto";
import { Encoder } from "cbor-x";
import type { Value } from "../signals/signal.ts";

export type Readings = readonly (readonly [metric: string, value: Value])[];

/** `time`: milliseconds since the epoch, by the device's clock; `least`: bytes up to which it is filled. */
export type WritePayload = (time: number, readings: Readings, least: number) => Buffer;

/** What readings are called by the time they are stored; a line's fields have its measurement before them. */
export const lineMeasurement = "sim";

export const payloads = {
  json: (time, readings, least) => {
    const values = readings.map(([metric, value]) => `${JSON.stringify(metric)}:${JSON.stringify(value)}`).join(",");
    // Spaces behind a value are nothing in JSON.
    return Buffer.from(`{"ts":${time},"values":{${values}}}`.padEnd(least));
  },
  senml: (time, readings, least) => {
    const records = readings.map(([n, value], i) => ({
      ...(i === 0 && { bt: time / 1_000 }),
      n,
      ...senmlValue(value),
    }));
    return Buffer.from(JSON.stringify(records).padEnd(least));
  },
  senmlCbor: (time, readings) => {
    const records = readings.map(([name, value], i) => {
      const label = typeof value === "number" ? 2 : typeof value === "string" ? 3 : 4;
      return new Map<number, unknown>([...(i === 0 ? [[-3, time / 1_000] as const] : []), [0, name], [label, value]]);
    });
    return cbor.encode(records);
  },
  cbor: (time, readings) => cbor.encode({ ts: time, values: Object.fromEntries(readings) }),
  line: (time, readings, least) => {
    const fields = readings.map(([metric, value]) => `${escapedKey(metric)}=${lineValue(value)}`).join(",");
    const line = `${lineMeasurement} ${fields} ${time}000000`;
    // A comment is nothing to a reader of lines.
    return Buffer.from(line.length + 2 < least ? `${line}\n#`.padEnd(least) : line);
  },
  protobuf: encodeEvent,
  value: (_time, readings) => Buffer.from(String(readings.at(-1)![1])),
} as const satisfies Readonly<Record<string, WritePayload>>;

// A map of SenML's labels is a plain map: cbor-x marks it as one of JavaScript (tag 259) otherwise.
const forMaps = { useTag259ForMaps: false };
const cbor = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: false, ...forMaps });

function senmlValue(value: Value): { v: number } | { vs: string } | { vb: boolean } {
  if (typeof value === "number") return { v: value };
  return typeof value === "string" ? { vs: value } : { vb: value };
}

function escapedKey(key: string): string {
  return key.replace(/[,= ]/g, "\\$&");
}

function lineValue(value: Value): string {
  return typeof value === "string" ? `"${value.replace(/["\\]/g, "\\$&")}"` : String(value);
}

/** headwater.v1.TelemetryRecord with what is a device's to say: its time (µs) and its readings. */
function encodeEvent(time: number, readings: Readings): Buffer {
  return Buffer.from(
    events.telemetry.encode({
      eventTime: time * 1_000,
      readings: readings.map(([metric, value]) => ({
        metric,
        ...(typeof value === "number"
          ? { number: value }
          : typeof value === "string"
            ? { text: value }
            : { boolean: value }),
      })),
    }),
  );
}
