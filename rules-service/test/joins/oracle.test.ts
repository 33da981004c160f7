import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { joinedLife } from "./joined-life.ts";
import { differsFromReaders } from "./readers.ts";

describe("whoever reads alerts.v1 knows what is open, at every point of every history", () => {
  it("with rules, devices, people and owners that come and go", () => {
    fc.assert(
      fc.property(joinedLife, (life) => {
        expect(differsFromReaders(createPartitionEngine, life)).toBeUndefined();
      }),
      { numRuns: propertyRuns(400) },
    );
  }, 120_000);
});
