import { describe, expect, it } from "vitest";
import { narrowPlan, wayOf, ways, widePlan } from "./flow-plan.ts";

/** Of the longest rate at the size of the picture's text: "99,999 /s". */
const textWidth = 62;
const [above, below] = [11, 3];

/** Points of a way, as its curve of Bezier runs. */
function pointsOf(d: string): (readonly [x: number, y: number])[] {
  const [x0, y0, x1, y1, x2, y2, x3, y3] = d.match(/-?[\d.]+/g)!.map(Number) as [
    ...[number, number, number, number, number, number, number, number],
  ];
  const at = (t: number, a: number, b: number, c: number, e: number): number =>
    (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * e;
  return Array.from({ length: 201 }, (_each, i) => [at(i / 200, x0, x1, x2, x3), at(i / 200, y0, y1, y2, y3)] as const);
}

describe.each([
  ["wide", widePlan],
  ["narrow", narrowPlan],
])("in the %s picture of the flow", (_name, plan) => {
  // Of what is quarantined no rate is told.
  it.each(ways.filter(([, to]) => to !== "quarantine"))(
    "what is said of the way from %s to %s stands beside its line",
    (from, to) => {
      const { d, x, y, isFlat } = wayOf(plan, from, to);
      const left = isFlat ? x - textWidth / 2 : x;
      const crossed = pointsOf(d).filter(
        ([lineX, lineY]) => lineX >= left && lineX <= left + textWidth && lineY >= y - above && lineY <= y + below,
      );
      expect(crossed).toEqual([]);
    },
  );
});
