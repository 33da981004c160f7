import { describe, expect, it } from "vitest";
import { RetentionClock } from "./retention-clock.ts";

const day = 24 * 60 * 60_000;
const today = Date.UTC(2026, 5, 1);

class Machine {
  wallAhead = 0;
  passed = 0;
  readonly wall = (): number => today + this.passed + this.wallAhead;
  readonly monotonic = (): number => 5000 + this.passed;
}

describe("the time by which something is old enough to be deleted", () => {
  it("is the wall clock while that runs evenly, its small corrections included", () => {
    const machine = new Machine();
    const clock = new RetentionClock(undefined, machine);
    expect(clock.now()).toBe(today);
    machine.passed = day;
    expect(clock.now()).toBe(today + day);
    machine.wallAhead = 30_000;
    expect(clock.now()).toBe(today + day + 30_000);
  });

  it("does not follow a clock that is ahead for some minutes", () => {
    const machine = new Machine();
    const clock = new RetentionClock(undefined, machine);
    machine.wallAhead = 3650 * day;
    for (let minute = 0; minute < 50; minute++) {
      expect(clock.now()).toBe(today + machine.passed);
      machine.passed += 60_000;
    }
    machine.wallAhead = 0;
    expect(clock.now()).toBe(today + machine.passed);
  });

  it("counts an hour from the last leap of several", () => {
    const machine = new Machine();
    const clock = new RetentionClock(undefined, machine);
    for (let leap = 1; leap < 4; leap++) {
      machine.wallAhead = leap * 3650 * day;
      clock.now();
      machine.passed += 40 * 60_000;
      expect(clock.now()).toBe(today + machine.passed);
    }
  });

  it("follows a clock that leapt and then ran evenly for an hour: a machine that slept, or a right clock at last", () => {
    const machine = new Machine();
    const clock = new RetentionClock(undefined, machine);
    machine.wallAhead = 3 * day;
    clock.now();
    machine.passed += 61 * 60_000;
    expect(clock.now()).toBe(machine.wall());
  });

  it("begins at the time that the process before had seen, whatever the clock says now", () => {
    const machine = new Machine();
    machine.wallAhead = 3650 * day;
    const clock = new RetentionClock(today, machine);
    machine.passed += 10_000;
    expect(clock.now()).toBe(today + 10_000);
  });

  it("is never ahead of the wall clock, and a leap afterwards is noticed all the same", () => {
    const machine = new Machine();
    const clock = new RetentionClock(today + 3650 * day, machine);
    expect(clock.now()).toBe(today);
    machine.wallAhead = -day;
    expect(clock.now()).toBe(today - day);
    machine.passed += 2 * 60 * 60_000;
    expect(clock.now()).toBe(machine.wall());
    machine.wallAhead = 3650 * day;
    expect(clock.now()).toBe(today - day + machine.passed);
  });
});
