import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { composition, conditions, definition, gated, ruleWith, several } from "./definitions.ts";
import { punctual, registrations, steps, withBeginning, write } from "./histories.ts";
import { longRule, longSteps, punctualSteps, scheduledRule, writeLong } from "./long-lives.ts";
import { anyRule, joinedLife, ruleOfReadings } from "../joins/joined-life.ts";
import { differsFromReaders, differsFromReference } from "../joins/readers.ts";

const runs = Number(process.env["REFERENCE_RUNS"] ?? 10_000);

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
        { numRuns: runs },
      );
    },
    3_600_000,
  );

  it("within a schedule, and held open while they flap", () => {
    fc.assert(
      fc.property(several(gated(definition)), steps(), registrations, (rules, life, registered) => {
        const log = write(withBeginning(punctual(life)));
        expect(agreesWithReference(createPartitionEngine, rules, log, registered)).toBeUndefined();
      }),
      { numRuns: runs },
    );
  }, 3_600_000);
});

describe("the engine and the reference evaluator say the same over thousands of histories of days", () => {
  it("with readings that are late by days", () => {
    fc.assert(
      fc.property(longRule, longSteps, registrations, ({ rule, change }, life, registered) => {
        const log = writeLong(life, change);
        expect(agreesWithReference(createPartitionEngine, [rule], log, registered)).toBeUndefined();
      }),
      { numRuns: runs },
    );
  }, 3_600_000);

  it("within hours of the week where clocks change", () => {
    fc.assert(
      fc.property(scheduledRule, punctualSteps, ({ rule, change }, life) => {
        expect(agreesWithReference(createPartitionEngine, [rule], writeLong(life, change))).toBeUndefined();
      }),
      { numRuns: runs },
    );
  }, 3_600_000);
});

describe("over thousands of histories with rules, devices, people and owners that come and go", () => {
  it("whoever reads alerts.v1 knows what is open", () => {
    fc.assert(
      fc.property(joinedLife(anyRule), (life) => {
        expect(differsFromReaders(createPartitionEngine, life)).toBeUndefined();
      }),
      { numRuns: runs },
    );
  }, 3_600_000);

  it("what is open is what the reference says", () => {
    fc.assert(
      fc.property(joinedLife(ruleOfReadings), (life) => {
        expect(differsFromReference(createPartitionEngine, life)).toBeUndefined();
      }),
      { numRuns: runs },
    );
  }, 3_600_000);
});
