import { expect, it } from "vitest";
import { leavesOf } from "./levels.ts";

const levelsOf = (definition: Record<string, unknown>): string[] =>
  leavesOf(definition).flatMap(({ levels }) => levels.map(({ name, value }) => `${name} ${value}`));

it.each([
  [{ metric: "t", above: 80 }, ["above 80"]],
  [
    { metric: "t", above: { warning: 80, critical: 90 }, clearBelow: 75 },
    ["above critical 90", "above warning 80", "clear below 75"],
  ],
  [{ metric: "t", below: 3, clearAbove: 4 }, ["below 3", "clear above 4"]],
  [{ metric: "t", op: ">=", threshold: 5 }, ["threshold >= 5"]],
  [
    { metric: "t", outside: [60, 80], clearWithin: [62, 78] },
    ["outside from 60", "outside to 80", "clear from 62", "clear to 78"],
  ],
  [{ metric: "t", window: { over: "5m" }, aggregate: "mean", above: 80 }, ["above 80"]],
  [{ metric: "t", rate: { over: "5m" }, below: -2 }, []],
  [{ metric: "t", above: "80" }, []],
])("the levels of %j lie on the metric's axis", (condition, levels) => {
  expect(levelsOf({ condition }).toSorted()).toEqual(levels.toSorted());
});

it("finds every part of a condition, with the way to it", () => {
  const leaves = leavesOf({
    condition: {
      all: [{ metric: "a", above: 1 }, { not: { metric: "b", above: 2 } }, { any: [{ metric: "c", below: 3 }] }],
    },
  });
  expect(leaves.map(({ path }) => path)).toEqual([
    ["condition", "all", 0],
    ["condition", "all", 1, "not"],
    ["condition", "all", 2, "any", 0],
  ]);
  expect(leaves[2]!.levels[0]!.path).toEqual(["condition", "all", 2, "any", 0, "below"]);
});

it.each([
  undefined,
  {},
  { condition: null },
  { condition: "x" },
  { condition: { all: "x" } },
  { condition: { absent: "5m" } },
])("finds nothing in %j", (definition) => expect(leavesOf(definition)).toEqual([]));
