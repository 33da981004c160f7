import { propertyRuns } from "@headwater/testkit/property-runs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { packPoints, packTimes, unpackPoints, unpackTimes } from "./packed-points.ts";

const time = fc.oneof(
  fc.integer({ min: 1_700_000_000_000_000, max: 1_700_000_100_000_000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 0, -1),
);
const decimal = fc
  .tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 8 }))
  .map(([whole, digits]) => whole / 10 ** digits);
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  decimal,
  fc.integer({ min: -1_000, max: 1_000 }).map((whole) => whole / 10),
  fc.constantFrom(0, -0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 0.1 + 0.2, 2 ** 49, 2 ** 53),
);

function bitsOf(numbers: Float64Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

it("gives back the very bits of all points", () => {
  const points = fc.uniqueArray(fc.tuple(time, value), { selector: ([at]) => at, minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(points, (all) => {
      const inOrder = all.toSorted(([a], [b]) => a - b);
      const times = Float64Array.from(inOrder, ([at]) => at);
      const values = Float64Array.from(inOrder, ([, of]) => of);
      const unpacked = unpackPoints(packPoints(times, values), all.length);
      expect(bitsOf(unpacked.times)).toEqual(bitsOf(times));
      expect(bitsOf(unpacked.values)).toEqual(bitsOf(values));
      const [packed, alone] = [packTimes(times), new Float64Array(all.length)];
      unpackTimes(packed, 0, packed.length, alone);
      expect(alone).toEqual(times);
    }),
    { numRuns: propertyRuns(500) },
  );
});

it("never reads beyond bytes that are damaged, and gives so many points or none", () => {
  const damage = fc.record({
    values: fc.array(value, { minLength: 1, maxLength: 60 }),
    cut: fc.nat(),
    flip: fc.nat(),
    count: fc.integer({ min: 1, max: 80 }),
  });
  fc.assert(
    fc.property(damage, ({ values, cut, flip, count }) => {
      const packed = packPoints(
        Float64Array.from(values, (_, i) => i * 1_000),
        Float64Array.from(values),
      );
      packed[flip % packed.length]! ^= 1 << (flip % 8);
      const some = packed.subarray(0, packed.length - (cut % 3));
      try {
        expect(unpackPoints(some, count).values).toHaveLength(count);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: propertyRuns(500) },
  );
});

it.each([
  [
    "a temperature of one digit every second, give or take a millisecond",
    5,
    (i: number) => 20 + Math.round(30 * Math.sin(i / 50)) / 10,
    1_000,
  ],
  ["a counter every ten seconds", 3, (i: number) => 1_000_000 + 3 * i, 0],
  ["noise of all digits", 11, (i: number) => 20 + Math.sin(i * 12.9898) * 3, 1_000],
])("takes few bytes a point: %s", (_, most, valueOf, jitter) => {
  const times = Float64Array.from(
    { length: 512 },
    (__, i) => 1_700_000_000_000_000 + i * 1_000_000 + ((i * 7_919) % (2 * jitter + 1)),
  );
  const packed = packPoints(
    times,
    Float64Array.from(times, (__, i) => valueOf(i)),
  );
  expect(packed.length / 512).toBeLessThan(most);
});
