import { DecodeError, microsFromIso } from "@headwater/core";
import type { DecodedMessage, DecodedReading, DecodeLimits, Sample } from "./decoder.ts";
import { InexactNumber, nestedJson, parseJson } from "./json-text.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** Notes on a message beside its readings; most have none. */
interface Notes {
  inexact: string[];
  empty: string[];
  unread: string[];
}

/** Names of metrics in a note are cut off here (characters). */
const maxNote = 1024;

/**
 * Headwater JSON, which is also what ThingsBoard devices send: `{"temperature": 21.5}`, `{"ts": …, "values": {…}}`, or
 * an array of both. `ts` is milliseconds since the epoch (a fraction carries microseconds) or ISO 8601 with an offset.
 *
 * Numbers, booleans and text are readings. An object or array is kept as its JSON text; `null` is no reading and is
 * noted. A number that a double cannot hold is kept as text, and noted.
 */
export function decodeHeadwaterJson(payload: Uint8Array, limits: DecodeLimits): DecodedMessage {
  return readHeadwater(parseJson(payload), limits);
}

/**
 * The same shapes, already parsed: objects that have all keys as their own, arrays, InexactNumber, and JSON's plain
 * values.
 */
export function readHeadwater(root: unknown, limits: DecodeLimits): DecodedMessage {
  const notes: Notes = { inexact: [], empty: [], unread: [] };
  const budget = { readings: limits.maxReadings };
  const samples: Sample[] = [];
  if (Array.isArray(root)) {
    for (const item of root as unknown[]) addSample(samples, item, notes, limits, budget);
  } else {
    addSample(samples, root, notes, limits, budget);
  }
  if (samples.length === 0) throw new DecodeError("The message has no readings");
  return { samples, notes: asAttributes(notes) };
}

function addSample(
  samples: Sample[],
  item: unknown,
  notes: Notes,
  limits: DecodeLimits,
  budget: { readings: number },
): void {
  if (!isObject(item)) throw new DecodeError("A sample has to be an object of metrics and their values");
  const values = item["values"];
  const timed = isObject(values) && (Object.hasOwn(item, "ts") || hasOneKey(item));
  if (!timed) {
    const readings = readingsOf(item, notes, limits, budget);
    if (readings.length > 0) samples.push({ readings });
    return;
  }
  for (const key of Object.keys(item)) if (key !== "ts" && key !== "values") notes.unread.push(key);
  const readings = readingsOf(values, notes, limits, budget);
  if (readings.length === 0) return;
  samples.push(Object.hasOwn(item, "ts") ? { time: timeOf(item["ts"]), readings } : { readings });
}

function readingsOf(
  values: JsonObject,
  notes: Notes,
  limits: DecodeLimits,
  budget: { readings: number },
): DecodedReading[] {
  const readings: DecodedReading[] = [];
  for (const metric of Object.keys(values)) {
    const value = values[metric];
    if (metric === "" || metric.length > limits.maxMetricLength) {
      throw new DecodeError(`A metric's name has 1 to ${limits.maxMetricLength} characters`);
    }
    if (value === null) {
      notes.empty.push(metric);
      continue;
    }
    if (budget.readings === 0) throw new DecodeError(`The message has more than ${limits.maxReadings} readings`);
    budget.readings -= 1;
    if (typeof value !== "object") {
      readings.push({ metric, value: value as number | boolean | string });
    } else if (value instanceof InexactNumber) {
      notes.inexact.push(metric);
      readings.push({ metric, value: value.source });
    } else {
      readings.push({ metric, value: nestedJson(value, limits.maxDepth) });
    }
  }
  return readings;
}

function timeOf(ts: unknown): number {
  const micros =
    typeof ts === "number" ? Math.round(ts * 1000) : typeof ts === "string" ? microsFromIso(ts) : undefined;
  if (micros === undefined || !Number.isSafeInteger(micros)) {
    throw new DecodeError("ts has to be milliseconds since the epoch, or ISO 8601 with Z or an offset");
  }
  return micros;
}

function asAttributes(notes: Notes): Record<string, string> | undefined {
  let attributes: Record<string, string> | undefined;
  for (const [name, metrics] of [
    ["kept-as-text", notes.inexact],
    ["without-value", notes.empty],
    ["not-read", notes.unread],
  ] as const) {
    if (metrics.length > 0) (attributes ??= {})[name] = metrics.join(",").slice(0, maxNote).toWellFormed();
  }
  return attributes;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof InexactNumber);
}

function hasOneKey(item: JsonObject): boolean {
  return Object.keys(item).length === 1;
}
