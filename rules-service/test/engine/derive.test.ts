import { describe, expect, it } from "vitest";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { all, at, change, epoch0, second } from "./harness.ts";
import { Partition } from "./partition.ts";

const kelvin = { id: "kelvin", derive: { metric: "kelvin", expression: "metrics.t + 273.15" } };

function put(p: Partition, rule: { id: string; [key: string]: unknown }, mode: "live" | "shadow" = "live"): void {
  all(p.engine.applyRule(change(rule, 1, mode), p.effects));
}

/** What was derived since the last call: metric, value and seconds. */
function derived(p: Partition): (string | number)[][] {
  return p.effects.take().flatMap(({ derived: event }) => {
    if (event === undefined) return [];
    const { metric, number, text, boolean } = event.readings![0]!;
    return [[metric!, number ?? text ?? String(boolean), (event.eventTime! - epoch0) / second]];
  });
}

describe("a rule without a condition", () => {
  it("derives at every reading, at its time, and says where it comes from", () => {
    const p = new Partition();
    put(p, kelvin);
    p.read(1, 20);
    p.read(2, 30);
    const [first, next] = p.effects.all.map((each) => each.derived!);
    expect(first).toMatchObject({
      device: "d",
      eventTime: at(1),
      readings: [{ metric: "kelvin", number: 293.15 }],
      derived: { rule: "kelvin", revision: 1, sourceGateway: "g", sourceEpoch: 1, sourceN: 1, causeOffset: 0 },
    });
    expect(next!.derived).toMatchObject({ sourceN: 2, causeOffset: 1 });
    expect(next!.derived!.ordinal).toBeGreaterThan(0);
    expect(p.engine.counters).toMatchObject({ derived: 2, notDerived: 0 });
  });

  it("derives of the judged time where the device is ahead of the log, which is not clamped once more", () => {
    const p = new Partition();
    put(p, kelvin);
    put(p, { id: "warm", condition: { metric: "kelvin", above: 290 } });
    p.read(500, 20, { received: 10 });
    expect(p.emitted()).toEqual(["derived kelvin @10", "raised warning @10"]);
  });

  it("uses the last values of other metrics, and derives anew what a late one changes", () => {
    const p = new Partition();
    put(p, { id: "power", lateness: "1m", derive: { metric: "p", expression: "metrics.t * metrics.u", from: "t" } });
    put(p, { id: "strong", lateness: "1m", condition: { metric: "p", above: 25 } });
    p.read(1, 2, { metric: "u" });
    p.read(2, 10);
    p.read(6, 10);
    expect(derived(p)).toEqual([
      ["p", 20, 2],
      ["p", 20, 6],
    ]);
    p.read(4, 3, { metric: "u", received: 7 });
    expect(p.emitted()).toEqual(["derived p @6", "raised warning @6"]);
    p.read(5, 2, { metric: "u", received: 8 });
    expect(p.emitted()).toEqual(["derived p @6", "cleared @6 (amended, retracted)"]);
  });

  it("derives of a late reading, and only of that", () => {
    const p = new Partition();
    put(p, kelvin);
    p.read(1, 20);
    p.read(5, 30);
    p.effects.take();
    p.read(3, 25, { received: 6 });
    expect(derived(p)).toEqual([["kelvin", 298.15, 3]]);
  });

  it("derives nothing of what the expression cannot use, and counts it", () => {
    const p = new Partition();
    put(p, { id: "ratio", derive: { metric: "r", expression: "metrics.t / metrics.u", from: "t" } });
    p.read(1, 20);
    p.read(2, 0, { metric: "u" });
    p.read(3, 20);
    expect(derived(p)).toEqual([]);
    expect(p.engine.counters.notDerived).toBe(2);
  });

  it("derives text, true and false, of the device's fields too, and nothing in shadow", () => {
    const p = new Partition();
    p.device("d", { type: "boiler", attributes: { max: 25 } });
    put(p, { id: "level", derive: { metric: "level", expression: "metrics.t > 25.0 ? 'high' : 'low'" } });
    put(p, { id: "over", derive: { metric: "over", expression: "metrics.t > device.attributes.max" } });
    put(p, { id: "no", derive: { metric: "no", expression: "metrics.t" } }, "shadow");
    p.read(1, 30);
    expect(derived(p)).toEqual([
      ["level", "high", 1],
      ["over", "true", 1],
    ]);
  });
});

describe("a chain", () => {
  it("has all of a message at once, in one order of time, whatever the lateness", () => {
    const p = new Partition();
    put(p, kelvin);
    const both = {
      any: [
        { metric: "kelvin", below: 300 },
        { metric: "t", above: 90 },
      ],
    };
    put(p, { id: "a-cold", lateness: "0s", wait: "0s", condition: both });
    const readings = [20, 50, 10].map((number, place) => ({ metric: "t", number, timeDelta: place * second }));
    const identity = { gateway: "g", epoch: 1, n: p.log.n("g"), receivedAt: at(3) };
    p.append({ ...identity, device: "d", eventTime: at(1), readings }, 3);
    expect(p.emitted().filter((each) => !each.startsWith("derived"))).toEqual([
      "raised warning @1",
      "cleared @2",
      "raised warning @3",
    ]);
    expect(p.engine.counters.tooLate).toBe(0);
  });

  it("goes on from an alert that time alone raises, without its wait", () => {
    const p = new Partition();
    put(p, {
      id: "a",
      condition: { metric: "t", above: 80, for: "10s" },
      actions: [{ derive: { metric: "x", value: 1 } }],
    });
    put(p, { id: "b", condition: { metric: "x", equals: 1, for: "5s" } });
    p.mark(1, { forwarded: 1 });
    p.read(1, 90);
    for (let now = 2; now <= 21; now++) p.mark(now, { forwarded: now });
    expect(p.emitted()).toEqual(["raised warning @11", "derived x @11", "raised warning @16"]);
  });

  it("is judged from the log where rules are tried or warmed, at the place where it was derived", () => {
    const live = new Partition();
    put(live, kelvin);
    live.read(1, 20);
    live.read(2, 90);
    const events = live.effects.take().map((each) => each.derived!);
    for (const event of [...events, ...events]) live.append(event, 60);
    const tried = new Partition(createPartitionEngine(0, { judgesOwnDerivations: false }));
    put(tried, { id: "hot", condition: { metric: "kelvin", above: 350 } });
    for (const { record, at: position } of live.log.entries) tried.engine.applyRecord(record, position, tried.effects);
    expect(tried.emitted()).toEqual(["raised warning @2"]);
    expect(tried.engine.counters.duplicates).toBe(2);
  });
});
