import { expect, it } from "vitest";
import { Rate } from "./rate.ts";

function taken(rate: Rate, now: number): number {
  let count = 0;
  while (rate.take(now)) count += 1;
  return count;
}

it("lets so many go at once, then one after another, and never more than twice as many within a minute", () => {
  const rate = new Rate(6);
  expect(taken(rate, 0)).toBe(6);
  expect(rate.freeAt(0)).toBe(10_000);
  expect(taken(rate, 9999)).toBe(0);
  expect(taken(rate, 10_000)).toBe(1);
  expect(taken(rate, 30_000)).toBe(2);
  expect(taken(rate, 3_600_000)).toBe(6);
});

it("has no limit that is 0, and bears a clock that goes back", () => {
  const free = new Rate(0);
  for (let count = 0; count < 1000; count += 1) expect(free.take(0)).toBe(true);
  const rate = new Rate(1);
  expect([rate.take(100_000), rate.take(50_000), rate.take(100_001), rate.take(160_001)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});
