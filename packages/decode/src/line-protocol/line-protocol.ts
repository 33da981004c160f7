import { DecodeError } from "@headwater/core";
import { isUtf8 } from "node:buffer";
import type { Decoder } from "../decoder.ts";
import { MessageBuilder } from "../message-builder.ts";
import { LineReader, type LinePoint } from "./line-reader.ts";

/** How many of a unit are one microsecond, or how many microseconds one unit is. */
const precisions = {
  ns: { perMicro: 1000n, micros: 1n },
  us: { perMicro: 1n, micros: 1n },
  ms: { perMicro: 1n, micros: 1000n },
  s: { perMicro: 1n, micros: 1_000_000n },
} as const;
export type LinePrecision = keyof typeof precisions;

/**
 * InfluxDB line protocol. A field is a metric `measurement.field` (the field `value`: `measurement`), with the line's
 * tags in braces, sorted by key, where it has any: `cpu.usage{core=0}`. So what is a series of its own there is a
 * metric of its own here. A timestamp is in `precision`, its nanoseconds cut off to microseconds. One bad line refuses
 * the message.
 */
export function lineProtocol({ precision = "ns" }: { readonly precision?: LinePrecision } = {}): Decoder {
  return (payload, limits) => {
    if (!isUtf8(payload)) throw new DecodeError("The payload is not UTF-8");
    const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8");
    const reader = new LineReader(text);
    const builder = new MessageBuilder(limits);
    for (let point = reader.next(); point !== undefined; point = reader.next()) {
      const time = point.timestamp === undefined ? undefined : microsOf(point.timestamp, precision);
      const tags = tagsOf(point);
      for (const [field, value] of point.fields) builder.add(metricOf(point.measurement, field) + tags, value, time);
    }
    return builder.finish();
  };
}

function metricOf(measurement: string, field: string): string {
  return field === "value" ? measurement : `${measurement}.${field}`;
}

function tagsOf({ tags }: LinePoint): string {
  if (tags.length === 0) return "";
  const sorted = [...tags].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, value]) => `${key}=${value}`).join(",")}}`;
}

function microsOf(timestamp: string, precision: LinePrecision): number {
  const { perMicro, micros } = precisions[precision];
  // Longer than any 64-bit number, zeros in front aside: not worth a big integer.
  const inUnit = timestamp.length > 64 ? undefined : BigInt(timestamp);
  if (inUnit === undefined) throw new DecodeError("A timestamp is out of range");
  const scaled = inUnit * micros;
  const floored = scaled / perMicro - (scaled < 0n && scaled % perMicro !== 0n ? 1n : 0n);
  const time = Number(floored);
  if (!Number.isSafeInteger(time)) throw new DecodeError("A timestamp is out of range");
  return time;
}
