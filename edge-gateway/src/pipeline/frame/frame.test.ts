import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "@headwater/proto/telemetry";
import { findFrame } from "./find-frame.ts";
import { beginFrame, endFrame, readFrame, type FrameKind } from "./frame.ts";

const seed = 0x1234567;

const info = fc.record({
  kind: fc.integer({ min: 1, max: 6 }) as fc.Arbitrary<FrameKind>,
  partition: fc.nat(0xffff),
  n: fc.maxSafeNat().map((n) => n % 2 ** 48),
  key: fc.uint8Array({ maxLength: 300 }),
  headers: fc.option(
    fc.string({ unit: "binary", maxLength: 200 }).filter((text) => text.isWellFormed()),
    { nil: undefined },
  ),
});
const record = fc.record({ info, value: fc.uint8Array({ maxLength: 500 }) });
type Written = {
  info: { kind: FrameKind; partition: number; n: number; key: Uint8Array; headers?: string | undefined };
  value: Uint8Array;
};

function write(records: readonly Written[]): { bytes: Buffer; ends: number[] } {
  const writer = new ByteWriter(Buffer.alloc(16));
  const ends: number[] = [];
  for (const each of records) {
    const { kind, partition, n, key, headers } = each.info;
    const start = beginFrame(writer, kind, partition, n, key, headers);
    writer.raw(each.value);
    endFrame(writer, start, seed);
    ends.push(writer.position);
  }
  return { bytes: Buffer.from(writer.bytes.subarray(0, writer.position)), ends };
}

function readAll(bytes: Buffer): { ends: number[]; stopped: string } {
  const ends: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const frame = readFrame(bytes, at, seed);
    if (typeof frame === "string") return { ends, stopped: frame };
    ends.push(frame.end);
    at = frame.end;
  }
  return { ends, stopped: "end" };
}

describe("frames", () => {
  it("say again what was written", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const { bytes } = write(records);
        let at = 0;
        for (const { info: expected, value } of records) {
          const frame = readFrame(bytes, at, seed);
          if (typeof frame === "string") throw new RangeError(`${frame} at ${at}`);
          expect({ ...frame, key: [...frame.key], value: [...frame.value] }).toMatchObject({
            kind: expected.kind,
            partition: expected.partition,
            n: expected.n,
            key: [...expected.key],
            headers: expected.headers,
            value: [...value],
          });
          at = frame.end;
        }
        expect(at).toBe(bytes.length);
      }),
    );
  });

  it("cut off anywhere give the whole frames before the cut, and know that they are cut", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), fc.nat(), (records, where) => {
        const { bytes, ends } = write(records);
        const cut = where % bytes.length;
        const read = readAll(bytes.subarray(0, cut));
        expect(read.ends).toEqual(ends.filter((end) => end <= cut));
        expect(read.stopped).toBe(cut === 0 || ends.includes(cut) ? "end" : "cut");
      }),
    );
  });

  it("with a flipped bit never give a wrong frame, and the frames behind it are found again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 2, maxLength: 6 }), fc.nat(), async (records, where) => {
        const { bytes, ends } = write(records);
        const damaged = Buffer.from(bytes);
        const bit = where % (bytes.length * 8);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        const hit = ends.findIndex((end) => bit >> 3 < end);
        const { ends: sound } = readAll(damaged);
        expect(sound.filter((end) => end <= ends[hit]!)).toEqual(ends.slice(0, hit));
        const start = ends[hit - 1] ?? 0;
        const next = await findFrame(damaged, start + 1, seed);
        if (hit < ends.length - 1) expect(next).toBeLessThanOrEqual(ends[hit]!);
      }),
    );
  });

  it("are not read into any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const frame = readFrame(Buffer.from(bytes), 0, seed);
        expect(["bad", "cut"]).toContain(frame);
      }),
    );
  });
});
