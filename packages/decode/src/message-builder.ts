import { DecodeError } from "@headwater/core";
import type { MessageEffects, DecodedMessage, DecodedReading, DecodeLimits, Sample } from "./decoder.ts";
import { exactNumber, InexactNumber, nestedJson } from "./json-text.ts";

/** Names in a note are cut off here (characters). */
const maxNote = 1024;
/** Longest unit that is kept (characters). */
const maxUnit = 64;

interface OpenSample {
  readonly time: number | undefined;
  readonly readings: DecodedReading[];
  readonly metrics: Set<string>;
}

/** Kinds of notes; each lists the metrics it is true of. */
export type NoteName =
  /** A double cannot hold the number: it is kept as text. */
  | "kept-as-text"
  /** Null, or a word for it: no reading. */
  | "without-value"
  /** There, but no telemetry. */
  | "not-read"
  /** Buffered by the sender and sent later. */
  | "historical"
  /** Bytes, as base64url text. */
  | "kept-as-base64";

/**
 * Gathers what a decoder reads, within the limits: readings of one time become one sample; readings without a time are
 * one sample too, until a metric repeats. Every value that a double cannot hold is kept as text and noted, here for all
 * decoders.
 */
export class MessageBuilder {
  readonly #limits: DecodeLimits;
  readonly #samples: OpenSample[] = [];
  readonly #timed = new Map<number, OpenSample>();
  readonly #notes = new Map<string, string[]>();
  readonly #facts = new Map<string, string>();
  #untimed: OpenSample | undefined;
  #count = 0;

  constructor(limits: DecodeLimits) {
    this.#limits = limits;
  }

  get limits(): DecodeLimits {
    return this.#limits;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /**
   * Adds a reading. `value` may be anything that a parser gave: null is noted, an object or array is kept as its JSON.
   * `time` is in microseconds since the epoch. Throws DecodeError where a limit ends.
   */
  add(metric: string, value: unknown, time?: number, unit?: string): void {
    if (metric === "" || metric.length > this.#limits.maxMetricLength) {
      throw new DecodeError(`A metric's name has 1 to ${this.#limits.maxMetricLength} characters`);
    }
    if (!metric.isWellFormed()) throw new DecodeError("A metric's name is no valid Unicode");
    if (value === null || value === undefined) {
      this.note("without-value", metric);
      return;
    }
    if (this.#count === this.#limits.maxReadings) {
      throw new DecodeError(`The message has more than ${this.#limits.maxReadings} readings`);
    }
    this.#count += 1;
    const reading = { metric, value: this.#valueOf(metric, value) };
    const target = this.#sampleFor(metric, time);
    target.readings.push(
      unit === undefined || unit === "" ? reading : { ...reading, unit: unit.slice(0, maxUnit).toWellFormed() },
    );
    target.metrics.add(metric);
  }

  note(name: NoteName, metric: string): void {
    const noted = this.#notes.get(name);
    if (noted === undefined) this.#notes.set(name, [metric]);
    else if (noted.length < maxNote) noted.push(metric);
  }

  /** Something else that a reader has to know. */
  fact(name: string, value: string): void {
    this.#facts.set(name, value.slice(0, maxNote).toWellFormed());
  }

  /** Throws DecodeError if there is nothing: no reading, and no effects. */
  finish(effects?: MessageEffects): DecodedMessage {
    if (this.#samples.length === 0 && effects === undefined) throw new DecodeError("The message has no readings");
    let notes: Record<string, string> | undefined;
    for (const [name, metrics] of this.#notes)
      (notes ??= {})[name] = metrics.join(",").slice(0, maxNote).toWellFormed();
    for (const [name, value] of this.#facts) (notes ??= {})[name] = value;
    const samples: Sample[] = this.#samples.map(({ time, readings }) =>
      time === undefined ? { readings } : { time, readings },
    );
    return { samples, ...(notes === undefined ? {} : { notes }), ...(effects === undefined ? {} : { effects }) };
  }

  #sampleFor(metric: string, time: number | undefined): OpenSample {
    if (time === undefined) {
      if (this.#untimed === undefined || this.#untimed.metrics.has(metric)) this.#untimed = this.#open(undefined);
      return this.#untimed;
    }
    if (!Number.isSafeInteger(time)) throw new DecodeError("A time is out of range");
    let sample = this.#timed.get(time);
    if (sample === undefined) this.#timed.set(time, (sample = this.#open(time)));
    return sample;
  }

  #open(time: number | undefined): OpenSample {
    const sample: OpenSample = { time, readings: [], metrics: new Set() };
    this.#samples.push(sample);
    return sample;
  }

  #valueOf(metric: string, value: unknown): number | boolean | string {
    switch (typeof value) {
      case "number":
        if (Number.isFinite(value)) return value;
        return this.#asText(metric, String(value));
      case "boolean":
        return value;
      case "string":
        if (!value.isWellFormed()) throw new DecodeError("A value is no valid Unicode");
        return value;
      case "bigint":
        return exactNumber(value) ?? this.#asText(metric, String(value));
      case "object":
        if (value instanceof InexactNumber) return this.#asText(metric, value.source);
        return nestedJson(value!, this.#limits.maxDepth);
      default:
        throw new DecodeError("A value is of no kind that can be kept");
    }
  }

  #asText(metric: string, source: string): string {
    this.note("kept-as-text", metric);
    return source;
  }
}
