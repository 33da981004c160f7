import { expect, it } from "vitest";
import { WritePace } from "./write-pace.ts";

it("writes are handed over for a while after one that the disk held up", () => {
  const pace = new WritePace();
  expect(pace.isSlow(0)).toBe(false);
  pace.wrote(0, 1);
  expect(pace.isSlow(1)).toBe(false);
  pace.wrote(1000, 1060);
  expect([1060, 3059, 3061].map((now) => pace.isSlow(now))).toEqual([true, true, false]);
});
