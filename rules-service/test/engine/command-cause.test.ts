import { describe, expect, it } from "vitest";
import { all, at, second, taken } from "./harness.ts";
import { Partition } from "./partition.ts";

const actions = [{ command: { name: "shut_valve", ttl: "60s" } }];

/** How long before the end of the log the cause of its one command lies (seconds). */
function behind(p: Partition, appended: number): number {
  const [command] = p.effects.commands;
  expect(p.effects.commands).toHaveLength(1);
  return (at(appended) - command!.requested!.cause!.time!) / second;
}

describe("the time of a command's cause", () => {
  it("is now for a device that is always 90 s slow", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { actions });
    for (let time = 0; time < 100; time += 10) p.read(time - 90, 20, { received: time, appended: time });
    p.read(10, 90, { received: 100, appended: 100.4 });
    // 0.4 s more than the way took at least.
    expect(behind(p, 100.4)).toBeCloseTo(0.4);
  });

  it("is last night for what is told only today by a device whose clock is right", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { actions });
    p.read(0, 20);
    p.read(3000, 90, { received: 3400, appended: 3400 });
    expect(behind(p, 3400)).toBe(400);
  });

  it("bears five minutes and no more", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { actions });
    p.read(0, 90, { received: 8 * 3600, appended: 8 * 3600 });
    expect(behind(p, 8 * 3600)).toBe(8 * 3600 - 300);
  });

  it("is judged time for a device that is ahead", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { actions });
    p.read(500, 90, { received: 100, appended: 100 });
    expect(behind(p, 100)).toBe(0);
  });

  it("follows a clock that becomes slow within two hours", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80 }, { actions });
    p.read(0, 20);
    for (let time = 60; time < 7300; time += 60) p.read(time - 90, 20, { received: time, appended: time });
    p.read(7300 - 90, 90, { received: 7300, appended: 7300 });
    expect(behind(p, 7300)).toBe(0);
  });

  it("is known after a restart", () => {
    const p = new Partition();
    const rule = p.rule({ op: ">", threshold: 80 }, { actions });
    for (let time = 0; time < 100; time += 10) p.read(time - 90, 20, { received: time, appended: time });
    const { states, checkpoint } = taken(p.engine, true);
    const restarted = new Partition();
    all(restarted.engine.restore({ offset: p.log.next, states, checkpoint }));
    for (const _ of restarted.engine.applyRule(rule, restarted.effects));
    for (const { record } of p.log.entries) restarted.log.append(record as never, 0);
    restarted.log.n("g");
    for (let n = 1; n < 10; n++) restarted.log.n("g");
    restarted.read(10, 90, { received: 100, appended: 100 });
    expect(behind(restarted, 100)).toBe(0);
  });

  it("moves with a timer: the end of the duration, on the device's clock", () => {
    const p = new Partition();
    p.rule({ op: ">", threshold: 80, for: "30s" }, { actions });
    p.mark(0);
    p.read(-90, 20, { received: 0, appended: 0 });
    p.read(-80, 90, { received: 10, appended: 10 });
    p.mark(45);
    // Judged at -50, and 90 s slow: 40.
    expect(behind(p, 45)).toBe(5);
  });
});
