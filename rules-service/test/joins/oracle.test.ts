import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { ruleOf } from "../engine/harness.ts";
import { withBeginning, write, type Step } from "../engine/histories.ts";
import { anyRule, joinedLife, ruleOfReadings, type Doing } from "./joined-life.ts";
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

  it("where late data shows that an episode goes on which a former revision raised", () => {
    const pass = (seconds: number): Step => ({ kind: "pass", seconds });
    const read = (t: number, behind = 0): Step => {
      return { kind: "readings", gateway: 0, device: 0, behind, kept: 0, values: [{ t }] };
    };
    const steps = [read(0), { kind: "mark", gateway: 0, kept: 0 } as const, read(6, 1), read(6, 1), read(0)];
    const log = write(withBeginning([...steps, pass(3), read(0), read(0), read(3, 1), read(0)]));
    const revision = (condition: Record<string, unknown>, lateness: string): Doing => {
      const definition = ruleOf({ id: "rule", condition: { metric: "t", ...condition }, lateness, wait: "0s" });
      return { kind: "write", rule: 0, definition, back: false };
    };
    const effect: Doing = { kind: "effect", warm: true, warmedWith: 0 };
    const before = [revision({ below: 3 }, "0s"), { kind: "switch", rule: 0, mode: "live" } as const, effect];
    // By itself it would have begun with the late readings, a second before the alert that it goes on with.
    const after = [revision({ above: { warning: 2, critical: 4 }, times: 2, clearFor: "3s" }, "3s"), effect];
    const doings = [...before.map((each) => [1, each] as const), ...after.map((each) => [5, each] as const)];
    expect(differsFromReference(createPartitionEngine, { log, outdated: new Set(), doings })).toBeUndefined();
  });
});
