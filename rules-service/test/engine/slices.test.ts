import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { createPartitionEngine } from "../../src/engine/index.ts";
import type { OperatorAction, PartitionEngine } from "../../src/engine/engine.ts";
import { differsFromReaders, differsFromReference } from "../joins/readers.ts";
import { anyRule, joinedLife, ruleOfReadings } from "../joins/joined-life.ts";
import { agreesWithReference } from "./agreement.ts";
import { composition, gated, definition, ruleWith, several } from "./definitions.ts";
import { all, change, taken } from "./harness.ts";
import { registrations, steps, withBeginning, write } from "./histories.ts";
import { Partition } from "./partition.ts";
import { Run, timeline } from "./timeline.ts";

/** Every record that concerns two rules on devices is done in slices; below one, what it concerns is found in them. */
const sliced = fc.constantFrom(1, 0.3, 0.1).map(
  (instancesASlice) =>
    (partition: number): PartitionEngine =>
      createPartitionEngine(partition, { instancesASlice }),
);
const ids = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}-${String(n).padStart(3, "0")}`);

describe("a record that is evaluated in slices", () => {
  it("says what it says when it is evaluated at once, at every offset of any history", () => {
    fc.assert(
      fc.property(timeline, sliced, (life, engine) => {
        const hands = new Map<number, OperatorAction>();
        const whole = new Run(life).play(hands);
        expect(new Run(life, engine(0)).play(hands).emitted).toEqual(whole.emitted);
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  it.each(Object.entries({ composition: ruleWith(composition), gated: gated(definition) }))(
    "says what the reference says: %s",
    (_kind, rule) => {
      fc.assert(
        fc.property(several(rule), steps(), registrations, sliced, (rules, life, registered, engine) => {
          expect(agreesWithReference(engine, rules, write(withBeginning(life)), registered)).toBeUndefined();
        }),
        { numRuns: propertyRuns(100) },
      );
    },
  );

  it("tells readers what is open, whoever comes and goes", () => {
    fc.assert(
      fc.property(joinedLife(anyRule), joinedLife(ruleOfReadings), sliced, (life, ofReadings, engine) => {
        expect(differsFromReaders(engine, life)).toBeUndefined();
        expect(differsFromReference(engine, ofReadings)).toBeUndefined();
      }),
      { numRuns: propertyRuns(100) },
    );
  }, 120_000);
});

/** All devices fall silent at the same time. */
function silent(devices: readonly string[]): Partition {
  const p = new Partition();
  p.tick(0);
  for (const device of devices) p.device(device, {});
  p.rule({ absent: "60s", metric: undefined }, { id: "away" });
  p.mark(0, { forwarded: 0 });
  for (const device of devices) p.read(10, 1, { device });
  p.emitted();
  return p;
}

/** Up to the mark by which the silence of all is known. */
function passed(p: Partition, from = 11): Partition {
  for (let time = from; time < 200 && p.engine.left === undefined; time++) {
    p.tick(time);
    p.mark(time, { forwarded: time });
  }
  return p;
}

/** What each slice tells, the first included that is done at once. */
function slicesOf(p: Partition, told: () => unknown[]): unknown[][] {
  const slices = [told()];
  for (const _ of p.engine.left ?? []) slices.push(told());
  slices.push(told());
  return slices;
}

describe("the clock's word to very many devices", () => {
  const devices = ids("d", 500);
  const toldOf = (p: Partition) => () => p.alerts().map(({ device }) => device);

  it("is told in slices, in one order", () => {
    const p = passed(silent(devices));
    const slices = slicesOf(p, toldOf(p));
    expect(slices.flat()).toEqual(devices);
    expect(Math.max(...slices.map(({ length }) => length))).toBeLessThanOrEqual(64);
    expect(p.engine.left).toBeUndefined();
  });

  it("is given in slices also where it is too early for all of them", () => {
    const many = ids("e", 1000);
    const p = silent(many);
    const before = p.engine.counters.evaluations;
    let time = 11;
    for (; time < 200 && p.engine.left === undefined; time++) {
      p.tick(time);
      if (p.engine.left === undefined) p.mark(time, { forwarded: time });
    }
    // Their timers are those of the time at which the rule began, ten seconds before they were heard.
    expect([p.alerts(), p.engine.counters.evaluations]).toEqual([[], before]);
    expect(slicesOf(p, toldOf(p)).flat()).toEqual([]);
    expect(slicesOf(passed(p, time), toldOf(p)).flat()).toEqual(many);
  });

  it("is told before what comes next, and is in a state that is taken meanwhile", () => {
    const p = passed(silent(devices));
    expect(p.engine.left).toBeDefined();
    const { states } = taken(p.engine, true);
    expect(states.filter(({ rule, device }) => rule === "away" && device !== "")).toHaveLength(devices.length);
    expect(toldOf(p)()).toEqual(devices);

    const again = passed(silent(devices));
    again.read(201, 1, { device: "d-007" });
    expect(toldOf(again)()).toEqual([...devices, "d-007"]);
  });
});

it("the first record that shows a time makes all devices watched in slices, none of them later than it", () => {
  const devices = ids("d", 500);
  const p = new Partition();
  for (const device of devices) p.device(device, {});
  p.rule({ absent: "60s", metric: undefined }, { id: "away" });
  p.tick(0);
  let slices = 0;
  for (const _ of p.engine.left ?? []) slices += 1;
  expect(slices).toBeGreaterThan(5);
  p.mark(0, { forwarded: 0 });
  expect(slicesOf(passed(p), () => p.alerts().map(({ device }) => device)).flat()).toEqual(devices);
});

it("that no rule watches so many devices is found out in slices, too", () => {
  const p = new Partition();
  for (const device of ids("d", 2000)) p.device(device, {});
  p.rule({ absent: "60s", metric: undefined }, { id: "away", selector: { ids: ["e-*"] } });
  p.tick(0);
  expect([...(p.engine.left ?? [])].length).toBeGreaterThan(1);
});

it("a reading is taken to the rules that it concerns in slices", () => {
  const p = new Partition();
  for (const id of ids("r", 1000)) p.rule({ op: ">", threshold: 50 }, { id, lateness: "5s" });
  p.mark(0);
  p.read(100, 90);
  p.read(200, 90);
  // Each rule counts it as too late, one by one.
  p.read(50, 90, { appended: 201 });
  const counted = [p.engine.counters.tooLate];
  for (const _ of p.engine.left ?? []) counted.push(p.engine.counters.tooLate);
  const bySlice = counted.map((each, slice) => each - (counted[slice - 1] ?? 0));
  expect(p.engine.counters.tooLate).toBe(1000);
  expect(Math.max(...bySlice)).toBeLessThanOrEqual(256);
});

it("a reading that very many rules judge is judged in slices, in one order", () => {
  const rules = ids("r", 300);
  const p = new Partition();
  for (const id of rules) p.rule({ op: ">", threshold: 50 }, { id });
  p.mark(0);
  p.read(10, 90);
  const slices = slicesOf(p, () => p.alerts().map(({ rule }) => rule));
  expect(slices.flat()).toEqual(rules);
  expect(Math.max(...slices.map(({ length }) => length))).toBe(64);
});

it("rules that are warmed go through a record in slices too, and to its end before they are adopted", () => {
  const devices = ids("d", 200);
  const p = passed(silent(devices));
  all(p.engine.left!);
  p.emitted();
  const window = { over: "10s", every: "10s" };
  const made = change({ id: "later", condition: { metric: "t", window, aggregate: "max", above: 0 } });
  const warmUp = p.engine.warm([made]);
  const { entries } = p.log;
  // The end of their window comes to all devices with one record.
  const end = entries.findIndex(({ record, at }) => {
    warmUp.applyRecord(record, at);
    return warmUp.left !== undefined;
  });
  expect(end).toBeGreaterThan(0);
  all(p.engine.adopt(warmUp, p.effects));
  expect(warmUp.left).toBeUndefined();
  expect(p.alerts().map(({ device }) => device)).toEqual(devices);
});

it.each([1, 2, 64])("what the clock lets a rule derive is judged with it, in slices of %i", (instancesASlice) => {
  // With each number of devices a slice is full at another place, and with some as its last timer comes up.
  for (let count = 1; count <= 70; count++) {
    const devices = ids("d", count);
    const p = new Partition(createPartitionEngine(0, { instancesASlice }));
    p.rule({ above: 50, for: "3s" }, { id: "first", actions: [{ derive: { metric: "hot", value: 1 } }] });
    p.rule({ metric: "hot", above: 0 }, { id: "then" });
    p.tick(0);
    p.mark(0, { forwarded: 0 });
    for (const device of devices) p.read(10, 90, { device });
    p.tick(30);
    p.emitted();
    p.mark(30, { forwarded: 30 });
    all(p.engine.left ?? []);
    const told = p.alerts().map(({ rule, device }) => `${rule} ${device}`);
    expect(told).toEqual(devices.flatMap((device) => [`first ${device}`, `then ${device}`]));
  }
});
