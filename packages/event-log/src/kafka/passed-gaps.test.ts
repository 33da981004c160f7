import { expect, it } from "vitest";
import { PassedGaps } from "./passed-gaps.ts";

it("names each gap once, however many readers went past it, and the last ten of many", () => {
  const gaps = new PassedGaps();
  const gap = (fromOffset: number) =>
    ({ topic: "t", partition: 2, fromOffset, toOffset: fromOffset + 5, reason: "too-large" }) as const;
  gaps.add(gap(5));
  gaps.add(gap(5));
  expect(gaps.warnings()).toEqual([
    "records of t, partition 2, offsets 5 to 9, cannot be read (too-large) and were passed over",
  ]);
  for (let i = 0; i < 14; i++) gaps.add(gap(100 + i * 10));
  expect(gaps.warnings().length).toBe(11);
  expect(gaps.warnings().at(-1)).toBe("records at 5 more places cannot be read and were passed over");
});
