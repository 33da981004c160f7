import { expect, it } from "vitest";
import { levelAbove } from "./rule-link.ts";

it.each([
  [21.5, 24],
  [0, 1],
  [-20, -18],
  [1013.2, 1200],
  [0.034, 0.038],
])("above %d is %d", (value, level) => expect(levelAbove(value)).toBe(level));
