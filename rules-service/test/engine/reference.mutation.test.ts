import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { composition, conditions, ruleWith, several } from "./definitions.ts";
import { registrations, steps, withBeginning, write } from "./histories.ts";

describe("the engine and the reference evaluator say the same over thousands of histories", () => {
  it.each(Object.entries({ ...conditions, composition }))(
    "%s",
    (_kind, condition) => {
      fc.assert(
        fc.property(several(ruleWith(condition)), steps(), registrations, (rules, life, registered) => {
          expect(
            agreesWithReference(createPartitionEngine, rules, write(withBeginning(life)), registered),
          ).toBeUndefined();
        }),
        { numRuns: Number(process.env["REFERENCE_RUNS"] ?? 10_000) },
      );
    },
    3_600_000,
  );
});
