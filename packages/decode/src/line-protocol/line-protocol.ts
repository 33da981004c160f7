import type { Decoder } from "../decoder.ts";
import { wholeTime } from "../device-time.ts";
import { MessageBuilder } from "../message-builder.ts";
import { payloadText } from "../payload-text.ts";
import { LineReader, type LinePoint } from "./line-reader.ts";

export type LinePrecision = "ns" | "us" | "ms" | "s";

/**
 * InfluxDB line protocol. A field is a metric `measurement.field` (the field `value`: `measurement`), with the line's
 * tags in braces, sorted by key, where it has any: `cpu.usage{core=0}`. So what is a series of its own there is a
 * metric of its own here. A timestamp is in `precision`, its nanoseconds cut off to microseconds. A line
 * that cannot be read is set aside, and the others are read.
 */
export function lineProtocol({ precision = "ns" }: { readonly precision?: LinePrecision } = {}): Decoder {
  return (payload, limits) => {
    const reader = new LineReader(payloadText(payload));
    const builder = new MessageBuilder(limits);
    const refused: string[] = [];
    const addNext = (): boolean => {
      const point = reader.next();
      if (point === undefined) return false;
      const time = point.timestamp === undefined ? undefined : wholeTime(point.timestamp, precision);
      const tags = tagsOf(point);
      const metrics = point.fields.map(([field]) => metricOf(point.measurement, field) + tags);
      for (const metric of metrics) builder.checkName(metric);
      for (const [index, [, value]] of point.fields.entries()) builder.add(metrics[index]!, value, time);
      return true;
    };
    for (let more = true; more;) {
      try {
        more = addNext();
      } catch (error) {
        builder.refuse("", error);
        refused.push(reader.skipLine());
      }
    }
    return builder.finish(undefined, Buffer.from(refused.join("")));
  };
}

function metricOf(measurement: string, field: string): string {
  return field === "value" ? measurement : `${measurement}.${field}`;
}

function tagsOf({ tags }: LinePoint): string {
  if (tags.length === 0) return "";
  const sorted = [...tags].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, value]) => `${escaped(key)}=${escaped(value)}`).join(",")}}`;
}

/** What separates tags from each other is told from what they hold, so that two series never become one metric. */
function escaped(text: string): string {
  return separators.test(text) ? text.replace(/[\\,={}]/g, String.raw`\$&`) : text;
}

const separators = /[\\,={}]/;
