import { describe, expect, it } from "vitest";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { ruleOf } from "./harness.ts";
import { withBeginning, write } from "./histories.ts";
import { story } from "./story.ts";

describe("flapping", () => {
  it("holds an alert open until it has not changed for a while", () => {
    const t = story({ metric: "t", above: 80 }, { flapping: { transitions: 3, within: "60s" } });
    t.samples("t", [
      [0, 81],
      [10, 79],
      [20, 81],
      [30, 79],
      [40, 81],
      [50, 79],
    ]);
    expect(t.told).toEqual(["raised warning @0", "cleared @10", "raised warning @20 (flapping)"]);
    expect(t.until(110).told).toEqual(["cleared @110"]);
    expect(t.samples("t", [[200, 81]]).told).toEqual(["raised warning @200"]);
  });

  it("marks an alert that the end of its condition leaves open, until it stands still", () => {
    const t = story({ metric: "t", above: 80 }, { flapping: { transitions: 2, within: "60s" } });
    t.samples("t", [
      [0, 81],
      [10, 79],
    ]);
    expect(t.told).toEqual(["raised warning @0", "flapping warning @10 (flapping)"]);
    t.samples("t", [[20, 81]]);
    expect(t.told).toEqual([]);
    expect(t.until(100).told).toEqual(["flapping warning @80"]);
    expect(t.samples("t", [[200, 79]]).told).toEqual(["cleared @200"]);
  });

  it("leaves the edge of a schedule due by the reading that it is counted from, which came late", () => {
    const rule = ruleOf({
      id: "rule",
      condition: { metric: "u", above: 3 },
      ...{ lateness: "0s", wait: "0s", actions: [{ command: { name: "act" } }] },
      schedule: { timeZone: "UTC", weekly: [{ days: ["tue"], from: "22:15", to: "22:16" }], outside: "clear" },
      flapping: { transitions: 2, within: "4s" },
    });
    const mark = { kind: "mark", gateway: 0, kept: 0, old: false } as const;
    const log = write(
      withBeginning([
        { kind: "pass", seconds: 63 },
        { kind: "readings", gateway: 0, device: 0, behind: 1, kept: 0, values: [{ u: 4 }], untimed: false },
        { kind: "pass", seconds: 7 },
        mark,
        { kind: "pass", seconds: 1 },
        mark,
      ]),
    );
    expect(agreesWithReference(createPartitionEngine, [rule], log)).toBeUndefined();
  });
});
