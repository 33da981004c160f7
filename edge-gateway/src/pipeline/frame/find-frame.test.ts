import { randomFillSync } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { ByteWriter } from "@headwater/proto/telemetry";
import { describe, expect, it } from "vitest";
import { findFrame } from "./find-frame.ts";
import { beginFrame, endFrame, frameKinds, frameMagic } from "./frame.ts";
import { RangeChecksums } from "./range-checksums.ts";

const seed = 0x9e3779b9;

const soundFrame = (): Buffer => {
  const writer = new ByteWriter(Buffer.alloc(256));
  const start = beginFrame(writer, frameKinds.event, 1, 7, Buffer.from("d"));
  writer.raw(Buffer.from("value"));
  endFrame(writer, start, seed);
  return Buffer.from(writer.bytes.subarray(0, writer.position));
};

/** Bytes that are full of beginnings of frames, each as long as the rest allows. */
function hostile(bytes: number, beginning: (at: number) => Buffer): Buffer {
  const made = Buffer.alloc(bytes, 0x01);
  for (let at = 0; at + 40 < bytes; at += beginning(at).copy(made, at));
  return made;
}

function beginningOf(bodyBytes: number, spacing: number): Buffer {
  const made = Buffer.alloc(spacing);
  made.writeUInt16LE(frameMagic, 0);
  made.writeUInt32LE(bodyBytes, 2);
  if (spacing > 10) made[10] = frameKinds.event;
  return made;
}

const mebibyte = 1024 * 1024;

describe("a search for the next sound frame", () => {
  it.each([
    ["that reach to the end", (at: number) => beginningOf(Math.max(12, 2 * mebibyte - at - 10), 24)],
    ["that reach half a mebibyte", () => beginningOf(mebibyte / 2, 11)],
    // The length's third byte is the kind of the beginning before.
    ["that are packed as closely as they can be", () => beginningOf(0x60157, 6)],
    ["that are short", () => beginningOf(200, 12)],
  ])(
    "takes no longer, and holds nobody up, when a device filled its payload with beginnings of frames %s",
    async (_, beginning) => {
      const bytes = Buffer.concat([hostile(2 * mebibyte, beginning), soundFrame()]);
      // By the processor time of this thread: on a busy machine a turn takes as long as others let it (milliseconds).
      const spent = (): number => {
        const { user, system } = process.threadCpuUsage();
        return (user + system) / 1000;
      };
      const began = spent();
      let found: number | undefined;
      const searched = findFrame(bytes, 1, seed).then((at) => (found = at));
      let longest = 0;
      for (let before = began; found === undefined;) {
        await turn();
        const now = spent();
        longest = Math.max(longest, now - before);
        before = now;
      }
      expect(await searched).toBe(2 * mebibyte);
      // A checksum over the rest at each beginning is half a minute.
      expect(spent() - began).toBeLessThan(5000);
      expect(longest).toBeLessThan(1000);
    },
  );

  it("looks no further than it is told, and reads a frame that ends behind that", async () => {
    const bytes = Buffer.concat([Buffer.alloc(100, 1), soundFrame()]);
    expect(await findFrame(bytes, 0, seed, 100)).toBeUndefined();
    expect(await findFrame(bytes, 0, seed, 101)).toBe(100);
  });
});

describe("checksums of ranges", () => {
  it("are those of their bytes", () => {
    const bytes = Buffer.alloc(3 * mebibyte);
    randomFillSync(bytes);
    const origin = 77;
    const checksums = new RangeChecksums(bytes, origin, seed);
    const place = fc.integer({ min: origin, max: bytes.length });
    fc.assert(
      fc.property(place, place, (a, b) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        expect(checksums.of(start, end)).toBe(crc32(bytes.subarray(start, end), seed));
      }),
    );
  });
});
