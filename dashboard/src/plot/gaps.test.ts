import { expect, it } from "vitest";
import { withGaps } from "./gaps.ts";

it("draws a gap where points lie much further apart than most", () => {
  const points = [0, 10, 20, 30, 200, 210].map((t) => [t, 1] as const);
  expect(withGaps(points).map(([t, value]) => (value === null ? `gap at ${t}` : t))).toEqual([
    0,
    10,
    20,
    30,
    "gap at 40",
    200,
    210,
  ]);
});

it("leaves uneven but whole series alone", () => {
  const points = [0, 10, 25, 31, 55].map((t) => [t, 1] as const);
  expect(withGaps(points)).toEqual(points);
});
