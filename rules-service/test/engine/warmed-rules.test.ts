import { describe, expect, it } from "vitest";
import { at, change } from "./harness.ts";
import { Partition } from "./partition.ts";

const action = { actions: [{ command: { name: "act" } }] };
const hot = { op: ">", threshold: 80 };

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
