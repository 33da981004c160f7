import fc from "fast-check";
import { expect, it } from "vitest";
import { isOutOfReach, ReceiveClock } from "./receive-clock.ts";

it("follows the wall clock while that moves on", () => {
  let wall = 1000;
  const clock = new ReceiveClock(0, { wall: () => wall, monotonic: () => 0 });
  expect(clock.take()).toBe(1000);
  wall = 5000;
  expect(clock.take()).toBe(5000);
});

it("a wall clock that is set back stops it from nothing but going back", () => {
  let wall = 9000;
  const clock = new ReceiveClock(0, { wall: () => wall, monotonic: () => 0 });
  clock.take();
  wall = 10;
  expect(clock.take()).toBe(9001);
});

it("goes on after what an earlier process gave out", () => {
  expect(new ReceiveClock(70_000, { wall: () => 5, monotonic: () => 0 }).take()).toBe(70_001);
});

it("whatever the wall clock does, the ranges it gives out rise and never overlap", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 500 })), { maxLength: 50 }), (steps) => {
      let wall = 0;
      const clock = new ReceiveClock(0, { wall: () => wall, monotonic: () => 0 });
      let previousEnd = -1;
      for (const [time, count] of steps) {
        wall = time;
        const first = clock.take(count);
        expect(first).toBeGreaterThan(previousEnd);
        expect(first).toBeGreaterThanOrEqual(time);
        previousEnd = first + count - 1;
      }
    }),
  );
});

const second = 1_000_000;
const today = Date.UTC(2026, 5, 1) * 1000;

it("a wall clock that is set back does not freeze it: it goes on a little slower until they meet", () => {
  let wall = today;
  let passed = 0;
  const clock = new ReceiveClock(0, { wall: () => wall + passed, monotonic: () => passed });
  clock.take();
  wall -= 3600 * second;
  const begun = clock.take();
  passed = 1000 * second;
  expect(clock.now).toBe(begun - 1 + 970 * second);
  expect(clock.take()).toBe(begun - 1 + 970 * second);
  expect(clock.warning()).toMatch(/59m30s less.*approach/);
  passed = 121_000 * second;
  expect(clock.take()).toBe(wall + passed);
  expect(clock.warning()).toBeUndefined();
});

it("a machine that does not know the time yet goes on from the last time at the full pace", () => {
  let passed = 0;
  const clock = new ReceiveClock(today, { wall: () => 30 * second + passed, monotonic: () => passed });
  passed = 100 * second;
  expect(clock.take()).toBe(today + 100 * second);
  expect(clock.warning()).toMatch(/has not been set/);
});

it("times of a clock that was more than a day ahead are out of reach, unless it is the clock now that is unset", () => {
  const in2036 = Date.UTC(2036, 0, 1) * 1000;
  expect(isOutOfReach(in2036, today)).toBe(true);
  expect(isOutOfReach(today + 3600 * second, today)).toBe(false);
  expect(isOutOfReach(today, 30 * second)).toBe(false);
  const clock = new ReceiveClock(in2036, { wall: () => today, monotonic: () => 0 });
  expect(clock.warning()).toMatch(/restart/);
});

it("goes on from where it is when the clock is set back a second time", () => {
  let ahead = 0;
  let passed = 0;
  const clock = new ReceiveClock(0, { wall: () => today + ahead + passed, monotonic: () => passed });
  const setBack = -3600 * second;
  clock.take();
  for (let round = 0; round < 3; round++) {
    ahead = setBack;
    const begun = clock.take(20_000);
    passed += 100 * second;
    const later = clock.take();
    expect(later - begun).toBeGreaterThanOrEqual(96 * second);
    expect(later - begun).toBeLessThanOrEqual(98 * second);
    ahead = 0;
    expect(clock.take()).toBe(today + passed);
  }
});

it("says what time it is without giving it out, also while the wall clock is behind it, and after a restart", () => {
  let wall = today;
  let passed = 0;
  const clocks = { wall: () => wall + passed, monotonic: () => passed };
  const clock = new ReceiveClock(0, clocks);
  expect([clock.now, clock.now, clock.take()]).toEqual([today, today, today]);
  wall -= 3600 * second;
  passed = 10 * second;
  // Nobody has asked for a time since the wall clock was set back: it goes on from now.
  expect(clock.now).toBe(today);
  passed = 20 * second;
  expect(clock.now).toBe(today + 9.7 * second);
  expect(clock.take()).toBe(today + 9.7 * second);
  const restarted = new ReceiveClock(clock.last, clocks);
  passed = 30 * second;
  expect(restarted.now).toBe(clock.now);
  expect(restarted.take()).toBe(today + 19.4 * second);
});

it("ten minutes in which it meets a wall clock that was set back are no more than 30 s shorter", () => {
  let passed = 0;
  let ahead = 3600 * second;
  const clock = new ReceiveClock(0, { wall: () => today + ahead + passed, monotonic: () => passed });
  clock.take();
  ahead = 0;
  let begun = clock.take();
  for (let minutes = 0; minutes < 7200 / 10; minutes += 10) {
    passed += 600 * second;
    const next = clock.take();
    expect(next - begun).toBeGreaterThan(570 * second);
    begun = next;
  }
});
