import { events } from "@headwater/proto";
import type { DecodedMessage } from "@headwater/decode";
import type { EventTimes } from "../clock/event-time.ts";
import type { ByteWriter } from "../frame/byte-writer.ts";
import type { Lane } from "./lane.ts";

// Tags of telemetry.proto: field number * 8 + wire type.
const tag = { n: 24, receivedAt: 32, eventTime: 48, reading: 58, attribute: 66, mark: 82 } as const;
const readingTag = { metric: 10, number: 17, boolean: 24, text: 34, unit: 42, timeDelta: 48 } as const;
const markTag = { received: 8, dropped: 16, drops: 26 } as const;
const dropTag = { reason: 10, count: 16 } as const;
const entryTag = { key: 10, value: 18 } as const;

/** The bytes of a field that every record of its owner has alike. */
export type FieldBytes = Uint8Array;

/** The fields `gateway` and `epoch`. */
export function identityBytes(gateway: string, epoch: number): FieldBytes {
  return events.telemetry.encode({ gateway, epoch });
}

/** The field `device`. */
export function deviceBytes(device: string): FieldBytes {
  return events.telemetry.encode({ device });
}

/** Writes an event as telemetry.v1 has it: byte for byte what the codec would write. */
export function writeEvent(
  writer: ByteWriter,
  identity: FieldBytes,
  n: number,
  device: FieldBytes,
  message: DecodedMessage,
  times: EventTimes,
): void {
  writer.raw(identity);
  writer.integerField(tag.n, n);
  writer.integerField(tag.receivedAt, times.receivedAt);
  writer.raw(device);
  writer.integerField(tag.eventTime, times.eventTime);
  const { samples } = message;
  const { sampleTimes, eventTime, attributes } = times;
  for (let i = 0; i < samples.length; i += 1) {
    const delta = sampleTimes === null ? 0 : sampleTimes[i]! - eventTime;
    const { readings } = samples[i]!;
    for (let j = 0; j < readings.length; j += 1) {
      const reading = readings[j]!;
      const { value } = reading;
      const start = writer.beginNested(tag.reading);
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
      const start = writer.beginNested(tag.attribute);
      writer.textField(entryTag.key, name);
      writer.textField(entryTag.value, attributes[name]!);
      writer.endNested(start);
    }
  }
}

/**
 * Writes a mark: nothing of this gateway with an earlier receive time follows in the lane; and the lane's account so
 * far.
 */
export function writeMark(writer: ByteWriter, identity: FieldBytes, n: number, receivedAt: number, lane: Lane): void {
  writer.raw(identity);
  writer.integerField(tag.n, n);
  writer.integerField(tag.receivedAt, receivedAt);
  writer.integerField(tag.eventTime, receivedAt);
  const start = writer.beginNested(tag.mark);
  writer.integerField(markTag.received, lane.received);
  let dropped = 0;
  for (const count of lane.dropped.values()) dropped += count;
  writer.integerField(markTag.dropped, dropped);
  for (const [reason, count] of lane.dropped) {
    const drop = writer.beginNested(markTag.drops);
    writer.textField(dropTag.reason, reason);
    writer.integerField(dropTag.count, count);
    writer.endNested(drop);
  }
  writer.endNested(start);
}
