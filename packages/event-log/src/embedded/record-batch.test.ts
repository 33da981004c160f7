import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogRecord, OutgoingRecord, RecordHeaders } from "../event-log.ts";
import { BatchBuilder } from "./batch-builder.ts";
import { BatchCursor, isIntact, readBatchHeader, sealBatch } from "./record-batch.ts";
import { ByteReader, varintSize, writeVarint } from "./varint.ts";

const headerSets = fc
  .array(
    fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(fc.string(), fc.uint8Array({ maxLength: 20 })), { maxKeys: 4 }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((sets) => sets as RecordHeaders[]);
const shapes = fc.array(
  fc.record({
    key: fc.option(fc.oneof(fc.string({ unit: "binary", maxLength: 90 }), fc.uint8Array({ maxLength: 300 }))),
    value: fc.option(fc.uint8Array({ maxLength: 300 })),
    set: fc.option(fc.nat(3)),
  }),
  { minLength: 1, maxLength: 30 },
);

function build(records: readonly OutgoingRecord[], baseOffset: number, appendTime: number): Uint8Array {
  const builder = new BatchBuilder();
  for (const { key, value, headers } of records) builder.add(key, value, headers);
  const batch = new Uint8Array(builder.bytes);
  expect(builder.copyTo(batch, 0)).toBe(batch.length);
  sealBatch(batch, {
    baseOffset,
    appendTime,
    count: builder.count,
    sparse: false,
    headerTableBytes: builder.headerTableBytes,
  });
  return batch;
}

const plain = (bytes: string | Uint8Array | null): number[] | null =>
  bytes === null ? null : [...(typeof bytes === "string" ? Buffer.from(bytes) : bytes)];
const plainHeaders = (headers: RecordHeaders): Record<string, number[] | null> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, plain(value)]));

describe("a stored batch", () => {
  it("gives back what was put in, in any portions", () => {
    fc.assert(
      fc.property(headerSets, shapes, fc.maxSafeNat(), fc.integer({ min: 1, max: 7 }), (sets, given, base, portion) => {
        const records = given.map(({ key, value, set }) => ({
          key,
          value,
          ...(set === null ? {} : { headers: sets[set % sets.length]! }),
        }));
        const batch = build(records, base, 1_700_000_000_000_000);
        expect(isIntact(batch)).toBe(true);
        expect(readBatchHeader(batch)).toEqual({
          baseOffset: base,
          appendTime: 1_700_000_000_000_000,
          count: records.length,
          sparse: false,
        });
        const cursor = new BatchCursor(batch, base + records.length);
        const read: LogRecord[] = [];
        while (!cursor.take(read, portion));
        expect(read).toHaveLength(records.length);
        read.forEach((each, i) => {
          const { key, value, headers = {} } = records[i]! as OutgoingRecord;
          expect(each.offset).toBe(base + i);
          expect(plain(each.key)).toEqual(plain(key));
          expect(plain(each.value)).toEqual(plain(value));
          expect(plainHeaders(each.headers)).toEqual(plainHeaders(headers));
        });
      }),
    );
  });

  it("starts where it is told to", () => {
    const records = Array.from({ length: 10 }, (_, i) => ({ key: "k", value: Buffer.from(String(i)) }));
    const read: LogRecord[] = [];
    expect(new BatchCursor(build(records, 100, 1), 110, 107).take(read, 2)).toBe(false);
    expect(read.map(({ offset, value }) => [offset, String(value)])).toEqual([
      [107, "7"],
      [108, "8"],
    ]);
  });

  it("does not pass for intact with any one bit flipped, or cut off", () => {
    const batch = build([{ key: "key", value: Buffer.from("value"), headers: { a: "b" } }], 5, 1);
    for (let bit = 0; bit < batch.length * 8; bit++) {
      const at = bit >> 3;
      const flipped = Uint8Array.from(batch);
      flipped[at] = flipped[at]! ^ (1 << (bit & 7));
      expect(isIntact(flipped)).toBe(false);
    }
    for (let length = 0; length < batch.length; length++) expect(isIntact(batch.subarray(0, length))).toBe(false);
  });
});

describe("a varint", () => {
  it("comes back as it was, in as many bytes as announced", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = new Uint8Array(10);
        const end = writeVarint(bytes, 0, value);
        expect(end).toBe(varintSize(value));
        const reader = new ByteReader(bytes, 0);
        expect(reader.varint()).toBe(value);
        expect(reader.at).toBe(end);
      }),
    );
  });
});
