import { expect, it } from "vitest";
import { LastingTrouble } from "./lasting-trouble.ts";

it("a trouble that lasts is told when it begins, when it changes, and every half minute", () => {
  const trouble = new LastingTrouble();
  const seconds = [0, 1, 2, 29.9, 30, 31, 59.9, 60];
  expect(seconds.filter((second) => trouble.isNews("refused", second * 1000))).toEqual([0, 30, 60]);
  expect(trouble.isNews("hangs", 61_000)).toBe(true);
  expect(trouble.isNews("hangs", 62_000)).toBe(false);
  expect(trouble.over()).toBe(true);
  expect(trouble.over()).toBe(false);
  expect(trouble.isNews("hangs", 63_000)).toBe(true);
});
