import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { composition, conditions, definition, gated, ruleWith, several } from "./definitions.ts";
import { punctual, registrations, steps, withBeginning, write } from "./histories.ts";

describe("the engine and the reference evaluator say the same after every record of any history", () => {
  it.each(Object.entries({ ...conditions, composition }))("%s", (_kind, condition) => {
    fc.assert(
      fc.property(several(ruleWith(condition)), steps(), registrations, (rules, life, registered) => {
        expect(
          agreesWithReference(createPartitionEngine, rules, write(withBeginning(life)), registered),
        ).toBeUndefined();
      }),
      { numRuns: propertyRuns(150) },
    );
  });

  it("within a schedule, and held open while they flap", () => {
    fc.assert(
      fc.property(several(gated(definition)), steps(), registrations, (rules, life, registered) => {
        const log = write(withBeginning(punctual(life)));
        expect(agreesWithReference(createPartitionEngine, rules, log, registered)).toBeUndefined();
      }),
      { numRuns: propertyRuns(150) },
    );
  });
});
