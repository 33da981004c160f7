/**
 * Field numbers and wire types of telemetry.proto for the two fast paths, the writer and the reader of plain events.
 * Beside the generated code this is the only place that knows them, and property tests hold it to the generated code. A
 * tag is `number << 3 | wire type` (https://protobuf.dev/programming-guides/encoding/#structure); all of these take one
 * byte.
 */
const varint = 0;
const fixed64 = 1;
const delimited = 2;

const tagOf = (number: number, wireType: number): number => (number << 3) | wireType;

/** Of `TelemetryRecord`. */
export const recordTag = {
  gateway: tagOf(1, delimited),
  epoch: tagOf(2, varint),
  n: tagOf(3, varint),
  receivedAt: tagOf(4, varint),
  device: tagOf(5, delimited),
  eventTime: tagOf(6, varint),
  reading: tagOf(7, delimited),
  attribute: tagOf(8, delimited),
  mark: tagOf(10, delimited),
  incarnation: tagOf(13, varint),
} as const;

/** Of `Reading`. */
export const readingTag = {
  metric: tagOf(1, delimited),
  number: tagOf(2, fixed64),
  boolean: tagOf(3, varint),
  text: tagOf(4, delimited),
  unit: tagOf(5, delimited),
  timeDelta: tagOf(6, varint),
} as const;

/** Of an entry of `TelemetryRecord.attributes`. */
export const attributeTag = { key: tagOf(1, delimited), value: tagOf(2, delimited) } as const;

/** Of `Mark`. */
export const markTag = { received: tagOf(1, varint), dropped: tagOf(2, varint), drop: tagOf(3, delimited) } as const;

/** Of `DropCount`. */
export const dropTag = { reason: tagOf(1, delimited), count: tagOf(2, varint) } as const;

/** The number of a tag's field. */
export const fieldNumber = (tag: number): number => tag >>> 3;
