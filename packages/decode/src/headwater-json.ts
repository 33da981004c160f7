import { DecodeError } from "@headwater/core";
import type { DecodedMessage, DecodedReading, Decoder, DecodeLimits, DecoderOfTopic, Sample } from "./decoder.ts";
import { deviceTime, UnplacedTime, type DeviceTime } from "./device-time.ts";
import { headwaterForm, type JsonForm } from "./json-form.ts";
import { InexactNumber, itemsWithBadText, nestedJson, numberInText, parseJson } from "./json-text.ts";
import { MessageNotes } from "./message-notes.ts";
import { readPlainJson } from "./plain-json.ts";
import { nothingMeasured, RefusedParts, TooManyReadings, withRefused } from "./partly-read.ts";
import { Unreadable } from "./unreadable.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Headwater JSON, which is also what ThingsBoard devices send: `{"temperature": 21.5}`, `{"ts": …, "values": {…}}`, or
 * an array of both. `ts` is a time as `deviceTime` reads it.
 *
 * Numbers, booleans and text are readings. An object or array is kept as its JSON text; `null` and NaN are no reading
 * and are noted. A number that a double cannot hold is the nearest one, its digits noted. A sample of an array that
 * cannot be read does not refuse the others.
 */
export const decodeHeadwaterJson: Decoder = jsonDecoder(headwaterForm);

/** Headwater JSON as a route's devices write it. */
export function jsonDecoder(form: JsonForm): Decoder {
  const read: Decoder = (payload, limits) =>
    readHeadwater(parseJson(payload, itemsWithBadText), limits, form, jsonBytes);
  return form === headwaterForm ? (payload, limits) => readPlainJson(payload, limits) ?? read(payload, limits) : read;
}

/** The form of a route, with the metric that the topic names. */
export function formOfTopic(form: JsonForm, decoderOf: (form: JsonForm) => Decoder): DecoderOfTopic {
  const always = decoderOf(form);
  return ({ names }) => {
    const metric = names.get("metric");
    return metric === undefined ? always : decoderOf({ ...form, metric });
  };
}

/** Samples that could not be read, as bytes of the format that they came in; undefined: the whole payload. */
export type BytesOf = (samples: readonly unknown[], limits: DecodeLimits) => Uint8Array | undefined;

/**
 * The same shapes, already parsed: objects that have all keys as their own, arrays, InexactNumber, and JSON's plain
 * values.
 */
export function readHeadwater(
  root: unknown,
  limits: DecodeLimits,
  form: JsonForm = headwaterForm,
  bytesOf?: BytesOf,
): DecodedMessage {
  return new HeadwaterReader(limits, form).read(root, bytesOf);
}

class HeadwaterReader {
  readonly #limits: DecodeLimits;
  readonly #form: JsonForm;
  readonly #samples: Sample[] = [];
  readonly #notes = new MessageNotes();
  #left: number;
  /** Of the sample that is being read. */
  #readings: DecodedReading[] = [];

  constructor(limits: DecodeLimits, form: JsonForm) {
    this.#limits = limits;
    this.#form = form;
    this.#left = limits.maxReadings;
  }

  read(root: unknown, bytesOf: BytesOf | undefined): DecodedMessage {
    let refused: RefusedParts | undefined;
    const badSamples: unknown[] = [];
    if (isArrayOfSamples(root, this.#form)) {
      for (let index = 0; index < root.length; index += 1) {
        try {
          this.#sample(root[index]);
        } catch (error) {
          (refused ??= new RefusedParts(this.#limits.maxReadings)).add(`sample ${index}`, error);
          this.#notes.forget(this.#samples.length);
          badSamples.push(asParsed(root[index]));
        }
      }
    } else {
      this.#sample(root);
    }
    const samples = this.#samples;
    const notes = this.#notes.attributes(samples.length);
    if (samples.length === 0 && refused === undefined) {
      if (!this.#notes.hasEmpty) throw new DecodeError("The message has no readings");
      return { samples, ...(notes !== undefined && { notes }), effects: nothingMeasured };
    }
    const message = notes === undefined ? { samples } : { samples, notes };
    return refused === undefined ? message : withRefused(message, refused, bytesOf?.(badSamples, this.#limits));
  }

  #sample(item: unknown): void {
    const { metric } = this.#form;
    this.#readings = [];
    if (item instanceof Unreadable) throw item.error;
    if (!isObject(item)) {
      if (metric === undefined) throw new DecodeError("A sample has to be an object of metrics and their values");
      this.#value(metric, item, 0);
      this.#close(undefined);
      return;
    }
    const time = this.#timeOf(item);
    const values = item["values"];
    if (isObject(values) && (this.#isTimeKey("ts", item) || this.#hasTimeField(item) || hasOneKey(item))) {
      for (const key of Object.keys(item)) {
        if (key !== "values" && !this.#isTimeKey(key, item)) this.#notes.note("not-read", key);
      }
      this.#members(values, metric, 0, undefined);
    } else {
      this.#members(item, metric, 0, this.#form.time?.path);
    }
    this.#close(time);
  }

  #close(time: DeviceTime | undefined): void {
    const readings = this.#readings;
    if (readings.length === 0) return;
    if (time === undefined) this.#samples.push({ readings });
    else if (time instanceof UnplacedTime) this.#samples.push({ unplaced: time, readings });
    else this.#samples.push({ time, readings });
  }

  /** Whether the key is that of the sample's time, in the shape that has `values`. */
  #isTimeKey(key: string, item: JsonObject): boolean {
    const path = this.#form.time?.path;
    return (path === undefined ? key === "ts" : path.length === 1 && key === path[0]) && Object.hasOwn(item, key);
  }

  #hasTimeField(item: JsonObject): boolean {
    const path = this.#form.time?.path;
    return path !== undefined && path.length === 1 && Object.hasOwn(item, path[0]!);
  }

  #timeOf(item: JsonObject): DeviceTime | undefined {
    const { time, timeZone } = this.#form;
    if (time === undefined) {
      if (!Object.hasOwn(item, "ts") || !isObject(item["values"])) return undefined;
      return deviceTime(item["ts"], { timeZone });
    }
    let value: unknown = item;
    for (const key of time.path) {
      if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
      value = value[key];
    }
    return deviceTime(value, { unit: time.unit, timeZone });
  }

  /** `timePath` is what is left of the path to the time, which is no metric. */
  #members(
    values: JsonObject,
    prefix: string | undefined,
    depth: number,
    timePath: readonly string[] | undefined,
  ): void {
    const { maxMetricLength } = this.#limits;
    for (const key of Object.keys(values)) {
      let rest: readonly string[] | undefined;
      if (timePath !== undefined && key === timePath[0]) {
        if (timePath.length === 1) continue;
        rest = timePath.slice(1);
      }
      if (key === "" || key.length > maxMetricLength) throw nameError(maxMetricLength);
      const metric = prefix === undefined ? key : depth === 0 && key === "value" ? prefix : `${prefix}.${key}`;
      this.#value(metric, values[key], depth, rest);
    }
  }

  #value(metric: string, value: unknown, depth: number, timePath?: readonly string[]): void {
    const { maxReadings, maxMetricLength, maxDepth } = this.#limits;
    if (metric.length > maxMetricLength) throw nameError(maxMetricLength);
    if (value === null) {
      this.#notes.note("without-value", metric);
      return;
    }
    if (value instanceof Unreadable) throw value.error;
    if (typeof value === "object" && this.#form.flatten === true && !(value instanceof InexactNumber)) {
      if (depth === maxDepth) throw new DecodeError(`A value nests deeper than ${maxDepth} levels`);
      this.#members(value as JsonObject, metric, depth + 1, timePath);
      return;
    }
    const said = typeof value === "string" ? this.#meaning(value) : value;
    if (said === null) {
      this.#notes.note("without-value", metric);
      return;
    }
    if (said instanceof InexactNumber && said.isNoNumber) {
      this.#notes.note("not-a-number", metric);
      return;
    }
    if (this.#left === 0) throw new TooManyReadings(maxReadings);
    this.#left -= 1;
    this.#readings.push({ metric, value: this.#kept(metric, said) });
  }

  /** What a text stands for on this route. */
  #meaning(text: string): unknown {
    const { map, numbersInText } = this.#form;
    const mapped = map?.get(text);
    if (mapped !== undefined) return mapped;
    return numbersInText === true ? (numberInText(text) ?? text) : text;
  }

  #kept(metric: string, value: unknown): number | boolean | string {
    if (typeof value !== "object") return value as number | boolean | string;
    if (!(value instanceof InexactNumber)) return nestedJson(value!, this.#limits.maxDepth);
    const { nearest, source } = value;
    if (nearest === undefined) {
      this.#notes.note("kept-as-text", metric);
      return source;
    }
    this.#notes.keep("exact", this.#samples.length, metric, source);
    return nearest;
  }
}

function asParsed(item: unknown): unknown {
  return item instanceof Unreadable ? item.value : item;
}

function jsonBytes(samples: readonly unknown[], { maxDepth }: DecodeLimits): Uint8Array | undefined {
  try {
    return Buffer.from(nestedJson(samples, 2 * maxDepth));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Under a metric that the topic names, an array of anything but samples is that metric's value. */
function isArrayOfSamples(root: unknown, { metric }: JsonForm): root is readonly unknown[] {
  return Array.isArray(root) && (metric === undefined || (root.length > 0 && root.every(isObject)));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !isNoObject(value);
}

function isNoObject(value: object): boolean {
  return Array.isArray(value) || value instanceof InexactNumber || value instanceof Unreadable;
}

function hasOneKey(item: JsonObject): boolean {
  return Object.keys(item).length === 1;
}

function nameError(maxMetricLength: number): DecodeError {
  return new DecodeError(`A metric's name has 1 to ${maxMetricLength} characters`);
}
