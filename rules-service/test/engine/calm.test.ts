import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { calmDefinition, calmLife } from "./calm-lives.ts";
import { several } from "./definitions.ts";
import { all, at, second, taken } from "./harness.ts";
import { registrations, withBeginning, write } from "./histories.ts";
import { Partition } from "./partition.ts";

const overAMinute = { window: { over: "1m" }, aggregate: "mean", above: 50 };

describe("readings that change no verdict are taken in later", () => {
  it("and the engine says what the reference does after every record", () => {
    fc.assert(
      fc.property(several(calmDefinition), calmLife(2), registrations, (rules, life, registered) => {
        const log = write(withBeginning(life));
        expect(agreesWithReference(createPartitionEngine, rules, log, registered)).toBeUndefined();
      }),
      { numRuns: propertyRuns(300) },
    );
  }, 300_000);

  it("up to the one that changes it, though it alone would not", () => {
    const p = new Partition();
    p.rule(overAMinute);
    for (let time = 1; time <= 30; time++) p.read(time, 40);
    // 30 of 40 and 15 of 70: 50; the next one lies above.
    for (let time = 31; time <= 45; time++) p.read(time, 70);
    expect(p.emitted()).toEqual([]);
    p.read(46, 70);
    expect(p.emitted()).toEqual(["raised warning @46"]);
  });

  it("before a pane leaves that held the value down", () => {
    const p = new Partition();
    p.rule({ window: { over: "10s" }, aggregate: "max", below: 50 }, { wait: "0s" });
    p.read(1, 60);
    for (let time = 2; time <= 10; time++) p.read(time, 40);
    expect(p.emitted()).toEqual([]);
    p.read(11, 40);
    expect(p.emitted()).toEqual(["raised warning @11"]);
  });

  it("and before one leaves between two of them, if only until the next", () => {
    const p = new Partition();
    p.rule({ window: { over: "10s" }, aggregate: "count", above: 3 });
    for (const time of [1, 4, 7, 10]) p.read(time, 40);
    expect(p.emitted()).toEqual(["raised warning @10"]);
    p.read(13, 40);
    expect(p.emitted()).toEqual(["cleared @11", "raised warning @13"]);
  });

  it("after the one before them in their message, which changes it", () => {
    const p = new Partition();
    p.rule({ window: { over: "1m" }, aggregate: "mean", above: 50 });
    p.read(1, 40);
    const identity = { gateway: "g", epoch: 1, n: p.log.n("g"), receivedAt: at(7) };
    const readings = [200, -200].map((number, place) => ({ metric: "t", number, timeDelta: place * second }));
    p.append({ ...identity, device: "d", eventTime: at(6), readings }, 7);
    expect(p.emitted()).toEqual(["raised warning @6", "cleared @7"]);
  });

  it("when the clock comes to an instant sooner than they had let expect, as those before were long under way", () => {
    const p = new Partition();
    p.rule(overAMinute, { wait: "0s" });
    p.mark(0);
    p.read(1, -400, { received: 31 });
    p.read(2, 0, { received: 31 });
    p.read(32, 70);
    expect(p.emitted()).toEqual([]);
    p.mark(63);
    expect(p.emitted()).toEqual(["raised warning @62"]);
  });

  it("when the device falls silent, and the clock alone goes on", () => {
    const p = new Partition();
    p.rule({ window: { over: "10s" }, aggregate: "count", below: 3 }, { wait: "0s" });
    p.mark(0);
    for (let time = 1; time <= 30; time++) p.read(time, 40);
    p.emitted();
    p.mark(37);
    expect(p.emitted()).toEqual([]);
    p.mark(38);
    expect(p.emitted()).toEqual(["raised warning @38"]);
  });

  it("when a late one comes between them", () => {
    const p = new Partition();
    p.rule(overAMinute, { lateness: "30s" });
    for (let time = 1; time <= 20; time++) if (time !== 10) p.read(time, 50);
    expect(p.emitted()).toEqual([]);
    p.read(10, 51, { received: 21 });
    expect(p.emitted()).toEqual(["raised warning @10"]);
  });

  it("once, though a message names the metric twice", () => {
    const p = new Partition();
    p.rule({ window: { over: "1m" }, aggregate: "count", above: 4 });
    for (let time = 1; time <= 3; time++) p.read(time, 40);
    const identity = { gateway: "g", epoch: 1, n: p.log.n("g"), receivedAt: at(4) };
    const readings = [
      { metric: "t", number: 1 },
      { metric: "t", number: 2 },
    ];
    p.append({ ...identity, device: "d", eventTime: identity.receivedAt, readings }, 4);
    expect(p.emitted()).toEqual(["raised warning @4"]);
    expect(taken(p.engine, true).states.length).toBeGreaterThan(0);
    p.mark(62);
    p.mark(66);
    expect(p.emitted()).toEqual(["cleared @61"]);
  });

  it("and are retained no longer than others by a checkpoint", () => {
    const sizes = [8, 20].map((count) => {
      const p = new Partition();
      p.rule({ window: { over: "2m" }, aggregate: "mean", above: 50 }, { lateness: "2s" });
      for (let time = 1; time <= count; time++) p.read(time, 40);
      return taken(p.engine, true).states.find(({ rule }) => rule === "~t")!.state.length;
    });
    expect(sizes[1]).toBeLessThanOrEqual(sizes[0]! + 8);
  });

  it("and are in what a checkpoint writes, though nothing else has changed since the one before", () => {
    const p = new Partition();
    p.rule(overAMinute);
    p.read(1, 40);
    // It has left nothing for later: what it may leave stands as it did.
    const whole = taken(p.engine, false);
    for (let time = 2; time <= 20; time++) p.read(time, 40);
    const { states, checkpoint } = taken(p.engine, false);
    const written = new Map([...whole.states, ...states].map((each) => [`${each.rule}/${each.device}`, each]));
    const again = new Partition();
    all(again.engine.restore({ offset: p.log.next, states: [...written.values()], checkpoint }));
    again.rule(overAMinute);
    again.log.entries.push(...p.log.entries);
    for (const each of [p, again]) {
      for (let time = 21; time <= 30; time++) each.read(time, 70, { gateway: "h" });
      expect(each.emitted()).toEqual([]);
      each.read(31, 70, { gateway: "h" });
      expect(each.emitted()).toEqual(["raised warning @31"]);
    }
  });
});
