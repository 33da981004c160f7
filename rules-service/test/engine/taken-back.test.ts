import { alertTransition } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { all, ruleOf } from "./harness.ts";
import { write } from "./histories.ts";
import type { Step } from "./histories.ts";
import { Partition } from "./partition.ts";

/** Histories that the random ones came down to. */
describe("an alert that was taken back", () => {
  it("never gives its id to one that begins later", () => {
    const of = (behind: number, t: number): Step => {
      return { kind: "readings", gateway: 0, device: 0, behind, kept: 0, values: [{ t }] };
    };
    const life: readonly Step[] = [
      of(0, 0),
      { kind: "pass", seconds: 9 },
      ...[of(5, 2), of(6, 6), of(1, 5), of(2, 0), of(3, 6), of(0, 0)],
    ];
    const rule = (id: string, rest: Record<string, unknown>, lateness: string) => {
      const condition = { metric: "t", change: { since: "3s" }, ...rest };
      return ruleOf({ id, condition, wait: "0s", lateness, actions: [{ command: { name: "act" } }] });
    };
    const rules = [rule("a", { outside: [-2, 2], clearWithin: [-1, 1] }, "3s"), rule("b", { above: 1 }, "0s")];
    expect(agreesWithReference(createPartitionEngine, rules, write(life))).toBeUndefined();
  });

  it("nor does one that late data has moved back, once it is past amending, where another begins as it first did", () => {
    const p = new Partition();
    p.rule({ equals: 3 }, { wait: "0s", lateness: "5s" });
    p.read(90, 3);
    p.read(89, 3, { received: 90.1 });
    p.read(87, 3, { received: 90.2 });
    p.read(92, 0, { received: 94 });
    // What began at 87 ends at 88; what begins at 89 is another.
    p.read(88, 0, { received: 94.1 });
    p.read(93, 0, { received: 96 });
    p.read(93, 0, { received: 96.1 });
    // It ends at once, and what begins at 90 is a third.
    p.read(89, 0, { received: 96.2 });
    const told = p.alerts().map(({ alertId, transition }) => `${alertId}/${transition}`);
    expect(new Set(told).size).toBe(told.length);
    expect(new Set(told.map((each) => each.split("/")[0])).size).toBe(3);
  });

  it("nor does one of a former revision, where late data finds another that begins as it did", () => {
    const p = new Partition();
    const made = p.rule({ above: 80 }, { wait: "0s", lateness: "1m" });
    p.read(10, 85);
    p.read(20, 70);
    p.read(25, 1, { metric: "u" });
    p.read(30, 85);
    const all = [
      { metric: "t", above: 80 },
      { metric: "u", above: 0 },
    ];
    const definition = ruleOf({ ...made.definition, condition: { all } });
    p.adopt(p.warm({ ...made, revision: 2, definition, grounding: "2" }));
    // It shows that the condition of now held at 10 as well.
    p.read(5, 1, { metric: "u", received: 31 });
    const told = p.alerts().map(({ alertId, transition }) => `${alertId}/${transition}`);
    expect(told.length).toBe(5);
    expect(new Set(told).size).toBe(told.length);
  });

  it("nor does one that ended as its rule went into the shadow", () => {
    const p = new Partition();
    p.tick(0);
    const weekly = [{ days: ["tue"], from: "22:15", to: "22:16" }];
    const rest = { wait: "0s", lateness: "0s", schedule: { timeZone: "UTC", weekly, outside: "clear" } };
    const made = p.rule({ above: { info: 1, warning: 3 } }, rest);
    p.mark(97);
    p.read(97, 2);
    p.mark(101);
    all(p.engine.applyRule({ ...made, mode: "shadow", grounding: "its going into the shadow" }, p.effects));
    p.read(98, 4, { gateway: "other", appended: 101 });
    p.read(101, 4);
    const told = p.alerts();
    expect(told.map(({ kind, shadow }) => [kind, shadow])).toEqual([
      [alertTransition.raised, false],
      [alertTransition.cleared, false],
      [alertTransition.raised, true],
      [alertTransition.escalated, true],
    ]);
    expect(new Set(told.map(({ alertId, transition }) => `${alertId}/${transition}`)).size).toBe(4);
  });
});
