import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import type { LogGap } from "../event-log.ts";
import type { AbortedTransaction } from "./aborted-transactions.ts";
import { BatchIntake } from "./batch-intake.ts";
import { crc32c } from "./crc32c.ts";
import { BATCH_OVERHEAD, RecordBatchEncoder } from "./record-batch-encoder.ts";

const LIMIT = 3_000_000;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

interface Shape {
  readonly base: number;
  readonly values: readonly string[];
  readonly attributes?: number;
  readonly producer?: number;
  readonly pack?: (records: Buffer) => Buffer;
  readonly key?: Buffer;
}

function batch({ base, values, attributes = 0, producer = -1, pack = (each) => each, key }: Shape): Buffer {
  const encoder = new RecordBatchEncoder();
  for (const value of values) encoder.add({ key: key ?? null, value: Buffer.from(value) });
  const plain = encoder.seal(1_700_000_000_000);
  const sealed = Buffer.concat([plain.subarray(0, BATCH_OVERHEAD), pack(plain.subarray(BATCH_OVERHEAD))]);
  sealed.writeBigInt64BE(BigInt(base), 0);
  sealed.writeInt32BE(sealed.length - 12, 8);
  sealed.writeInt16BE(attributes, 21);
  sealed.writeBigInt64BE(BigInt(producer), 43);
  sealed.writeUInt32BE(crc32c(sealed, 21, sealed.length), 17);
  return sealed;
}

const marker = (base: number, producer: number, isCommit: boolean): Buffer =>
  batch({
    ...{ base, values: ["end"], producer, attributes: TRANSACTIONAL | CONTROL },
    key: Buffer.from([0, 0, 0, isCommit ? 1 : 0]),
  });

class Reader {
  readonly intake = new BatchIntake("t", 0, LIMIT);
  readonly read: string[] = [];
  readonly gaps: LogGap[] = [];
  next = 0;

  /** One fetch; answers what it was in doubt about. */
  async fetch(records: Buffer, aborted: readonly AbortedTransaction[] = []): Promise<string | undefined> {
    const part = { topic: "t", partition: 0, errorCode: 0, highWatermark: 1000, logStartOffset: 0, aborted, records };
    const doubt = this.intake.take(part, this.next);
    while (!this.intake.isEmpty) {
      const cursor = await this.intake.next(this.next);
      const taken: { offset: number; value: Uint8Array | null }[] = [];
      expect(cursor.take(taken as never, Number.POSITIVE_INFINITY)).toBe(true);
      this.read.push(...taken.map(({ offset, value }) => `${offset}:${value === null ? "null" : String(value)}`));
      if (cursor.gap !== undefined) this.gaps.push(cursor.gap);
      this.next = cursor.endOffset;
    }
    return doubt?.kind;
  }
}

const three = Buffer.concat([
  batch({ base: 0, values: ["a", "b"] }),
  batch({ base: 2, values: ["c"] }),
  batch({ base: 3, values: ["d", "e"] }),
]);
const all = ["0:a", "1:b", "2:c", "3:d", "4:e"];

describe("fetched batches", () => {
  it("are read whole, and one that the broker cut off is left for the next fetch", async () => {
    const reader = new Reader();
    expect(await reader.fetch(three.subarray(0, three.length - 3))).toBeUndefined();
    expect(reader.read).toEqual(all.slice(0, 3));
    expect(await reader.fetch(batch({ base: 3, values: ["d", "e"] }))).toBeUndefined();
    expect(reader.read).toEqual(all);
  });

  it("are never read with a bit flipped, wherever it is: the next fetch brings them as they are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(three.length * 8 - 1), async (bit) => {
        const reader = new Reader();
        const flipped = Buffer.from(three);
        flipped[bit >>> 3]! ^= 1 << (bit & 7);
        await reader.fetch(flipped);
        for (let i = 0; i < 3 && reader.next < 5; i++) await reader.fetch(from(reader.next));
        // The epoch of a leader, which nothing here reads, is not part of the checksum.
        expect(reader.read).toEqual(all);
        expect(reader.gaps).toEqual([]);
      }),
      { numRuns: propertyRuns(400) },
    );
  });

  it("that stay damaged are a gap after three fetches, and the next ones are read", async () => {
    const damaged = Buffer.from(three);
    const second = batch({ base: 0, values: ["a", "b"] }).length;
    damaged[second + BATCH_OVERHEAD + 5]! ^= 4;
    const reader = new Reader();
    expect(await reader.fetch(damaged)).toBe("damaged");
    expect(await reader.fetch(damaged.subarray(second))).toBe("damaged");
    expect(reader.read).toEqual(all.slice(0, 2));
    expect(await reader.fetch(damaged.subarray(second))).toBeUndefined();
    expect(reader.gaps).toEqual([{ topic: "t", partition: 0, fromOffset: 2, toOffset: 3, reason: "damaged" }]);
    expect(reader.read).toEqual([...all.slice(0, 2), "3:d", "4:e"]);
  });

  it("that go on elsewhere, as after a compaction, are believed when the next fetch says so too", async () => {
    const holes = Buffer.concat([batch({ base: 7, values: ["a"] }), batch({ base: 20, values: ["b"] })]);
    const reader = new Reader();
    expect([await reader.fetch(holes), reader.read]).toEqual(["jump", []]);
    expect([await reader.fetch(holes), reader.read]).toEqual([undefined, ["7:a", "20:b"]]);
  });

  it("begin in the middle of the one that holds the offset asked for", async () => {
    const reader = new Reader();
    reader.next = 1;
    await reader.fetch(three);
    await reader.fetch(three);
    expect(reader.read).toEqual(all.slice(1));
  });

  it("of formats before the present one are a gap", async () => {
    const old = Buffer.from(batch({ base: 0, values: ["a"] }));
    old[16] = 1;
    const reader = new Reader();
    for (let i = 0; i < 3; i++) await reader.fetch(Buffer.concat([old, batch({ base: 1, values: ["b"] })]));
    expect([reader.gaps.length, reader.read]).toEqual([1, ["1:b"]]);
  });
});

describe("packed batches", () => {
  it("are read in gzip and zstd", async () => {
    const reader = new Reader();
    await reader.fetch(
      Buffer.concat([
        batch({ base: 0, values: ["a", "b"], attributes: 1, pack: (each) => gzipSync(each) }),
        batch({ base: 2, values: ["c"], attributes: 4, pack: (each) => zstdCompressSync(each) }),
      ]),
    );
    expect([reader.read, reader.gaps]).toEqual([all.slice(0, 3), []]);
  });

  it.each([
    ["gzip", 1, (each: Buffer): Buffer => gzipSync(each)],
    ["zstd", 4, (each: Buffer): Buffer => zstdCompressSync(each)],
  ] as const)("in %s that unpack to more than the limit are a gap", async (_, attributes, pack) => {
    const reader = new Reader();
    await reader.fetch(
      Buffer.concat([
        batch({ base: 0, values: ["x".repeat(LIMIT)], attributes, pack }),
        batch({ base: 1, values: ["y".repeat(LIMIT - 100)], attributes, pack }),
      ]),
    );
    expect(reader.gaps).toEqual([{ topic: "t", partition: 0, fromOffset: 0, toOffset: 1, reason: "too-large" }]);
    expect(reader.read.map((each) => each.length)).toEqual([LIMIT - 98]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7])("that are no codec's (%i) are a gap", async (attributes) => {
    const reader = new Reader();
    await reader.fetch(Buffer.concat([batch({ base: 0, values: ["a", "b"], attributes }), from(2)]));
    expect(reader.gaps).toEqual([{ topic: "t", partition: 0, fromOffset: 0, toOffset: 2, reason: "unreadable" }]);
    expect(reader.read).toEqual(all.slice(2));
  });

  it("whose records are none, for all that the checksum is right, are read as far as they go", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.nat(30), async (noise, at) => {
        const spoiled = batch({
          base: 0,
          values: ["first", "second", "third"],
          pack: (each) => Buffer.concat([each.subarray(0, at), noise]),
        });
        const reader = new Reader();
        await reader.fetch(Buffer.concat([spoiled, batch({ base: 3, values: ["d", "e"] })]));
        expect(reader.read.slice(-2)).toEqual(all.slice(3));
        expect(reader.next).toBe(5);
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});

describe("transactions", () => {
  it("that were given up are not read, whoever wrote between", async () => {
    const reader = new Reader();
    const txn = (base: number, producer: number, ...values: string[]): Buffer =>
      batch({ base, values, producer, attributes: TRANSACTIONAL });
    await reader.fetch(
      Buffer.concat([
        txn(0, 7, "given-up", "given-up"),
        batch({ base: 2, values: ["plain"] }),
        txn(3, 8, "kept"),
        marker(4, 8, true),
        txn(5, 7, "given-up"),
        marker(6, 7, false),
        txn(7, 7, "kept too"),
        marker(8, 7, true),
      ]),
      [{ producerId: 7n, firstOffset: 0 }],
    );
    expect([reader.read, reader.next]).toEqual([["2:plain", "3:kept", "7:kept too"], 9]);
  });
});

/** The batches of `three` from that offset on. */
function from(offset: number): Buffer {
  if (offset < 2) return three;
  const rest = [batch({ base: 2, values: ["c"] }), batch({ base: 3, values: ["d", "e"] })];
  return Buffer.concat(offset < 3 ? rest : rest.slice(1));
}
