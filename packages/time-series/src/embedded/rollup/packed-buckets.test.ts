import { propertyRuns } from "@headwater/testkit/property-runs";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Bucket } from "./bucket.ts";
import { packBuckets, unpackBuckets } from "./packed-buckets.ts";

const HOUR = 3_600_000_000;

const value = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((whole) => whole / 10),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const row = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 3 }),
      count: fc.integer({ min: 1, max: 4_000_000 }),
      sum: value,
      first: value,
      last: value,
      min: value,
      max: value,
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((all) => {
    let start = 0;
    return all.map(({ gap, ...summary }): Bucket => ({ start: (start += gap * HOUR), summary }));
  });

it("gives back the very numbers, and of rows whose sums alone are wanted, one after the other, the same", () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
      for (const buckets of rows) {
        const packed = packBuckets(buckets);
        const all = unpackBuckets(packed, buckets.length);
        expect(Array.from(all.starts)).toEqual(buckets.map(({ start }) => start));
        expect(Array.from(all.counts)).toEqual(buckets.map(({ summary }) => summary.count));
        expect(Array.from(all.sums!)).toEqual(buckets.map(({ summary }) => summary.sum));
        const numbers = buckets.flatMap(({ summary: { first, last, min, max } }) => [first, last, min, max]);
        expect(Array.from(all.numbers!)).toEqual(numbers);
        const { starts, counts, sums } = unpackBuckets(packed, buckets.length, "sums");
        expect([starts, counts, sums]).toEqual([all.starts, all.counts, all.sums]);
      }
    }),
    { numRuns: propertyRuns(200) },
  );
});

it("refuses a part that is shorter or longer than its row says, though the next part could be read on", () => {
  const buckets = Array.from({ length: 3 }, (_, i): Bucket => {
    const summary = { count: 60, sum: 60, min: 1, max: 1, first: 1, last: 1 };
    return { start: i * HOUR, summary };
  });
  const { packed, texts } = packBuckets(buckets);
  for (const [length, wanted] of [
    [2, "all"],
    [2, "sums"],
    [4, "all"],
    [4, "sums"],
  ] as const) {
    // oxfmt-ignore
    expect(() => unpackBuckets({ packed, texts }, length, wanted)).toThrow(RangeError);
  }
});
