import { describe, expect, it } from "vitest";
import { all, at } from "./harness.ts";
import { Partition } from "./partition.ts";

const action = { actions: [{ command: { name: "act" } }] };
const hot = { op: ">", threshold: 80 };

describe("a rule", () => {
  it("judges from the first record after it took effect", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 200 }, { id: "other" });
    p.read(10, 81);
    p.rule(hot);
    // Late, and the newest that this rule has seen.
    p.read(9, 10);
    expect(p.emitted()).toEqual([]);
    p.read(11, 81);
    expect(p.emitted()).toEqual(["raised warning @11"]);
  });

  it.each(["disabled", "deleted"] as const)("that is %s clears what is open and judges no more", (mode) => {
    const p = new Partition();
    p.rule(hot);
    p.mark(1);
    p.read(2, 81);
    p.emitted();
    p.rule(hot, {}, mode);
    expect(p.emitted()).toEqual([`cleared @2 (rule-${mode})`]);
    p.read(3, 81);
    expect(p.emitted()).toEqual([]);
  });

  it("in shadow raises alerts that say so and does nothing", () => {
    const p = new Partition();
    p.rule(hot, action, "shadow");
    p.read(1, 81);
    p.read(2, 10);
    expect(p.emitted()).toEqual(["raised warning @1 (shadow)", "cleared @2 (shadow)"]);
  });

  it("that leaves the shadow raises what is open, once and with its true time", () => {
    const p = new Partition();
    p.rule(hot, action, "shadow");
    p.read(1, 81);
    p.emitted();
    p.rule(hot, action, "live");
    expect(p.emitted()).toEqual(["raised warning @1", "command act @1"]);
    p.read(2, 82);
    expect(p.emitted()).toEqual([]);
  });

  it("that goes into the shadow clears what is open, which goes on there as another alert", () => {
    const p = new Partition();
    const made = p.rule(hot, action);
    const become = (mode: "live" | "shadow") =>
      all(p.engine.applyRule({ ...made, mode, grounding: `its being ${mode}` }, p.effects));
    p.read(1, 81);
    const [first] = p.alerts();
    become("shadow");
    const [cleared, second] = p.alerts();
    expect([cleared, second]).toMatchObject([
      { alertId: first!.alertId, cause: "rule-shadowed", shadow: false },
      { transition: 1, raisedAt: first!.raisedAt, shadow: true },
    ]);
    expect(second!.alertId).not.toBe(first!.alertId);
    p.read(2, 82);
    expect(p.emitted()).toEqual([]);
    // Switched on again while it holds: nobody would know of it otherwise.
    become("live");
    expect(p.emitted()).toEqual(["raised warning @1", "command act @1"]);
    p.read(3, 10);
    expect(p.emitted()).toEqual(["cleared @3"]);
  });

  it("that goes into the shadow and out of it leaves what a person cleared alone until it holds anew", () => {
    const p = new Partition();
    const made = p.rule(hot, action);
    p.read(1, 81);
    p.hand(p.alerts()[0]!.alertId!, 1);
    for (const mode of ["shadow", "live"] as const) {
      all(p.engine.applyRule({ ...made, mode, grounding: `its being ${mode}` }, p.effects));
      p.read(2, 82);
    }
    expect(p.emitted()).toEqual([]);
    p.read(3, 10);
    p.read(4, 81);
    expect(p.emitted()).toEqual(["raised warning @4", "command act @4"]);
  });

  it("that is revised keeps an alert which is still true, under its id", () => {
    const p = new Partition();
    p.rule(hot, action);
    p.read(1, 85);
    const [raised] = p.alerts();
    p.rule({ op: ">", threshold: 70 }, action, "live", 2);
    expect(p.emitted()).toEqual([]);
    p.read(2, 60);
    const [cleared] = p.alerts();
    expect(cleared).toMatchObject({ alertId: raised!.alertId, transition: 2, revision: 2, kind: 5 });
  });

  it("that is renamed goes on where it is clear, too: what late readings show may be over", () => {
    const p = new Partition();
    p.rule(hot);
    p.read(10, 10);
    p.rule(hot, { name: "Hot" }, "live", 2);
    p.read(9, 81, { received: 11 });
    expect(p.emitted()).toEqual(["raised warning @9 (amended)", "cleared @10 (amended)"]);
  });

  it("that is revised clears an alert which is not true any more", () => {
    const p = new Partition();
    p.rule(hot);
    p.read(1, 85);
    p.emitted();
    p.rule({ op: ">", threshold: 90 }, {}, "live", 2);
    expect(p.emitted()).toEqual(["cleared @1 (rule-revised)"]);
    p.read(2, 95);
    expect(p.emitted()).toEqual(["raised warning @2"]);
  });

  it("that is revised tells of another severity", () => {
    const p = new Partition();
    p.rule(hot);
    p.read(1, 85);
    p.emitted();
    p.rule({ ...hot, severity: "critical" }, {}, "live", 2);
    expect(p.emitted()).toEqual(["escalated critical @1 (rule-revised)"]);
  });

  it("that turns to another metric clears what the old one had raised", () => {
    const p = new Partition();
    p.rule(hot);
    p.read(1, 85);
    p.emitted();
    p.rule({ ...hot, metric: "other" }, {}, "live", 2);
    expect(p.emitted()).toEqual(["cleared @1 (rule-revised)"]);
    p.read(2, 85, { metric: "other" });
    p.read(3, 85);
    expect(p.emitted()).toEqual(["raised warning @2"]);
  });

  it("that comes again as it is changes nothing", () => {
    const p = new Partition();
    p.rule({ ...hot, for: "10s" });
    p.read(1, 81);
    p.rule({ ...hot, for: "10s" });
    p.read(11, 81);
    expect(p.emitted()).toEqual(["raised warning @11"]);
  });
});

describe("a selector", () => {
  it("that is empty takes every device, also an unknown one", () => {
    const p = new Partition();
    p.rule(hot);
    p.read(1, 81, { device: "nobody" });
    expect(p.emitted()).toHaveLength(1);
  });

  it.each([
    [{ ids: ["d"] }, true],
    [{ ids: ["e"] }, false],
    [{ ids: ["*"] }, true],
    [{ ids: ["e", "d*"] }, true],
    [{ ids: ["d-*", "*e"] }, false],
    [{ types: ["boiler"] }, true],
    [{ types: ["pump"] }, false],
    [{ tags: { site: ["north", "south"] } }, true],
    [{ tags: { site: "north" } }, true],
    [{ tags: { site: ["west"] } }, false],
    [{ tags: { site: "north", floor: "1" } }, false],
    [{ types: ["boiler"], tags: { site: "north" } }, true],
    [{ types: ["pump"], tags: { site: "north" } }, false],
  ])("%j takes a boiler in the north: %s", (selector, taken) => {
    const p = new Partition();
    p.device("d", { type: "boiler", tags: { site: "north" } });
    p.rule(hot, { selector });
    p.read(1, 81);
    expect(p.emitted()).toHaveLength(taken ? 1 : 0);
  });

  it("is asked again when the device changes", () => {
    const p = new Partition();
    p.rule(hot, { selector: { types: ["boiler"] } });
    p.read(1, 81);
    p.device("d", { type: "boiler" });
    expect(p.emitted()).toEqual([]);
    p.read(2, 81);
    expect(p.emitted()).toEqual(["raised warning @2"]);
    p.device("d", { type: "pump" });
    expect(p.emitted()).toEqual(["cleared @2 (selector)"]);
    p.read(3, 81);
    p.device("d", { type: "boiler" });
    p.read(4, 81);
    p.emitted();
    p.device("d", undefined);
    expect(p.emitted()).toEqual(["cleared @4 (device-deleted)"]);
  });
});

describe("what people do", () => {
  it("clears an alert until the condition has been clear and comes true again", () => {
    const p = new Partition();
    p.rule({ ...hot, clearBelow: 70 }, action);
    p.read(1, 81);
    const { alertId } = p.alerts()[0]!;
    p.hand(alertId!, 2);
    for (const [time, value] of [
      [3, 82],
      [4, 75],
      [5, 90],
    ] as const)
      p.read(time, value);
    expect(p.emitted()).toEqual([]);
    p.read(6, 69);
    expect(p.emitted()).toEqual([]);
    p.read(7, 81);
    expect(p.emitted()).toEqual(["raised warning @7", "command act @7"]);
  });

  it("is of no effect on another alert, nor twice", () => {
    const p = new Partition();
    p.rule(hot);
    p.read(1, 81);
    const { alertId } = p.alerts()[0]!;
    p.read(2, 10);
    p.read(3, 81);
    p.emitted();
    p.hand(alertId!, 4);
    p.hand("nothing", 4);
    p.read(5, 10);
    expect(p.emitted()).toEqual(["cleared @5"]);
  });

  it("by acknowledging changes nothing for the rule", () => {
    const p = new Partition();
    p.rule(hot);
    p.read(1, 81);
    p.hand(p.alerts()[0]!.alertId!, 2, "acknowledged");
    p.read(3, 10);
    expect(p.emitted()).toEqual(["cleared @3"]);
  });

  it("is not taken back where the alert had just ended by itself: what late readings show is another one", () => {
    const p = new Partition();
    p.rule({ ...hot, clearFor: "2s" });
    p.mark(0);
    p.read(10, 81);
    const { alertId } = p.alerts()[0]!;
    p.read(11, 10);
    p.mark(18);
    expect(p.emitted()).toEqual(["cleared @13"]);
    p.hand(alertId!, 18);
    p.read(12, 81, { received: 19 });
    const [other] = p.alerts();
    expect(other).toMatchObject({ transition: 1, raisedAt: at(12) });
    expect(other!.alertId).not.toBe(alertId);
  });

  it("is not amended by late readings", () => {
    const p = new Partition();
    p.rule(hot);
    p.read(10, 81);
    p.hand(p.alerts()[0]!.alertId!, 11);
    p.read(9, 10);
    p.read(9.5, 81);
    expect(p.emitted()).toEqual([]);
  });
});
