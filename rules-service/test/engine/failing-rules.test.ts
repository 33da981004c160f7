import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import type { Effects, PartitionEngine } from "../../src/engine/engine.ts";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { anyRule, joinedLife } from "../joins/joined-life.ts";
import { differsFromReaders } from "../joins/readers.ts";
import { all, taken } from "./harness.ts";
import { Partition } from "./partition.ts";

/** Rules that fail at what they would tell, each as often as is said. */
class Failing {
  readonly #left: Map<string, number>;

  constructor(times: Record<string, number>) {
    this.#left = new Map(Object.entries(times));
  }

  in(p: Partition): Partition {
    const tell = p.effects.alert.bind(p.effects);
    p.effects.alert = (alert) => {
      const left = this.#left.get(alert.rule!) ?? 0;
      this.#left.set(alert.rule!, left - 1);
      if (left > 0) throw new TypeError("not told");
      tell(alert);
    };
    return p;
  }
}

/** Another owner, which goes on from what the partition's engine has written. */
function goneOn(p: Partition, prepare: (again: Partition) => void): Partition {
  const { states, checkpoint } = taken(p.engine, true);
  const engine = createPartitionEngine(0);
  all(engine.restore({ offset: p.log.next, states, checkpoint }));
  const again = new Partition(engine);
  prepare(again);
  for (const entry of p.log.entries) again.log.entries.push(entry);
  return again;
}

describe("a rule that fails at an instant", () => {
  const hold = { above: 50, for: "10s" };

  function held(times: number): Partition {
    const p = new Failing({ hot: times }).in(new Partition());
    p.rule(hold);
    p.mark(0);
    p.read(5, 60);
    return p;
  }

  it("has nothing open that nobody was told of, and has the instant with the next record, as if it were the first", () => {
    const healthy = held(0);
    healthy.mark(40);
    const [raised] = healthy.alerts();
    const p = held(1);
    expect(() => p.mark(40)).toThrow("not told");
    expect([...p.engine.open()]).toEqual([]);
    p.mark(41);
    expect(p.alerts()).toEqual([raised]);
    expect([...p.engine.open()]).toMatchObject([{ alertId: raised!.alertId }]);
    p.mark(42);
    p.read(43, 40);
    expect(p.emitted()).toEqual(["cleared @43"]);
  });

  it("fails anew for as long as it does, and stands in no other's way", () => {
    const p = held(3);
    p.rule(hold, { id: "other" });
    p.read(6, 60);
    for (const [turn, second] of [40, 41, 42].entries()) {
      expect(() => p.mark(second)).toThrow("not told");
      expect(p.alerts().map(({ rule }) => rule)).toEqual(turn === 0 ? ["other"] : []);
    }
    p.mark(43);
    expect(p.emitted()).toEqual(["raised warning @15"]);
  });

  it("costs no more than a few instants a record, however many devices it fails on", () => {
    let tries = 0;
    const p = new Partition();
    p.effects.alert = () => {
      tries += 1;
      throw new TypeError("not told");
    };
    p.rule(hold);
    p.mark(0);
    for (let device = 0; device < 20; device++) p.read(5, 60, { device: `d${device}`, received: 5 });
    expect(() => p.mark(40)).toThrow("not told");
    expect(tries).toBe(20);
    tries = 0;
    expect(() => p.mark(41)).toThrow("not told");
    expect(tries).toBe(4);
  });

  it("has it after a restart in between as well", () => {
    const healthy = held(0);
    healthy.mark(40);
    const [raised] = healthy.alerts();
    const p = held(1);
    expect(() => p.mark(40)).toThrow("not told");
    const again = goneOn(p, (each) => each.rule(hold));
    expect([...again.engine.open()]).toEqual([]);
    again.tick(41);
    expect(again.alerts()).toEqual([raised]);
  });

  it("does again what it failed to do again", () => {
    const p = new Failing({}).in(new Partition());
    const actions = [{ webhook: { urlSecret: "ops" }, repeat: "10s" }];
    p.rule({ above: 50 }, { actions });
    p.mark(0);
    p.read(5, 60);
    new Failing({ hot: 1 }).in(p);
    expect(p.emitted()).toEqual(["raised warning @5"]);
    expect(() => p.mark(15)).toThrow("not told");
    p.mark(16);
    expect(p.alerts()).toMatchObject([{ repetition: 1 }]);
    p.mark(25);
    expect(p.alerts()).toMatchObject([{ repetition: 2 }]);
  });
});

it("a rule that fails at a reading has nothing open that nobody was told of, and goes on at the next", () => {
  const p = new Failing({ hot: 1 }).in(new Partition());
  p.rule({ above: 50 });
  p.mark(0);
  expect(() => p.read(5, 60)).toThrow("not told");
  expect([...p.engine.open()]).toEqual([]);
  p.read(6, 61);
  expect(p.alerts()).toMatchObject([{ transition: 1 }]);
  expect([...p.engine.open()]).toHaveLength(1);
});

describe("an alert of which it fails to be told", () => {
  const ids = ["a", "b"];

  function snoozed(): Partition {
    const p = new Partition();
    for (const id of ids) p.rule({ above: 50 }, { id });
    p.mark(0);
    p.read(5, 60);
    for (const id of ids) p.snooze(20, "d", id);
    p.emitted();
    return new Failing({ a: 1 }).in(p);
  }

  it("that nothing holds it back any more is told of it before the next record, and the others at once", () => {
    const p = snoozed();
    expect(() => p.mark(21)).toThrow("not told");
    expect(p.alerts()).toMatchObject([{ rule: "b", transition: 3 }]);
    p.mark(22);
    expect(p.alerts()).toMatchObject([{ rule: "a", transition: 3 }]);
    p.mark(23);
    expect(p.emitted()).toEqual([]);
  });

  it("is told of it after a restart in between as well", () => {
    const p = snoozed();
    expect(() => p.mark(21)).toThrow("not told");
    const again = goneOn(p, (each) => {
      for (const id of ids) each.rule({ above: 50 }, { id });
    });
    p.alerts();
    p.tick(22);
    again.tick(22);
    const told = p.alerts();
    expect(told).toMatchObject([{ rule: "a", transition: 3 }]);
    expect(again.alerts()).toEqual(told);
  });

  it("that it is held back is told of it before the next record, after a restart in between as well", () => {
    const begin = (): Partition => {
      const p = new Partition();
      p.rule({ above: 50 }, { id: "a" });
      p.mark(0);
      p.read(5, 60);
      p.emitted();
      return new Failing({ a: 1 }).in(p);
    };
    const p = begin();
    expect(() => p.snooze(20, "d", "a")).toThrow("not told");
    const again = goneOn(p, (each) => {
      each.snooze(20, "d", "a");
      each.rule({ above: 50 }, { id: "a" });
    });
    p.tick(6);
    again.tick(6);
    const told = p.alerts();
    expect(told).toMatchObject([{ rule: "a", transition: 2, mutedBy: ["snooze"] }]);
    expect(again.alerts()).toEqual(told);
  });
});

/** Whose rules fail at all that they would tell with some of the records. What those throw is past, as it is live. */
function faulty(partition: number, failures: readonly boolean[]): PartitionEngine {
  const engine = createPartitionEngine(partition);
  const apply = engine.applyRecord.bind(engine);
  engine.applyRecord = (record, position, effects) => {
    const isFailing = failures[position.offset % failures.length] === true;
    const failing: Effects = {
      alert(alert) {
        if (isFailing) throw new TypeError("not told");
        effects.alert(alert);
      },
      command: (command) => effects.command(command),
      derived: (derived) => effects.derived(derived),
    };
    try {
      apply(record, position, failing);
    } catch (error) {
      expect(error).toEqual(new TypeError("not told"));
    }
  };
  return engine;
}

it("readers know what is open, whatever rules fail at", () => {
  fc.assert(
    fc.property(joinedLife(anyRule), fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), (life, failures) => {
      expect(differsFromReaders((partition) => faulty(partition, failures), life)).toBeUndefined();
    }),
    { numRuns: propertyRuns(50) },
  );
}, 120_000);
