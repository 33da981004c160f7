import { describe, expect, it } from "vitest";
import { all, change } from "./harness.ts";
import { Partition } from "./partition.ts";

const action = { actions: [{ command: { name: "act" } }] };
const hot = { op: ">", threshold: 80 };

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
