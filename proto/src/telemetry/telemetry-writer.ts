import * as events from "../codec.ts";
import type { ByteWriter } from "./byte-writer.ts";
import * as tags from "../telemetry-tags.ts";

// Of this module: a binding of another one is looked up at each use, which an event feels.
const { attributeTag, dropTag, markTag, readingTag, recordTag } = tags;

/** The bytes of a field that every record of its owner has alike. */
export type FieldBytes = Uint8Array;

/** Readings that share one time. */
export interface SampleToWrite {
  readonly readings: readonly {
    readonly metric: string;
    readonly value: number | boolean | string;
    readonly unit?: string;
  }[];
}

/** The times of an event, in microseconds since the epoch, and its attributes. */
export interface TimesToWrite {
  readonly receivedAt: number;
  /** Of the first sample. */
  readonly eventTime: number;
  /** Of each sample; null if all of them happened at `eventTime`. */
  readonly sampleTimes: readonly number[] | null;
  readonly attributes: Readonly<Record<string, string>> | undefined;
}

/** The account of a lane in a mark: the events it has received and dropped since its epoch began. */
export interface LaneTotals {
  readonly received: number;
  /** By reason. */
  readonly dropped: ReadonlyMap<string, number>;
}

/** The fields `gateway` and `epoch`. */
export function identityBytes(gateway: string, epoch: number): FieldBytes {
  return events.telemetry.encode({ gateway, epoch });
}

/** The fields `device`, which comes last, and `incarnation`, of which the first has none. */
export function deviceBytes(device: string, incarnation = 0): FieldBytes {
  const field = events.telemetry.encode({ device });
  return incarnation === 0 ? field : Buffer.concat([events.telemetry.encode({ incarnation }), field]);
}

/**
 * Writes an event of telemetry.v1 without an object or a buffer of its own; the generated code decodes it to the same
 * event.
 */
export function writeEvent(
  writer: ByteWriter,
  identity: FieldBytes,
  n: number,
  device: FieldBytes,
  samples: readonly SampleToWrite[],
  times: TimesToWrite,
): void {
  writer.raw(identity);
  writer.integerField(recordTag.n, n);
  writer.integerField(recordTag.receivedAt, times.receivedAt);
  writer.raw(device);
  writer.integerField(recordTag.eventTime, times.eventTime);
  const { sampleTimes, eventTime, attributes } = times;
  for (let i = 0; i < samples.length; i += 1) {
    const delta = sampleTimes === null ? 0 : sampleTimes[i]! - eventTime;
    const { readings } = samples[i]!;
    for (let j = 0; j < readings.length; j += 1) {
      const reading = readings[j]!;
      const { value } = reading;
      const start = writer.beginNested(recordTag.reading);
      writer.textField(readingTag.metric, reading.metric);
      if (typeof value === "number") writer.doubleField(readingTag.number, value);
      else if (typeof value === "boolean") writer.booleanField(readingTag.boolean, value);
      else writer.textField(readingTag.text, value);
      if (reading.unit !== undefined && reading.unit !== "") writer.textField(readingTag.unit, reading.unit);
      writer.signedField(readingTag.timeDelta, delta);
      writer.endNested(start);
    }
  }
  if (attributes !== undefined) {
    for (const name of Object.keys(attributes)) {
      const start = writer.beginNested(recordTag.attribute);
      writer.textField(attributeTag.key, name);
      writer.textField(attributeTag.value, attributes[name]!);
      writer.endNested(start);
    }
  }
}

/**
 * Writes a mark: the promise that no event of this gateway with an earlier receive time follows in the lane, and the
 * account of the lane so far.
 */
export function writeMark(
  writer: ByteWriter,
  identity: FieldBytes,
  n: number,
  receivedAt: number,
  lane: LaneTotals,
): void {
  writer.raw(identity);
  writer.integerField(recordTag.n, n);
  writer.integerField(recordTag.receivedAt, receivedAt);
  writer.integerField(recordTag.eventTime, receivedAt);
  const start = writer.beginNested(recordTag.mark);
  writer.integerField(markTag.received, lane.received);
  let dropped = 0;
  for (const count of lane.dropped.values()) dropped += count;
  writer.integerField(markTag.dropped, dropped);
  for (const [reason, count] of lane.dropped) {
    const drop = writer.beginNested(markTag.drop);
    writer.textField(dropTag.reason, reason);
    writer.integerField(dropTag.count, count);
    writer.endNested(drop);
  }
  writer.endNested(start);
}
