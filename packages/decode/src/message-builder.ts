import { DecodeError } from "@headwater/core";
import type { MessageEffects, DecodedMessage, DecodedReading, DecodeLimits, Sample } from "./decoder.ts";
import { UnplacedTime, type DeviceTime } from "./device-time.ts";
import { InexactNumber, nestedJson } from "./json-text.ts";
import { MessageNotes, type NoteName } from "./message-notes.ts";
import { nothingMeasured, RefusedParts, TooManyReadings, withRefused } from "./partly-read.ts";
import { Unreadable } from "./unreadable.ts";

/** Longest unit that is kept (characters). */
const maxUnit = 64;

interface OpenSample {
  /** Among the samples that have readings. */
  index: number;
  readonly time: DeviceTime | undefined;
  readonly readings: DecodedReading[];
  readonly metrics: Set<string>;
}

/**
 * Gathers what a decoder reads, within the limits: readings of one time become one sample; readings without a time are
 * one sample too, until a metric repeats. A number that a double cannot hold becomes the nearest one and its digits are
 * noted, here for all decoders.
 */
export class MessageBuilder {
  readonly #limits: DecodeLimits;
  readonly #samples: OpenSample[] = [];
  readonly #timed = new Map<number | string, OpenSample>();
  readonly #notes = new MessageNotes();
  readonly #refused: RefusedParts;
  #untimed: OpenSample | undefined;
  #count = 0;

  constructor(limits: DecodeLimits) {
    this.#limits = limits;
    this.#refused = new RefusedParts(limits.maxReadings);
  }

  get limits(): DecodeLimits {
    return this.#limits;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /**
   * Adds a reading. `value` may be anything that a parser gave: null and NaN are noted, an object or array is kept as
   * its JSON. Throws DecodeError where a limit ends.
   */
  add(metric: string, value: unknown, time?: DeviceTime, unit?: string): void {
    this.checkName(metric);
    if (value === null || value === undefined) {
      this.note("without-value", metric);
      return;
    }
    if (isNoNumber(value)) {
      this.note("not-a-number", metric);
      return;
    }
    if (this.#count === this.#limits.maxReadings) throw new TooManyReadings(this.#limits.maxReadings);
    const reading = { metric, value: this.#valueOf(metric, value) };
    this.#count += 1;
    const target = this.#sampleFor(metric, time);
    if (target.readings.length === 0) target.index = this.#samples.push(target) - 1;
    if (typeof reading.value === "number" && typeof value !== "number") {
      const digits = digitsOf(value, reading.value);
      if (digits !== undefined) this.#notes.keep("exact", target.index, metric, digits);
    }
    target.readings.push(
      unit === undefined || unit === "" ? reading : { ...reading, unit: unit.slice(0, maxUnit).toWellFormed() },
    );
    target.metrics.add(metric);
  }

  /** A value that the sender does not trust: the reading is its quality, `metric.quality`; the value is kept aside. */
  addUntrusted(metric: string, value: unknown, quality: number, time?: DeviceTime): void {
    const name = `${metric}.quality`;
    this.add(name, quality, time);
    const index = this.#sampleFor("", time).index;
    this.#notes.keep("bad-quality", index, metric, value instanceof InexactNumber ? value.source : jsonOf(value));
  }

  /** Throws DecodeError for a name that no metric can have. */
  checkName(metric: string): void {
    if (metric === "" || metric.length > this.#limits.maxMetricLength) {
      throw new DecodeError(`A metric's name has 1 to ${this.#limits.maxMetricLength} characters`);
    }
    if (!metric.isWellFormed()) throw new DecodeError("A metric's name is no valid Unicode");
  }

  /** Reads a part; where that throws DecodeError the part is set aside and the others go on. */
  part(what: string, read: () => void): void {
    try {
      read();
    } catch (error) {
      this.refuse(what, error);
    }
  }

  /** Sets a part aside for this error. Rethrows an error that is no fault of the part alone. */
  refuse(what: string, error: unknown): void {
    this.#refused.add(what, error);
  }

  note(name: NoteName, metric: string): void {
    this.#notes.note(name, metric);
  }

  /** Something else that a reader has to know. */
  fact(name: string, value: string): void {
    this.#notes.fact(name, value);
  }

  /**
   * Throws DecodeError if there is nothing: no reading, no metric without a value, and no effects. `refused` are the
   * bytes of the parts that were set aside; default: the whole payload.
   */
  finish(effects?: MessageEffects, refused?: Uint8Array): DecodedMessage {
    const samples = this.#samples.map(sampleOf);
    const notes = this.#notes.attributes(samples.length);
    const nothing = samples.length === 0 && effects === undefined && this.#refused.isEmpty;
    if (nothing && !this.#notes.hasEmpty) throw new DecodeError("The message has no readings");
    const told = nothing ? nothingMeasured : effects;
    const message: DecodedMessage = {
      samples,
      ...(notes === undefined ? {} : { notes }),
      ...(told === undefined ? {} : { effects: told }),
    };
    return withRefused(message, this.#refused, refused);
  }

  /** A message that says nothing, and of which nothing was refused, is ignored for this reason. */
  finishOrIgnore(reason: string): DecodedMessage {
    return this.finish(this.isEmpty && this.#refused.isEmpty ? { ignored: reason } : undefined);
  }

  #sampleFor(metric: string, time: DeviceTime | undefined): OpenSample {
    if (time === undefined) {
      if (this.#untimed === undefined || this.#untimed.metrics.has(metric)) this.#untimed = this.#open(undefined);
      return this.#untimed;
    }
    const placed = typeof time === "number" && !Number.isSafeInteger(time) ? beyond(time) : time;
    const key = placed instanceof UnplacedTime ? placed.text : placed;
    let sample = this.#timed.get(key);
    if (sample === undefined) this.#timed.set(key, (sample = this.#open(placed)));
    return sample;
  }

  /** It counts as a sample with its first reading. */
  #open(time: DeviceTime | undefined): OpenSample {
    return { index: 0, time, readings: [], metrics: new Set() };
  }

  #valueOf(metric: string, value: unknown): number | boolean | string {
    switch (typeof value) {
      case "number":
      case "boolean":
        return value;
      case "string":
        if (!value.isWellFormed()) throw new DecodeError("A value is no valid Unicode");
        return value;
      case "bigint":
        return this.#nearest(metric, new InexactNumber(String(value)));
      case "object":
        if (value instanceof InexactNumber) return this.#nearest(metric, value);
        if (value instanceof Unreadable) throw value.error;
        return nestedJson(value!, this.#limits.maxDepth);
      default:
        throw new DecodeError("A value is of no kind that can be kept");
    }
  }

  #nearest(metric: string, { nearest, source }: InexactNumber): number | string {
    if (nearest !== undefined) return nearest;
    this.note("kept-as-text", metric);
    return source;
  }
}

function jsonOf(value: unknown): string {
  return typeof value === "object" && value !== null ? nestedJson(value, Infinity) : String(value).toWellFormed();
}

/** What was written, where the double that stands for it says something else. */
function digitsOf(value: unknown, nearest: number): string | undefined {
  if (value instanceof InexactNumber) return value.source;
  return typeof value === "bigint" && BigInt(nearest) !== value ? String(value) : undefined;
}

function isNoNumber(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return value instanceof InexactNumber && value.isNoNumber;
}

function beyond(time: number): UnplacedTime {
  return new UnplacedTime("beyond", String(time));
}

function sampleOf({ time, readings }: OpenSample): Sample {
  if (time === undefined) return { readings };
  return time instanceof UnplacedTime ? { unplaced: time, readings } : { time, readings };
}
