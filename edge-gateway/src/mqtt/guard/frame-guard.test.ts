import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrameGuard } from "./frame-guard.ts";

const connect = Buffer.from([0x10, 2, 0, 0]);

describe("the framing guard", () => {
  test("lets packets up to the limit pass and stops a larger one at its header", () => {
    const guard = new FrameGuard(100);
    expect(guard.inspect(connect)).toBeUndefined();
    expect(guard.inspect(Buffer.concat([Buffer.from([0x30, 98]), Buffer.alloc(98)]))).toBeUndefined();
    expect(guard.inspect(Buffer.from([0x30, 99]))).toBe("packet-too-large");
  });

  test("wants CONNECT first", () => {
    expect(new FrameGuard(100).inspect(Buffer.from([0x30, 0]))).toBe("no-connect");
    expect(new FrameGuard(100).inspect(Buffer.from("GET / HTTP/1.1"))).toBe("no-connect");
  });

  test("refuses a length of five bytes", () => {
    const guard = new FrameGuard(2 ** 28);
    guard.inspect(connect);
    expect(guard.inspect(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1]))).toBe("malformed-length");
  });

  test("says the same however the bytes are cut", () => {
    const packet = fc.record({ type: fc.integer({ min: 1, max: 14 }), length: fc.nat(300) });
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 10 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (packets, cuts) => {
          const bytes = Buffer.concat([
            connect,
            ...packets.map(({ type, length }) => {
              const head = length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
              return Buffer.concat([Buffer.from([type << 4, ...head]), Buffer.alloc(length, 0x10)]);
            }),
          ]);
          const whole = new FrameGuard(200).inspect(bytes);
          const pieces = new FrameGuard(200);
          let said: string | undefined;
          for (let at = 0, cut = 0; at < bytes.length && said === undefined; cut += 1) {
            const size = cuts[cut % cuts.length]!;
            said = pieces.inspect(bytes.subarray(at, at + size));
            at += size;
          }
          expect(said).toBe(whole);
          expect(whole).toBe(
            packets.some(({ length }) => length + (length < 128 ? 2 : 3) > 200) ? "packet-too-large" : undefined,
          );
        },
      ),
    );
  });
});
