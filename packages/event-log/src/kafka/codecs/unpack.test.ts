import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { unpack } from "./unpack.ts";

const SNAPPY = 2;
const LZ4 = 3;
const LIMIT = 80 * 1024 * 1024;

interface Sample {
  readonly codec: "snappy" | "snappy-java" | "lz4";
  readonly seed: number;
  readonly bytes: number;
  readonly packed: string;
}

// Made by the Java client; see the README beside them.
const samples = JSON.parse(
  readFileSync(new URL("../../../test/golden/packed.json", import.meta.url), "utf8"),
) as readonly Sample[];

/** What the samples hold: runs, repetitions near and far, and noise, by a generator that Java has too. */
function content(seed: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  for (let at = 0; at < length;) {
    const kind = random(8);
    const run = Math.min(length - at, 1 + random(300));
    const back = at === 0 ? 0 : 1 + random(Math.min(at, 70_000));
    for (let i = 0; i < run; i++, at++) {
      bytes[at] = kind === 0 ? random(256) : kind < 6 && back > 0 ? bytes[at - back]! : 65;
    }
  }
  return bytes;
}

describe("what other clients packed", () => {
  it.each(samples)("$codec of $bytes bytes (seed $seed) comes out as it went in", async (sample) => {
    const packed = Buffer.from(sample.packed, "base64");
    const unpacked = await unpack(packed, sample.codec === "lz4" ? LZ4 : SNAPPY, LIMIT);
    expect(Buffer.compare(unpacked as Buffer, content(sample.seed, sample.bytes))).toBe(0);
    if (sample.bytes > 0)
      expect(await unpack(packed, sample.codec === "lz4" ? LZ4 : SNAPPY, sample.bytes - 1)).toBe("too-large");
  });

  it("is bytes or a refusal, whatever happened to it on its way, and never more than the limit", async () => {
    const small = samples.filter(({ bytes }) => bytes < 100_000);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...small),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (sample, changes) => {
          const packed = Buffer.from(sample.packed, "base64");
          for (const [at, byte] of changes) if (packed.length > 0) packed[at % packed.length] = byte;
          const unpacked = await unpack(packed, sample.codec === "lz4" ? LZ4 : SNAPPY, 200_000);
          if (typeof unpacked === "string") expect(["too-large", "unreadable"]).toContain(unpacked);
          else expect(unpacked.length).toBeLessThanOrEqual(200_000);
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  });

  it("is refused where it is noise", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(SNAPPY, LZ4), async (noise, codec) => {
        const unpacked = await unpack(Buffer.from(noise), codec, 1000);
        if (typeof unpacked !== "string") expect(unpacked.length).toBeLessThanOrEqual(1000);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
