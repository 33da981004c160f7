import { describe, expect, it } from "vitest";
import { aheadWarning, AppendClock } from "./append-clock.ts";

const second = 1_000_000;
const hour = 3600 * second;
const now = Date.UTC(2026, 10, 27) * 1000;
const in2036 = Date.UTC(2036, 0, 1) * 1000;

/** Clocks that the test moves. */
function clocks(wall: number) {
  const state = { wall, monotonic: 5 * second };
  return {
    state,
    pass(micros: number): void {
      state.wall += micros;
      state.monotonic += micros;
    },
    clock: () => new AppendClock({ wall: () => state.wall, monotonic: () => state.monotonic }),
  };
}

describe("append time", () => {
  it("is the wall clock's, and goes up with each commit of one microsecond", () => {
    const { clock, pass } = clocks(now);
    const append = clock();
    expect([append.next(), append.next(), append.next()]).toEqual([now, now + 1, now + 2]);
    pass(second);
    expect(append.next()).toBe(now + second);
  });

  it("follows a wall clock that is set forward at once", () => {
    const { clock, state } = clocks(now);
    const append = clock();
    append.next();
    state.wall += hour;
    expect(append.next()).toBe(now + hour);
  });

  it("goes on when the wall clock is set back by an hour, and meets it again", () => {
    const { clock, pass, state } = clocks(now);
    const append = clock();
    const before = append.next();
    state.wall -= hour;
    pass(60 * second);
    const after = append.next();
    expect(after - before).toBeGreaterThan(50 * second);
    expect(after - before).toBeLessThanOrEqual(60 * second);
    for (let minutes = 0; minutes < 11 * 60; minutes += 1) {
      pass(60 * second);
      append.next();
    }
    expect(append.last).toBe(state.wall);
  });

  it("is not gone on from while what is stored lies ahead: a microsecond a commit, until the wall clock is there", () => {
    const { clock, pass, state } = clocks(now);
    const append = clock();
    append.advancePast(in2036);
    expect(append.next()).toBe(in2036 + 1);
    pass(hour);
    expect(append.next()).toBe(in2036 + 2);
    state.wall = in2036 + second;
    expect(append.next()).toBe(in2036 + second);
  });

  it("is said to be ahead beyond two minutes", () => {
    expect(aheadWarning(now + 100 * second, now)).toBeUndefined();
    expect(aheadWarning(now + 130 * second, now)).toMatch(/2026-11-27T00:02:10.*headwater log repair/);
  });
});
