import { describe, expect, it } from "vitest";
import { at } from "./harness.ts";
import { Partition } from "./partition.ts";
import { story } from "./story.ts";

describe("text", () => {
  it("equals another, or one of several", () => {
    const door = story({ metric: "door", in: ["open", "ajar"] });
    door.samples("door", [
      [1, "shut"],
      [2, "ajar"],
      [3, "open"],
      [4, "shut"],
    ]);
    expect(door.told).toEqual(["raised warning @2", "cleared @4"]);
  });

  it("of another type than the comparison's is unknown, which ends nothing", () => {
    const t = story({ metric: "t", above: 80 });
    t.samples("t", [
      [1, 81],
      [2, "error"],
      [3, 10],
    ]);
    expect(t.told).toEqual(["raised warning @1", "cleared @3"]);
  });

  it("changes to a value, of which the first is no change", () => {
    const state = story({ metric: "state", changesTo: "fault" });
    state.samples("state", [
      [1, "fault"],
      [2, "fault"],
      [3, "ok"],
      [4, "fault"],
      [5, "ok"],
    ]);
    expect(state.told).toEqual(["raised warning @4", "cleared @5"]);
  });
});

describe("a range", () => {
  it("clears within a narrower one", () => {
    const ph = story({ metric: "ph", outside: [2, 8], clearWithin: [3, 7] });
    ph.samples("ph", [
      [1, 5],
      [2, 1],
      [3, 2.5],
      [4, 3],
      [5, 7.5],
    ]);
    expect(ph.told).toEqual(["raised warning @2", "cleared @4"]);
  });
});

describe("clearFor", () => {
  it("keeps an alert until it was clear that long, by the clock if nothing comes", () => {
    const t = story({ metric: "t", above: 80, clearFor: "10s" });
    t.samples("t", [
      [1, 81],
      [2, 10],
      [8, 81],
      [9, 10],
    ]);
    expect(t.told).toEqual(["raised warning @1"]);
    expect(t.until(20).told).toEqual(["cleared @19"]);
  });
});

describe("a window", () => {
  it("has the mean of the last panes, and ends when an old one leaves", () => {
    const t = story({ metric: "t", window: { over: "10s" }, aggregate: "mean", above: 50 });
    t.samples("t", [
      [0, 100],
      [5, 40],
      [6, 40],
    ]);
    expect(t.told).toEqual(["raised warning @0"]);
    expect(t.until(15).told).toEqual(["cleared @10"]);
  });

  it("counts the readings that compare so", () => {
    const door = story({
      metric: "door",
      window: { over: "1m" },
      aggregate: "count",
      where: { equals: "open" },
      above: 1,
    });
    door.samples("door", [
      [0, "open"],
      [10, "shut"],
      [20, "open"],
      [30, "shut"],
    ]);
    expect(door.told).toEqual(["raised warning @20"]);
    expect(door.until(70).told).toEqual(["cleared @60"]);
  });

  it("that does not overlap is judged at its edges alone", () => {
    const t = story({ metric: "t", window: { over: "20s", every: "20s" }, aggregate: "max", above: 50 });
    t.samples("t", [
      [5, 60],
      [19, 10],
      [20, 10],
      [39, 10],
      [41, 10],
    ]);
    expect(t.told).toEqual(["raised warning @20", "cleared @40"]);
  });

  it("of a session ends with a gap", () => {
    const t = story({ metric: "t", window: { session: "10s" }, aggregate: "count", above: 2 });
    t.samples("t", [
      [0, 1],
      [5, 1],
      [9, 1],
    ]);
    expect(t.told).toEqual(["raised warning @9"]);
    expect(t.until(30).told).toEqual(["cleared @19"]);
  });

  it("of so many readings is unknown before it has them", () => {
    const t = story({ metric: "t", window: { readings: 3 }, aggregate: "p50", above: 50 });
    t.samples("t", [
      [0, 100],
      [1, 100],
      [2, 10],
      [3, 10],
    ]);
    expect(t.told).toEqual(["raised warning @2", "cleared @3"]);
  });
});

describe("a metric beside its own past", () => {
  it("falls at a rate", () => {
    const level = story({ metric: "level", rate: { over: "60s", per: "1m" }, below: -2 });
    level.samples("level", [
      [0, 10],
      [20, 9],
      [30, 8.5],
      [90, 8.5],
    ]);
    expect(level.told[0]).toBe("raised warning @30");
  });

  it("differs from what it was", () => {
    const level = story({ metric: "level", change: { since: "60s" }, below: -5 });
    level.samples("level", [
      [0, 20],
      [30, 12],
      [61, 12],
    ]);
    expect(level.told).toEqual(["raised warning @60"]);
  });

  it("is a multiple of its mean", () => {
    const power = story({ metric: "power", relativeTo: { over: "60s", aggregate: "mean", floor: 10 }, above: 1.5 });
    power.samples("power", [
      [0, 20],
      [20, 20],
      [40, 40],
      [50, 20],
    ]);
    expect(power.told).toEqual(["raised warning @40", "cleared @50"]);
  });
});

describe("absence", () => {
  it("counts from the registration of a device that never spoke", () => {
    const silent = story({ absent: "30s" }, {}, { type: "meter" });
    expect(silent.until(31).told).toEqual(["raised warning @30"]);
    expect(silent.sample(40, { any: 1 }).told).toEqual(["cleared @40"]);
    expect(silent.until(71).told).toEqual(["raised warning @70"]);
  });
});

describe("two values", () => {
  it("are compared while both are fresh", () => {
    const inside = story({ metric: "inside", op: ">", other: "outside", within: "30s" });
    inside.sample(0, { outside: 10 }).sample(1, { inside: 20 });
    expect(inside.told).toEqual(["raised warning @1"]);
    // Unknown from 30 on, which ends nothing.
    expect(inside.sample(40, { inside: 5 }).told).toEqual([]);
    expect(inside.sample(41, { outside: 6 }).told).toEqual(["cleared @41"]);
  });

  it("are a metric and an attribute of its device, which may change", () => {
    const t = story({ metric: "t", op: ">", attribute: "limit", default: 80 });
    expect(t.sample(1, { t: 70 }).told).toEqual([]);
    t.device({ attributes: { limit: 60 } });
    expect(t.told).toHaveLength(1);
    expect(t.sample(2, { t: 50 }).told).toEqual(["cleared @2"]);
  });
});

describe("several conditions", () => {
  const hotAndNoFan = { all: [{ metric: "temp", above: 80 }, { not: { metric: "fan", equals: true } }] };

  it("are judged when all readings of a sample are taken in", () => {
    const t = story(hotAndNoFan);
    t.sample(1, { temp: 20, fan: false }).sample(2, { temp: 85, fan: true }).sample(3, { fan: false });
    expect(t.told).toEqual(["raised warning @3"]);
    expect(t.sample(4, { fan: true }).told).toEqual(["cleared @4"]);
  });

  it("are unknown as long as one of them is", () => {
    expect(story(hotAndNoFan).sample(1, { temp: 85 }).told).toEqual([]);
  });

  it("take the least severity of all, and the greatest of any", () => {
    const parts = [
      { metric: "a", above: { warning: 1, critical: 5 } },
      { metric: "b", above: { info: 1 } },
    ];
    expect(story({ all: parts }).sample(1, { a: 9, b: 2 }).told).toEqual(["raised info @1"]);
    expect(story({ any: parts }).sample(1, { a: 9, b: 2 }).told).toEqual(["raised critical @1"]);
    const mixed = [
      { metric: "a", above: 1 },
      { metric: "b", above: { info: 1 } },
    ];
    expect(story({ any: mixed }, { severity: "critical" }).sample(1, { a: 9, b: 2 }).told).toEqual([
      "raised critical @1",
    ]);
    expect(story({ all: mixed }, { severity: "critical" }).sample(1, { a: 9, b: 2 }).told).toEqual(["raised info @1"]);
  });

  it("hold each for a time of its own, and all together", () => {
    const t = story({
      all: [
        { metric: "a", above: 1, for: "10s" },
        { metric: "b", above: 1 },
      ],
      for: "5s",
    });
    t.sample(0, { a: 2, b: 2 });
    expect(t.until(14).told).toEqual([]);
    expect(t.until(15).told).toEqual(["raised warning @15"]);
  });
});

describe("an expression", () => {
  it("is over last values and the device", () => {
    const condition = { expression: "metrics.t + 1 > 80 && device.tags.site == 'north' && metrics.on" };
    const t = story(condition, {}, { tags: { site: "north" } });
    expect(t.sample(1, { t: 80 }).told).toEqual([]);
    expect(t.sample(2, { on: true }).told).toEqual(["raised warning @2"]);
    expect(t.sample(3, { on: false }).told).toEqual(["cleared @3"]);
  });
});

describe("a device whose clock is ahead", () => {
  it("is judged when the log has its reading, and is not blind afterwards", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 });
    p.read(540, 20, { received: 0 });
    p.read(1, 95, { received: 1 });
    expect(p.emitted()).toEqual(["raised warning @1"]);
  });

  it("keeps the distances of the times in its message", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 });
    const readings = [95, 10].map((number, index) => ({ metric: "t", number, timeDelta: -index * 1_000_000 }));
    p.append({ gateway: "g", epoch: 1, n: 1, receivedAt: at(0), device: "d", eventTime: at(500), readings }, 10);
    expect(p.emitted()).toEqual(["raised warning @10"]);
  });
});
