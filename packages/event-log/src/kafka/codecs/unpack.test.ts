import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { gzipSync, zstdCompressSync } from "node:zlib";
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

const millis = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;
const threadMs = (): number => millis(process.threadCpuUsage());

const BOMB_BYTES = 60 * 1024 * 1024;

/** Sixty megabytes of `abc`, packed as badly for who unpacks them as it can be. */
const bombs = [
  { name: "gzip", codec: 1, make: () => gzipSync(Buffer.alloc(BOMB_BYTES, "abc")) },
  { name: "snappy", codec: SNAPPY, make: snappyBomb },
  { name: "lz4", codec: LZ4, make: lz4Bomb },
  { name: "zstd", codec: 4, make: () => zstdCompressSync(Buffer.alloc(BOMB_BYTES, "abc")) },
];

function snappyBomb(): Buffer {
  const size: number[] = [];
  for (let left = BOMB_BYTES; left > 0; left = Math.floor(left / 128)) size.push((left % 128) + (left > 127 ? 128 : 0));
  // Each copy reaches three back, so it runs into itself.
  const copies = Math.floor((BOMB_BYTES - 3) / 60);
  const rest = BOMB_BYTES - 3 - 60 * copies;
  const body = Buffer.alloc(3 * copies, Buffer.from([((60 - 1) << 2) | 2, 3, 0]));
  const last = rest === 0 ? [] : [((rest - 1) << 2) | 2, 3, 0];
  return Buffer.concat([Buffer.from([...size, 2 << 2]), Buffer.from("abc"), body, Buffer.from(last)]);
}

function lz4Bomb(): Buffer {
  const blockBytes = 4 * 1024 * 1024;
  const block = (bytes: number): Buffer => {
    // Three literals, many short matches of 18 bytes, and literals at the end.
    const matches = Math.floor((bytes - 3 - 12) / 18);
    const rest = bytes - 3 - 18 * matches;
    const tail = Buffer.alloc(rest, "abc");
    const body = Buffer.alloc(3 * (matches - 1), Buffer.from([0x0e, 3, 0]));
    const long = rest >= 15 ? Buffer.from([0xf0, rest - 15]) : Buffer.from([rest << 4]);
    return Buffer.concat([Buffer.from([0x3e]), Buffer.from("abc"), Buffer.from([3, 0]), body, long, tail]);
  };
  const parts: Buffer[] = [Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x00])];
  for (let left = BOMB_BYTES; left > 0; left -= blockBytes) {
    const made = block(Math.min(left, blockBytes));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(made.length);
    parts.push(length, made);
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

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

interface Watched {
  readonly bytes: Awaited<ReturnType<typeof unpack>>;
  /** The longest turn of the event loop meanwhile, in CPU time of this thread. */
  readonly longestMs: number;
  /** What all threads spent. */
  readonly wholeMs: number;
}

async function unpackWatched(packed: Buffer, codec: number): Promise<Watched> {
  const began = process.cpuUsage();
  let bytes: Awaited<ReturnType<typeof unpack>> | undefined;
  const done = Promise.resolve(unpack(packed, codec, LIMIT)).then((unpacked) => (bytes = unpacked));
  let longestMs = 0;
  // By the CPU time of this thread: on a busy machine a turn takes as long as others let it.
  for (let before = threadMs(); bytes === undefined; before = threadMs()) {
    await turn();
    longestMs = Math.max(longestMs, threadMs() - before);
  }
  return { bytes: await done, longestMs, wholeMs: millis(process.cpuUsage(began)) };
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

  it.each(bombs)("holds the event loop for no longer than a moment: $name", async ({ codec, make }) => {
    const packed = make();
    // Once before, so that the code is compiled.
    await unpack(packed, codec, LIMIT);
    let isMoment = false;
    // What the code holds it holds each time; what a collection of garbage holds comes and goes.
    for (let attempt = 0; attempt < 5 && !isMoment; attempt++) {
      const { bytes, longestMs, wholeMs } = await unpackWatched(packed, codec);
      expect((bytes as Buffer).length).toBe(BOMB_BYTES);
      expect((bytes as Buffer).subarray(0, 6).toString()).toBe("abcabc");
      // A slow machine takes longer for everything: in one piece, the longest turn would be nearly all of it.
      isMoment = longestMs < Math.max(25, wholeMs / 3);
    }
    expect(isMoment).toBe(true);
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
