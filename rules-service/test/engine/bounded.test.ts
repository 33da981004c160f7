import { describe, expect, it } from "vitest";
import { taken } from "./harness.ts";
import { Partition } from "./partition.ts";

/** Bytes of the states of a device. */
function bytesOf(p: Partition, device: string): number {
  return taken(p.engine, true)
    .states.filter((each) => each.device === device)
    .reduce((sum, { state }) => sum + state.length, 0);
}

describe("what is kept of a device", () => {
  it("has a bound however many readings come late, in any order", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { lateness: "15m" });
    p.read(1000, 20);
    for (let i = 0; i < 2500; i++) p.read(200 + ((i * 7919) % 2500) / 4, i % 50 === 0 ? 90 : 20, { received: 1001 });
    const some = bytesOf(p, "d");
    for (let i = 0; i < 1500; i++) p.read(830 + ((i * 7919) % 1500) / 10, i % 50 === 0 ? 90 : 20, { received: 1002 });
    // A thousand readings, and what was told of them.
    expect(some).toBeLessThan(100_000);
    expect(bytesOf(p, "d")).toBeLessThan(100_000);
    expect(p.engine.counters.tooLate).toBeGreaterThan(0);
    p.effects.take();
    p.read(1001, 90, { received: 1003 });
    expect(p.emitted()).toEqual(["raised warning @1001"]);
  });

  it("has a bound where many episodes lie within the lateness", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { lateness: "1h" });
    for (let i = 0; i < 6000; i++) p.read(i / 4, i % 2 === 0 ? 90 : 20);
    expect(bytesOf(p, "d")).toBeLessThan(200_000);
  });

  it("is not written again while it only waits to be let go", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 });
    p.read(0, 90);
    p.read(1, 20);
    const written = (): string[] => taken(p.engine, false).states.map(({ device }) => device);
    expect(written()).toContain("d");
    p.read(2, 20, { device: "other" });
    expect(written()).not.toContain("d");
    p.read(100, 20);
    p.read(200, 20);
    const { states } = taken(p.engine, false);
    expect(states.find(({ rule, device }) => rule === "hot" && device === "d")?.state).toHaveLength(0);
  });

  it("is nothing of a rule inside its hysteresis while no episode is open", () => {
    const p = new Partition();
    const states = (): string[] =>
      taken(p.engine, true)
        .states.filter(({ device, state }) => device === "d" && state.length > 0)
        .map(({ rule }) => rule);
    p.rule({ op: ">", threshold: 80, clearBelow: 70 });
    for (const [time, value] of [75, 65, 78, 80, 60, 72].entries()) p.read(time, value);
    expect(states()).not.toContain("hot");
    p.read(10, 81);
    p.read(11, 75);
    expect(states()).toContain("hot");
    p.read(12, 69);
    p.read(100, 75);
    p.read(200, 75);
    expect(p.emitted()).toEqual(["raised warning @10", "cleared @12"]);
    expect(states()).not.toContain("hot");
  });

  it("goes with the device", () => {
    const p = new Partition();
    p.device("d", { type: "boiler" });
    p.rule({ op: ">", threshold: 80 });
    p.read(0, 90);
    taken(p.engine, true);
    p.device("d", undefined, 1);
    expect(taken(p.engine, false).states.filter(({ device, state }) => device === "d" && state.length > 0)).toEqual([]);
    expect(taken(p.engine, true).states.filter(({ device }) => device === "d")).toEqual([]);
  });

  it("of a former device of its id is nothing to the next", () => {
    const p = new Partition();
    p.device("d", { type: "boiler" });
    p.rule({ op: ">", threshold: 80 });
    p.read(1000, 20);
    p.device("d", undefined, 1);
    p.device("d", { type: "boiler" }, 1);
    p.emitted();
    // Long before what the former one has sent.
    p.read(10, 90, { received: 1001, incarnation: 1 });
    expect(p.emitted()).toEqual(["raised warning @10"]);
  });
});
