import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { murmur2, partitionFor } from "./partitioner.ts";

interface Known {
  readonly key: string;
  readonly murmur2: number;
  readonly of12: number;
  readonly of4: number;
}

const known = JSON.parse(
  readFileSync(new URL("../test/golden/java-murmur2.json", import.meta.url), "utf8"),
) as readonly Known[];

describe("the partition of a key", () => {
  it("has enough known answers to mean something", () => {
    expect(known.length).toBeGreaterThanOrEqual(60);
  });

  it.each(known.map((each) => [each.key.slice(0, 40), each] as const))("is the Java client's for %j", (_, each) => {
    const bytes = new TextEncoder().encode(each.key);
    expect(murmur2(bytes)).toBe(each.murmur2);
    expect([partitionFor(each.key, 12), partitionFor(each.key, 4)]).toEqual([each.of12, each.of4]);
    expect([partitionFor(bytes, 12), partitionFor(bytes, 4)]).toEqual([each.of12, each.of4]);
  });

  it("is the same for a string and for its UTF-8 bytes", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.integer({ min: 1, max: 1000 }),
        (key, partitions) => {
          const partition = partitionFor(key, partitions);
          expect(partition).toBe(partitionFor(new TextEncoder().encode(key), partitions));
          expect(partition).toBeGreaterThanOrEqual(0);
          expect(partition).toBeLessThan(partitions);
        },
      ),
    );
  });
});
