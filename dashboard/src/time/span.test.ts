import { expect, it } from "vitest";
import { spanText } from "./span.ts";

it.each([
  [-5_000, "0 s"],
  [59_400, "59 s"],
  [61_000, "1 min"],
  [3_600_000, "1 h"],
  [5_400_000, "1 h 30 min"],
  [90_000_000, "1 d 1 h"],
  [40 * 86_400_000, "40 d"],
])("%i ms are %s", (milliseconds, text) => expect(spanText(milliseconds)).toBe(text));
