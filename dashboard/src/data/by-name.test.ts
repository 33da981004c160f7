import { expect, it } from "vitest";
import { byName } from "./by-name.ts";

it.each([
  [
    ["Hall 1", "Hall 10", "Hall 2"],
    ["Hall 1", "Hall 2", "Hall 10"],
  ],
  [
    ["b-2", "a-10", "a-9"],
    ["a-9", "a-10", "b-2"],
  ],
  [
    ["a1", "a01", "a"],
    ["a", "a01", "a1"],
  ],
  [
    ["2026-11-29", "2026-2-3"],
    ["2026-2-3", "2026-11-29"],
  ],
  [
    ["x1.10", "x1.9", "x1"],
    ["x1", "x1.9", "x1.10"],
  ],
  [
    ["Ä", "𝟚", "٣", ""],
    ["", "Ä", "٣", "𝟚"],
  ],
])("%j is sorted as %j", (names, sorted) => {
  expect(byName(names, (name) => name)).toEqual(sorted);
});
