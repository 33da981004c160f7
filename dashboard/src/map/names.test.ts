import { expect, it } from "vitest";
import { namesOf } from "./names.ts";

const mark = (key: string, left: number, top: number) => ({ key, left, top, name: `device-${key}`, radius: 12 });

it("puts names where they meet neither each other, nor a mark, nor the edge of the map", () => {
  expect(namesOf([mark("a", 100, 100)], 800).get("a")).toBe("after");
  expect(namesOf([mark("a", 780, 100)], 800).get("a")).toBe("before");
  // Close together: one has its name after it, the other before it.
  expect([...namesOf([mark("a", 230, 100), mark("b", 200, 110)], 800)]).toEqual([
    ["a", "after"],
    ["b", "before"],
  ]);
});

it("leaves the name out that would have room on no side, and names no cluster", () => {
  const crowd = [mark("a", 200, 100), mark("b", 260, 108), mark("c", 320, 100)];
  expect([...namesOf(crowd, 800).keys()]).not.toContain("b");
  expect(namesOf([{ key: "all", left: 100, top: 100, radius: 20 }], 800).size).toBe(0);
});
