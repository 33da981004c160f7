import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFrame, type Frame, type FrameKind } from "./frame.ts";
import { FrameBatch } from "./frame-batch.ts";

const state = { gateway: "gw", epoch: 1, clock: 0, lanes: [] };

const record = fc.record({
  kind: fc.integer({ min: 1, max: 6 }) as fc.Arbitrary<FrameKind>,
  partition: fc.nat(0xffff),
  n: fc.maxSafeNat().map((n) => n % 2 ** 48),
  key: fc.uint8Array({ maxLength: 40 }),
  headers: fc.option(fc.constantFrom("{}", '{"ce_id":"ä"}'), { nil: undefined }),
  value: fc.uint8Array({ maxLength: 200 }),
  isCancelled: fc.boolean(),
});

function batchOf(records: readonly (typeof record extends fc.Arbitrary<infer T> ? T : never)[]): FrameBatch {
  const batch = new FrameBatch(state, Buffer.alloc(16), "records");
  for (const { kind, partition, n, key, headers, value, isCancelled } of records) {
    batch.begin(kind, partition, n, key, headers);
    batch.writer.raw(value);
    if (isCancelled) batch.cancel();
    else batch.end();
  }
  return batch;
}

const plain = ({ kind, partition, n, key, headers, value, end }: Frame): object => ({
  ...{ kind, partition, n, key, headers, value, end },
});

describe("a batch of frames", () => {
  it("has an index that says of every frame what reading it back would", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (records) => {
        const batch = batchOf(records);
        const index = batch.index!;
        const { bytes } = batch;
        const frames: Frame[] = [];
        for (let at = 0; at < bytes.length;) {
          const frame = readFrame(bytes, at, undefined);
          if (typeof frame === "string") throw new RangeError(`${frame} at ${at}`);
          frames.push(frame);
          at = frame.end;
        }
        expect(index.length).toBe(frames.length);
        expect(batch.frames).toBe(frames.length);
        const indexed = frames.map((_, at) => ({
          kind: index.kinds[at],
          partition: index.partitions[at],
          n: index.ns[at],
          key: Buffer.from(index.keys[at]!),
          headers: index.headers[at],
          value: bytes.subarray(index.values[at], index.ends[at]),
          end: index.ends[at],
        }));
        expect(indexed).toEqual(frames.map(plain));
        expect(frames.map((_, at) => plain(batch.frameAt(at)))).toEqual(indexed);
        for (const { key, value, size } of frames) expect(size).toBe(key.length + value.length);
      }),
    );
  });

  it("has no index where the sink takes its bytes, and a checksum on each frame", () => {
    const batch = new FrameBatch(state, Buffer.alloc(16), "bytes");
    batch.begin(1, 3, 7, Buffer.from("d"));
    batch.writer.raw(Buffer.from("value"));
    batch.end();
    expect(batch.index).toBeUndefined();
    expect(readFrame(batch.bytes, 0, 0)).toMatchObject({ kind: 1, partition: 3, n: 7, end: batch.size });
  });
});
