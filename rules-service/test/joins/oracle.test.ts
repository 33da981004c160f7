import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { anyRule, joinedLife, ruleOfReadings } from "./joined-life.ts";
import { differsFromReaders, differsFromReference } from "./readers.ts";

describe("whoever reads alerts.v1 knows what is open, at every point of every history", () => {
  it("with rules, devices, people and owners that come and go", () => {
    fc.assert(
      fc.property(joinedLife(anyRule), (life) => {
        expect(differsFromReaders(createPartitionEngine, life)).toBeUndefined();
      }),
      { numRuns: propertyRuns(400) },
    );
  }, 120_000);
});

describe("what is open is what the reference says", () => {
  it("with rules, devices, people and owners that come and go", () => {
    fc.assert(
      fc.property(joinedLife(ruleOfReadings), (life) => {
        expect(differsFromReference(createPartitionEngine, life)).toBeUndefined();
      }),
      { numRuns: propertyRuns(200) },
    );
  }, 120_000);
});
