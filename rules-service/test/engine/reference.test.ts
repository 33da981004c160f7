import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { definitions, steps, write } from "./histories.ts";

describe("the engine and the reference evaluator", () => {
  it("say the same after every record of any history", () => {
    fc.assert(
      fc.property(definitions, steps(), (rules, life) => {
        expect(agreesWithReference(createPartitionEngine, rules, write(life))).toBeUndefined();
      }),
      { numRuns: propertyRuns(1500) },
    );
  }, 120_000);
});
