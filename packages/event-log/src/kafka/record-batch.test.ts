import { randomBytes } from "node:crypto";
import fc from "fast-check";
import Decoder from "kafkajs/src/protocol/decoder.js";
import decodeBatch from "kafkajs/src/protocol/recordBatch/v0/decoder.js";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import type { LogRecord, OutgoingRecord, RecordHeaders } from "../event-log.ts";
import { unpack } from "./codecs/unpack.ts";
import { crc32c } from "./crc32c.ts";
import { RecordBatchCursor } from "./record-batch-cursor.ts";
import { BATCH_OVERHEAD, boundOfRecord, RecordBatchEncoder } from "./record-batch-encoder.ts";
import type { Compression } from "./settings.ts";
import { signedVarintSize, SignedVarintReader, writeSignedVarint } from "./signed-varint.ts";

const records = fc.array(
  fc.record({
    key: fc.option(fc.oneof(fc.string({ unit: "binary", maxLength: 90 }), fc.uint8Array({ maxLength: 300 }))),
    value: fc.option(fc.uint8Array({ maxLength: 300 })),
    headers: fc.option(
      fc.dictionary(
        fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== "__proto__"),
        fc.oneof(fc.string(), fc.uint8Array({ maxLength: 40 })),
        { maxKeys: 3 },
      ),
      { nil: undefined },
    ),
  }),
  { minLength: 1, maxLength: 40 },
);

function encode(given: readonly OutgoingRecord[], now = 1_700_000_000_000, compression: Compression = "none"): Buffer {
  const encoder = new RecordBatchEncoder();
  let bound = BATCH_OVERHEAD;
  for (const each of given) {
    encoder.add(each);
    bound += boundOfRecord(each);
    expect(encoder.length).toBeLessThanOrEqual(bound);
  }
  return encoder.seal(now, compression);
}

const plain = (bytes: string | Uint8Array | null): number[] | null =>
  bytes === null ? null : [...(typeof bytes === "string" ? Buffer.from(bytes) : bytes)];
const plainHeaders = (headers: RecordHeaders | undefined): Record<string, number[] | null> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, plain(value)]));

describe("a record batch for Kafka", () => {
  it("is what kafkajs reads", async () => {
    await fc.assert(
      fc.asyncProperty(records, async (given) => {
        // kafkajs takes a header called toString for a second one of that name.
        fc.pre(given.every(({ headers = {} }) => Object.keys(headers).every((name) => !(name in Object.prototype))));
        const { records: read } = await decodeBatch(new Decoder(Buffer.from(encode(given))));
        expect(read).toHaveLength(given.length);
        read.forEach((each, i) => {
          expect(plain(each.key)).toEqual(plain(given[i]!.key));
          expect(plain(each.value)).toEqual(plain(given[i]!.value));
          expect(plainHeaders(each.headers)).toEqual(plainHeaders(given[i]!.headers));
        });
      }),
      { numRuns: propertyRuns(50) },
    );
  });

  it("is what comes back when it is read, in any portions", () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 7 }), fc.nat(5), (given, portion, from) => {
        const batch = Buffer.from(encode(given));
        batch.writeBigInt64BE(1000n, 0);
        const fromOffset = 1000 + Math.min(from, given.length - 1);
        const place = { topic: "t", partition: 0 };
        const cursor = new RecordBatchCursor(place, batch, batch.subarray(BATCH_OVERHEAD), fromOffset);
        expect(cursor.endOffset).toBe(1000 + given.length);
        const read: LogRecord[] = [];
        while (!cursor.take(read, portion));
        expect(cursor.gap).toBeUndefined();
        expect(read.map(({ offset }) => offset)).toEqual(given.map((_, i) => 1000 + i).slice(fromOffset - 1000));
        for (const each of read) {
          const original = given[each.offset - 1000]!;
          expect(plain(each.key)).toEqual(plain(original.key));
          expect(plain(each.value)).toEqual(plain(original.value));
          expect(plainHeaders(each.headers)).toEqual(plainHeaders(original.headers));
          expect(each.appendTime).toBe(1_700_000_000_000_000);
        }
      }),
    );
  });
});

describe("a record batch that is compressed", () => {
  it("holds the same records in fewer bytes", async () => {
    const given = Array.from({ length: 500 }, (_, i) => ({ key: `device-${i % 10}`, value: Buffer.alloc(100, i) }));
    const [plainBatch, packed] = [encode(given), Buffer.from(encode(given, undefined, "zstd"))];
    expect(packed.length).toBeLessThan(plainBatch.length / 4);
    expect(packed.readInt16BE(21)).toBe(4);
    expect(packed.readUInt32BE(17)).toBe(crc32c(packed, 21, packed.length));
    const unpacked = await unpack(packed.subarray(BATCH_OVERHEAD), 4, 1_000_000);
    expect(unpacked).toEqual(plainBatch.subarray(BATCH_OVERHEAD));
  });

  it("is as it was where compression does not pay", () => {
    const few = [{ key: "device", value: Buffer.alloc(100) }];
    const random = [{ key: "device", value: randomBytes(20_000) }];
    for (const given of [few, random]) expect(encode(given, undefined, "zstd")).toEqual(encode(given));
  });
});

describe("CRC-32C", () => {
  it("has the values of RFC 3720", () => {
    const of = (bytes: Uint8Array): number => crc32c(bytes, 0, bytes.length);
    expect(of(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(of(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(of(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(of(Buffer.from("123456789"))).toBe(0xe3069283);
  });
});

describe("a signed varint", () => {
  it("comes back as it was, in as many bytes as announced", () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const bytes = new Uint8Array(6);
        const end = writeSignedVarint(bytes, 0, value);
        expect(end).toBe(signedVarintSize(value));
        expect(new SignedVarintReader(bytes, 0).next()).toBe(value);
        expect(new SignedVarintReader(bytes, 0).nextLong()).toBe(value);
      }),
    );
  });
});
