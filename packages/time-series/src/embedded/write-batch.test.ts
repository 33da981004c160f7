import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unpackWriteBatch, WriteBatchBuilder } from "./write-batch.ts";

// Thousands of steps, on a machine that may have other work.

describe("a packed write", () => {
  it("comes back as it was, also from bytes that lie anywhere in memory", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.maxSafeInteger(), fc.oneof(fc.double(), fc.string({ unit: "binary" })))),
        fc.nat(8),
        (points, shift) => {
          const builder = new WriteBatchBuilder(1);
          for (const [series, time, value] of points) {
            if (typeof value === "number") builder.addNumber(series, time, value);
            else builder.addText(series, time, value);
          }
          const packed = builder.pack();
          const moved = new Uint8Array(packed.length + shift);
          moved.set(packed, shift);
          const { times, values, series, textTimes, textSeries, texts } = unpackWriteBatch(moved.subarray(shift));
          const numbers = Array.from(times, (time, i) => [series[i], time, values[i]]);
          expect(numbers).toEqual(points.filter(([, , value]) => typeof value === "number"));
          const all = texts.map((text, i) => [textSeries[i], textTimes[i], text]);
          expect(all).toEqual(points.filter(([, , value]) => typeof value === "string"));
        },
      ),
    );
  });

  it("is refused when bytes are missing or are something else", () => {
    const builder = new WriteBatchBuilder(1);
    builder.addNumber(1, 2, 3);
    const packed = builder.pack();
    for (let length = 0; length < packed.length; length++) {
      expect(() => unpackWriteBatch(packed.subarray(0, length))).toThrow(RangeError);
    }
    expect(() => unpackWriteBatch(packed.fill(7))).toThrow(RangeError);
  });
});
