import { describe, expect, it } from "vitest";
import { missingApis } from "./required-apis.ts";

/** As Kafka 2.4 answers, of what is used here; and 4.3. */
const kafka24 = { 0: [0, 8], 1: [0, 11], 2: [0, 5], 3: [0, 9], 8: [0, 8], 9: [0, 6], 10: [0, 3], 11: [0, 6] } as const;
const versions = (
  given: Readonly<Record<number, readonly [number, number]>>,
): Record<number, { minVersion: number; maxVersion: number }> =>
  Object.fromEntries(
    Object.entries({ ...kafka24, 12: [0, 4], 13: [0, 4], 14: [0, 4], 19: [0, 5], 32: [0, 2], ...given }).map(
      ([key, [minVersion, maxVersion]]) => [key, { minVersion, maxVersion }],
    ),
  );

describe("what a broker has to understand", () => {
  it("is understood by Kafka 2.4", () => expect(missingApis(versions({}))).toEqual([]));

  it("is named where an older one does not", () => {
    expect(missingApis(versions({ 1: [0, 10] }))).toEqual(["Fetch v11 (this broker has v0 to v10)"]);
  });

  it("is named where a newer one no longer does", () => {
    expect(missingApis(versions({ 0: [8, 20] }))).toEqual(["Produce v7 (this broker has v8 to v20)"]);
  });

  it("is named where something else answers", () => {
    const missing = missingApis({ 0: { minVersion: 0, maxVersion: 9 } });
    expect(missing).toContain("Fetch v11 (this broker does not know it)");
    expect(missing.length).toBeGreaterThan(8);
  });
});
