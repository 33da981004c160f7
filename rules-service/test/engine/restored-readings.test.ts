import { describe, expect, it } from "vitest";
import { isoFromMicros } from "@headwater/core";
import type { EngineChanges } from "../../src/engine/engine.ts";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { all, at, change, taken } from "./harness.ts";
import { Partition } from "./partition.ts";

/** A partition whose owner goes on from what was written, and from the first so many states of a later writing. */
function restored(whole: EngineChanges, offset: number, cut: EngineChanges["states"] = []): Partition {
  const states = new Map([...whole.states, ...cut].map((each) => [`${each.rule}/${each.device}`, each]));
  const engine = createPartitionEngine(0);
  all(engine.restore({ offset, states: [...states.values()], checkpoint: whole.checkpoint }));
  return new Partition(engine);
}

describe("retained readings of a device that was made anew", () => {
  const options = { device: "d", incarnation: 1 };

  function before(): Partition {
    const p = new Partition();
    p.device("d", {}, 0);
    p.rule({ above: 80, times: 2 }, { lateness: "1m" });
    p.device("d", {}, 1);
    for (const [time, value] of [10, 20, 30].map((each) => [each, each === 10 ? 0 : 81] as const)) {
      p.read(time, value, options);
    }
    expect(p.emitted()).toEqual(["raised warning @30"]);
    return p;
  }

  it("are there after a restart, for late ones to be put between", () => {
    const p = before();
    const again = restored(taken(p.engine, true), p.log.next);
    again.device("d", {}, 1);
    again.rule({ above: 80, times: 2 }, { lateness: "1m" });
    for (const each of [p, again]) {
      const { record } = each.log.append(
        {
          ...{ gateway: "g", epoch: 1, n: 4, receivedAt: at(31), device: "d", eventTime: at(25), incarnation: 1 },
          readings: [{ metric: "t", number: 0 }],
        },
        at(31),
      );
      each.engine.applyRecord(record, { partition: 0, offset: 3, appendTime: at(31) }, each.effects);
      expect(each.emitted()).toEqual(["cleared @30 (amended, retracted)"]);
    }
  });

  it("go where it was made anew once more after they were written", () => {
    const p = before();
    const again = restored(taken(p.engine, true), p.log.next);
    again.device("d", {}, 1);
    again.rule({ above: 80, times: 2 }, { lateness: "1m" });
    again.device("d", {}, 2);
    expect(again.emitted()).toEqual(["cleared @30 (device-deleted)"]);
    expect(taken(again.engine, true).states.filter(({ rule, state }) => rule === "~t" && state.length > 0)).toEqual([]);
  });
});

it("what a rule has let go of with another selector is gone, though the writing of that was cut off before it", () => {
  const mean = { window: { over: "3s" }, aggregate: "mean", above: 80 };
  const rest = { wait: "0s", lateness: "0s", actions: [{ command: { name: "act" } }] };
  const p = new Partition();
  p.rule(mean, rest);
  // Its way to the log took no time.
  p.read(1, 10);
  const whole = taken(p.engine, false);
  p.read(2, 10);
  p.rule(mean, { ...rest, selector: { types: ["a"] } }, "live", 2);
  const { states } = taken(p.engine, false);
  const cut = states.filter(({ rule }) => rule !== "~t");
  const again = restored(whole, 1, cut);
  again.rule(mean, rest);
  const { record: replayed, at: position } = p.log.entries[1]!;
  again.engine.applyRecord(replayed, position, again.effects);
  again.rule(mean, { ...rest, selector: { types: ["a"] } }, "live", 2);
  for (const each of [p, again]) {
    each.device("d", { type: "a" });
    const identity = { gateway: "h", epoch: 1, n: 1, receivedAt: at(9), device: "d", eventTime: at(8) };
    const { record } = each.log.append({ ...identity, readings: [{ metric: "t", number: 81 }] }, at(9));
    each.engine.applyRecord(record, { partition: 0, offset: 2, appendTime: at(9) }, each.effects);
    each.mark(20, { gateway: "h" });
    // By the second that the device is late at least, as far as the rule knows.
    const causes = each.effects.take().flatMap(({ command }) => command?.requested?.cause ?? []);
    expect(causes.map(({ time, eventTime }) => [time! - eventTime!])).toEqual([[1_000_000]]);
  }
});

it.each([1, 2])("what began to hold actions back before a writing which was cut off is told once: %d more", (more) => {
  const open = { from: isoFromMicros(at(0)), to: isoFromMicros(at(60)) };
  const p = new Partition();
  p.rule({ above: 80 });
  p.maintenance("first", { from: open.from, to: isoFromMicros(at(3_600)) });
  p.read(1, 81);
  const whole = taken(p.engine, false);
  p.read(2, 82);
  p.mark(3);
  p.emitted();
  const begin = (each: Partition): void => {
    each.maintenance("first", undefined);
    for (let n = 1; n <= more; n++) each.maintenance(`m${n}`, open);
  };
  begin(p);
  const told = p.emitted();
  const again = restored(whole, 1, taken(p.engine, false).states);
  again.maintenance("first", { from: open.from, to: isoFromMicros(at(3_600)) });
  again.rule({ above: 80 });
  again.log.entries.push(...p.log.entries);
  for (const { record, at: position } of p.log.entries.slice(1))
    again.engine.applyRecord(record, position, again.effects);
  begin(again);
  again.mark(4, { gateway: "h" });
  expect([told.length, again.emitted()]).toEqual([1 + more, []]);
});

describe("a rule of several metrics that was another by the next writing, which was cut off", () => {
  const both = [
    { metric: "t", above: 80 },
    { metric: "u", above: 90, noData: "raise" },
  ];

  it("raises nothing for want of a metric whose readings are past already", () => {
    const p = new Partition();
    const whole = taken(p.engine, false);
    const play = (of: Partition): readonly string[] => {
      all(of.engine.applyRule(change({ id: "hot", condition: { all: both }, lateness: "0s" }), of.effects));
      of.read(1, 5, { metric: "u" });
      of.read(2, 81);
      of.rule({ metric: "t", above: 90 }, { lateness: "0s" }, "live", 2);
      of.read(3, 5);
      return of.emitted();
    };
    expect(play(p)).toEqual([]);
    const { states } = taken(p.engine, false);
    for (let cut = 0; cut <= states.length; cut++) expect(play(restored(whole, 0, states.slice(0, cut)))).toEqual([]);
  });
});

describe("a rule that changed more than once before a writing which was cut off", () => {
  it("goes on with the state of its last revision, though an earlier one judged like it", () => {
    const p = new Partition();
    const whole = taken(p.engine, false);
    const play = (of: Partition): void => {
      of.tick(0);
      of.device("d", {});
      of.rule({ above: 80, noData: "raise" });
      of.rule({ above: 90 }, {}, "live", 2);
      of.tick(1);
      of.rule({ above: 80, noData: "raise" }, {}, "live", 3);
    };
    play(p);
    const open = [...p.engine.open()];
    expect(open).toHaveLength(1);
    const { states } = taken(p.engine, false);
    for (let cut = 0; cut <= states.length; cut++) {
      const again = restored(whole, 0, states.slice(0, cut));
      play(again);
      again.tick(2);
      expect([...again.engine.open()]).toEqual(open);
    }
  });

  it("raises under the same id, though nothing was known of the device any more", () => {
    const p = new Partition();
    const first = (of: Partition) => of.rule({ above: 80 }, { lateness: "0s" });
    const then = (of: Partition): void => {
      of.rule({ above: 70 }, { lateness: "0s" }, "disabled", 2);
      of.rule({ above: 70 }, { lateness: "0s" }, "live", 2);
      of.tick(1);
    };
    first(p);
    p.read(1, 81);
    const whole = taken(p.engine, false);
    then(p);
    p.effects.take();
    const { states } = taken(p.engine, false);
    p.read(2, 75);
    const [raised] = p.alerts();
    for (let cut = 0; cut <= states.length; cut++) {
      const again = restored(whole, 1, states.slice(0, cut));
      // As in the log before.
      again.log.append({ tick: { ownerEpoch: 1 } }, at(1));
      again.log.n("g");
      first(again);
      then(again);
      again.effects.take();
      again.read(2, 75);
      expect(again.alerts().map(({ alertId }) => alertId)).toEqual([raised!.alertId]);
    }
  });
});

describe("a record at which a rule fails", () => {
  const rules = { a: "0s", b: "1m", c: "1m" };

  function enable(p: Partition): void {
    for (const [id, lateness] of Object.entries(rules)) p.rule({ above: 50 }, { id, lateness });
  }

  /** The rule `a` fails at what it would tell. */
  function failing(p: Partition): Partition {
    const tell = p.effects.alert.bind(p.effects);
    p.effects.alert = (alert) => {
      if (alert.rule === "a") throw new TypeError("not told");
      tell(alert);
    };
    return p;
  }

  it("is judged by the others, and no later record is judged with it", () => {
    const p = failing(new Partition());
    enable(p);
    p.mark(0);
    expect(() => p.read(10, 60)).toThrow("not told");
    expect(p.alerts().map(({ rule }) => rule)).toEqual(["b", "c"]);
    p.mark(20);
    expect(p.emitted()).toEqual([]);
  });

  it("is past, for what is written and what takes effect before the next", () => {
    const p = failing(new Partition());
    enable(p);
    p.mark(0);
    expect(() => p.read(10, 60)).toThrow("not told");
    const { states } = taken(p.engine, true);
    expect(new Set(states.map(({ covers }) => covers))).toEqual(new Set([p.log.next]));
  });

  it("lets the other rules have the instants that are due with it", () => {
    const p = failing(new Partition());
    for (const id of ["a", "b"]) p.rule({ above: 50, for: "10s" }, { id });
    p.mark(0);
    p.read(5, 60);
    expect(() => p.mark(40)).toThrow("not told");
    expect(p.alerts().map(({ rule }) => rule)).toEqual(["b"]);
  });

  it("lets what is due with it happen", () => {
    const p = failing(new Partition());
    p.rule({ above: 80 }, { id: "a" });
    p.rule({ above: 50 }, { id: "b" });
    p.mark(0);
    p.snooze(20, "d", "b");
    p.read(5, 60);
    expect(p.emitted()).toEqual(["raised warning @5 (snooze)"]);
    expect(() => p.read(30, 90)).toThrow("not told");
    expect(p.emitted()).toEqual(["unmuted warning @20"]);
  });

  it("is to the others what it is to them after a restart", () => {
    const p = failing(new Partition());
    enable(p);
    p.mark(0);
    expect(() => p.read(10, 60)).toThrow("not told");
    p.emitted();
    const again = failing(restored(taken(p.engine, true), p.log.next));
    enable(again);
    for (const each of [p, again]) {
      const input = { gateway: "g", epoch: 1, n: 3, receivedAt: at(11), device: "d", eventTime: at(5) };
      const { record } = each.log.append({ ...input, readings: [{ metric: "t", number: 70 }] }, at(11));
      each.engine.applyRecord(record, { partition: 0, offset: 2, appendTime: at(11) }, each.effects);
      expect(each.emitted()).toEqual(["amended warning @5- (amended)", "amended warning @5- (amended)"]);
    }
  });
});
