import { describe, expect, it } from "vitest";
import { all, at, change } from "./harness.ts";
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

describe("a warmed rule", () => {
  it("shows the value that raised what has been open for long", () => {
    const p = new Partition();
    for (let time = 1; time <= 60; time++) p.read(time, 85 + time);
    p.adopt(p.warm(change({ id: "hot", condition: { metric: "t", ...hot } })));
    expect(p.alerts()).toMatchObject([{ metric: "t", value: 86, threshold: 80, raisedAt: at(1) }]);
  });

  it("raises an open episode once, with its true time, and none that is over", () => {
    const p = new Partition();
    const warmed = p.rule({ ...hot, for: "30s" }, action, "disabled");
    for (const [time, value] of [
      [0, 81],
      [40, 10],
      [50, 81],
      [90, 85],
    ] as const)
      p.read(time, value);
    p.adopt(p.warm({ ...warmed, mode: "live" }));
    expect(p.emitted()).toEqual(["raised warning @80", "command act @80"]);
    p.read(100, 10);
    expect(p.emitted()).toEqual(["cleared @100"]);
  });

  it("goes on with what it was waiting for", () => {
    const p = new Partition();
    const warmed = p.rule({ ...hot, for: "30s" }, {}, "disabled");
    p.mark(0);
    p.read(1, 81);
    p.adopt(p.warm({ ...warmed, mode: "live" }));
    p.mark(36);
    expect(p.emitted()).toEqual(["raised warning @31"]);
  });

  it("judges late readings among those that it was warmed with, without telling of what was over before", () => {
    const p = new Partition();
    const warmed = p.rule(hot, {}, "disabled");
    for (const [time, value] of [
      [10, 81],
      [11, 10],
      [13, 10],
    ] as const)
      p.read(time, value);
    p.adopt(p.warm({ ...warmed, mode: "live" }));
    expect(p.emitted()).toEqual([]);
    p.read(10.5, 81);
    expect(p.emitted()).toEqual([]);
    p.read(12, 81);
    expect(p.emitted()).toEqual(["raised warning @12 (amended)", "cleared @13 (amended)"]);
  });

  it("takes over what its former revision had emitted", () => {
    const p = new Partition();
    const made = p.rule(hot, action);
    p.read(1, 85);
    const [raised] = p.alerts();
    const revised = {
      ...made,
      revision: 2,
      definition: { ...made.definition, condition: { metric: "t", op: ">" as const, threshold: 70 } },
    };
    p.adopt(p.warm(revised));
    expect(p.emitted()).toEqual([]);
    p.read(2, 60);
    expect(p.alerts()).toMatchObject([{ alertId: raised!.alertId, transition: 2, revision: 2 }]);
  });

  it("keeps the beginning of an alert that its former revision had raised later than it would have", () => {
    const p = new Partition();
    const made = p.rule({ ...hot, threshold: 90 }, action);
    p.read(1, 85);
    p.read(3, 95);
    const [raised] = p.alerts();
    const condition = { metric: "t", op: ">" as const, threshold: 80 };
    p.adopt(p.warm({ ...made, revision: 2, definition: { ...made.definition, condition } }));
    expect(p.emitted()).toEqual([]);
    expect([...p.engine.open()]).toMatchObject([{ alertId: raised!.alertId, raisedAt: at(3) }]);
    // A late reading between them changes nothing.
    p.read(2, 86, { received: 4 });
    expect(p.emitted()).toEqual([]);
    p.read(5, 10);
    expect(p.alerts()).toMatchObject([{ alertId: raised!.alertId, raisedAt: at(3), clearedAt: at(5) }]);
  });

  it("clears what its former revision had emitted and it does not see", () => {
    const p = new Partition();
    const made = p.rule(hot, action);
    p.read(1, 85);
    p.emitted();
    const condition = { metric: "t", op: ">" as const, threshold: 90 };
    p.adopt(p.warm({ ...made, revision: 2, definition: { ...made.definition, condition } }));
    expect(p.emitted()).toEqual(["cleared @1 (rule-revised)"]);
  });

  it("selects by what the devices are when it is adopted", () => {
    const p = new Partition();
    const warmed = p.rule(hot, { selector: { types: ["boiler"] } }, "disabled");
    p.read(1, 81);
    p.read(1, 81, { device: "e" });
    const warmUp = p.warm({ ...warmed, mode: "live" });
    p.device("e", { type: "boiler" });
    p.adopt(warmUp);
    expect(p.alerts().map(({ device }) => device)).toEqual(["e"]);
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

describe("a device that is deleted and registered again", () => {
  it("ends what is open of it, and begins with nothing of the one before", () => {
    const p = new Partition();
    p.rule({ ...hot, clearBelow: 70 }, action);
    p.read(1, 81);
    p.emitted();
    p.device("d", undefined, 1);
    expect(p.emitted()).toEqual(["cleared @1 (device-deleted)"]);
    // A spool delivers what the former device has sent.
    p.read(2, 99);
    p.device("d", {}, 1);
    p.read(3, 98);
    expect(p.emitted()).toEqual([]);
    p.read(4, 75, { incarnation: 1 });
    expect(p.emitted()).toEqual([]);
    p.read(5, 82, { incarnation: 1 });
    expect(p.emitted()).toEqual(["raised warning @5", "command act @5"]);
    expect(p.engine.counters.otherDevice).toBe(2);
  });

  it("has alerts of its own, also where both were silent at the same instant of the log", () => {
    const p = new Partition();
    p.tick(0);
    p.device("d", {});
    all(p.engine.applyRule(change({ id: "hot", condition: { absent: "10s" }, wait: "0s" }), p.effects));
    p.tick(10);
    const [raised] = p.alerts();
    const other = new Partition();
    other.tick(0);
    other.device("d", undefined, 1);
    other.device("d", {}, 1);
    all(other.engine.applyRule(change({ id: "hot", condition: { absent: "10s" }, wait: "0s" }), other.effects));
    other.tick(10);
    const [next] = other.alerts();
    expect(next).toMatchObject({ raisedAt: raised!.raisedAt, transition: 1 });
    expect(next!.alertId).not.toBe(raised!.alertId);
  });

  it("is another one also where only the last of its states takes effect", () => {
    const p = new Partition();
    p.device("d", { type: "boiler" });
    p.rule(hot, { selector: { types: ["boiler"] } });
    p.read(1, 81);
    p.emitted();
    p.device("d", { type: "boiler" }, 2);
    expect(p.emitted()).toEqual(["cleared @1 (device-deleted)"]);
    p.read(2, 82, { incarnation: 2 });
    expect(p.emitted()).toEqual(["raised warning @2"]);
  });

  it("is not warmed with the readings of the one before, nor with those of one that is not in effect", () => {
    for (const [incarnation, expected] of [
      [0, []],
      [1, ["raised warning @32", "command act @32"]],
    ] as const) {
      const p = new Partition();
      const warmed = p.rule({ ...hot, for: "30s" }, action, "disabled");
      if (incarnation === 1) p.device("d", {}, 1);
      p.read(1, 81);
      p.read(2, 82, { incarnation: 1 });
      p.read(3, 10);
      p.read(33, 82, { incarnation: 1 });
      p.mark(40);
      p.adopt(p.warm({ ...warmed, mode: "live" }));
      expect(p.emitted()).toEqual(expected);
    }
  });

  it("is named in commands, and in what is derived", () => {
    const p = new Partition();
    p.device("d", {}, 3);
    p.rule(hot, { actions: [{ command: { name: "act" } }, { derive: { metric: "x", value: 1 } }] });
    p.read(1, 81, { incarnation: 3 });
    const told = p.effects.take().map(({ command, derived }) => command?.requested?.life ?? derived?.incarnation);
    expect(told).toEqual([undefined, 4, 3]);
  });
});
