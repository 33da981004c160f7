import { expect, it } from "vitest";
import { StallWatch } from "./stall-watch.ts";

it("counts a standstill once, at the first look after it", () => {
  let time = 0;
  const watch = new StallWatch({ stallMs: 1000, now: () => time });
  time = 900;
  expect(watch.stalls()).toBe(0);
  time = 1800;
  expect(watch.stalls()).toBe(0);
  time = 60_000;
  expect(watch.stalls()).toBe(1);
  expect(watch.stalls()).toBe(1);
});
