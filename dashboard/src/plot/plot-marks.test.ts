import { expect, it } from "vitest";
import { apart, type Band } from "./plot-marks.ts";

const band = (from: number, to: number, look: Band["look"], more: Partial<Band> = {}): Band => ({
  ...{ from, to, look },
  ...more,
});

it("makes one band of those that look alike and overlap, so that a series is seen through however many", () => {
  const many = Array.from({ length: 36 }, (_, number) => band(100 + number, Infinity, "critical"));
  expect(apart(many)).toEqual([band(100, Infinity, "critical")]);
  expect(
    apart([band(30, 40, "warning"), band(0, 20, "warning"), band(5, 10, "warning"), band(15, 25, "critical")]),
  ).toEqual([band(0, 20, "warning"), band(15, 25, "critical"), band(30, 40, "warning")]);
});

it("leaves those of lanes as they are, which lie beside each other", () => {
  const lanes = [
    band(0, 10, "accent", { lane: 0 }),
    band(5, 10, "accent", { lane: 0 }),
    band(0, 10, "accent", { lane: 1 }),
  ];
  expect(apart(lanes)).toHaveLength(3);
});
