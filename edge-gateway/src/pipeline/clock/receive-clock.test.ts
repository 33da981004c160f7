import fc from "fast-check";
import { expect, it } from "vitest";
import { ReceiveClock } from "./receive-clock.ts";

it("follows the wall clock while that moves on", () => {
  let wall = 1000;
  const clock = new ReceiveClock(0, () => wall);
  expect(clock.take()).toBe(1000);
  wall = 5000;
  expect(clock.take()).toBe(5000);
});

it("a wall clock that is set back stops it from nothing but going back", () => {
  let wall = 9000;
  const clock = new ReceiveClock(0, () => wall);
  clock.take();
  wall = 10;
  expect(clock.take()).toBe(9001);
});

it("goes on after what an earlier process gave out", () => {
  expect(new ReceiveClock(70_000, () => 5).take()).toBe(70_001);
});

it("whatever the wall clock does, the ranges it gives out rise and never overlap", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 500 })), { maxLength: 50 }), (steps) => {
      let wall = 0;
      const clock = new ReceiveClock(0, () => wall);
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
