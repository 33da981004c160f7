import fc from "fast-check";
import { expect, it } from "vitest";
import { PacketReader } from "./packet-reader.ts";
import { publishPacket, text } from "./packets.ts";

it("cuts packets of any length out of chunks that end anywhere", () => {
  const lengths = fc.array(fc.oneof(fc.nat(300), fc.constantFrom(120, 121, 16_377, 16_378)), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 7, max: 20_000 }), (sizes, step) => {
      const topic = text("t");
      const packets = sizes.map((size, i) => publishPacket(topic, Buffer.alloc(size, i), 1, i + 1, i % 2 === 1));
      const bytes = Buffer.concat(packets);
      const found: { first: number; id: number; size: number }[] = [];
      const reader = new PacketReader((first, body) => {
        found.push({ first, id: body.readUInt16BE(3), size: body.length - 5 });
      });
      for (let at = 0; at < bytes.length; at += step) reader.take(bytes.subarray(at, at + step));
      expect(found).toEqual(sizes.map((size, i) => ({ first: i % 2 === 1 ? 0x3a : 0x32, id: i + 1, size })));
    }),
    { numRuns: 40 },
  );
});

it("refuses a length of more than four bytes", () => {
  const reader = new PacketReader(() => undefined);
  expect(() => reader.take(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 1]))).toThrow(RangeError);
});
