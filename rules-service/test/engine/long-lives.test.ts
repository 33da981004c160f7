import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { longRule, longSteps, punctualSteps, scheduledRule, writeLong } from "./long-lives.ts";
import { registrations } from "./histories.ts";

it("the engine and the reference say the same over days, with readings that are late by days", () => {
  fc.assert(
    fc.property(longRule, longSteps, registrations, ({ rule, change }, steps, registered) => {
      const log = writeLong(steps, change);
      expect(agreesWithReference(createPartitionEngine, [rule], log, registered)).toBeUndefined();
    }),
    { numRuns: propertyRuns(200) },
  );
}, 120_000);

it("the engine and the reference say the same within hours of the week where clocks change", () => {
  fc.assert(
    fc.property(scheduledRule, punctualSteps, ({ rule, change }, steps) => {
      expect(agreesWithReference(createPartitionEngine, [rule], writeLong(steps, change))).toBeUndefined();
    }),
    { numRuns: propertyRuns(60) },
  );
}, 120_000);
