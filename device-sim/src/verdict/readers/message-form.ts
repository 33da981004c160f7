import { events, readingValue } from "@headwater/proto";

/** A message as it passes, wherever that is. */
export interface Passing {
  readonly topic: string;
  readonly key: string | undefined;
  readonly value: Uint8Array;
}

export interface Numbered {
  readonly device: string;
  readonly seq: number;
}

/** What the messages in a record are called; a record that is none of the fleet's gives none. */
export type MessageForm = (message: Passing) => readonly Numbered[];

/** Headwater's own record: the metric that numbers messages may be another one for each device. */
export function headwaterForm(metricOf: ReadonlyMap<string, string>): MessageForm {
  return ({ value }) => {
    const { device, readings, mark, tick, gap, derived } = events.telemetry.decode(value);
    const metric = metricOf.get(device);
    if (metric === undefined || mark || tick || gap || derived) return [];
    return readings
      .filter((reading) => reading.metric === metric)
      .map((reading) => ({ device, seq: Number(readingValue(reading)) }));
  };
}

/**
 * JSON, an object or an array of them. `device` and `seq` are paths of members (`tags.topic`); `device` may be `topic`
 * or `key`. `pattern` (`devices/{device}/telemetry`) tells the id within the text that is found.
 */
export function jsonForm(device: string, seq: string, pattern: string | undefined): MessageForm {
  const [devicePath, seqPath] = [device.split("."), seq.split(".")];
  const idOf = idWithin(pattern);
  return ({ topic, key, value }) => {
    const root = parsed(value);
    return (Array.isArray(root) ? root : [root]).flatMap((each: unknown) => {
      const text = device === "topic" ? topic : device === "key" ? key : at(each, devicePath);
      const id = typeof text === "string" ? idOf(text) : undefined;
      const number = at(each, seqPath);
      return id === undefined || typeof number !== "number" ? [] : [{ device: id, seq: number }];
    });
  };
}

/** The id of a device within a text; undefined: the text is of another form. */
function idWithin(pattern: string | undefined): (text: string) => string | undefined {
  if (pattern === undefined) return (text) => text;
  const [before = "", after = ""] = pattern.split("{device}");
  return (text) =>
    text.startsWith(before) && text.endsWith(after) && text.length > before.length + after.length
      ? text.slice(before.length, text.length - after.length)
      : undefined;
}

function parsed(value: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const member of path) {
    if (found === null || typeof found !== "object") return undefined;
    found = (found as Readonly<Record<string, unknown>>)[member];
  }
  return found;
}
