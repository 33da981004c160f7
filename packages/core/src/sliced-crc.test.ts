import fc from "fast-check";
import { crc32 } from "node:zlib";
import { expect, it } from "vitest";
import { slicedCrc } from "./sliced-crc.ts";

it("CRC-32 of any range, from any checksum on, is zlib's", () => {
  const sliced = slicedCrc(0xedb88320);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(40), fc.nat(0xffff_ffff), (bytes, from, before) => {
      const start = Math.min(from, bytes.length);
      expect(sliced(bytes, start, bytes.length, before)).toBe(crc32(bytes.subarray(start), before));
      expect(sliced(bytes, start, bytes.length)).toBe(crc32(bytes.subarray(start)));
    }),
  );
});
