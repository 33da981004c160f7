import { expect, it } from "vitest";
import { LogTime } from "./log-time.ts";

it("goes on between records by the machine's monotonic clock, and is never ahead of what the log has shown", () => {
  let elapsed = 500;
  const time = new LogTime(() => elapsed);
  expect(time.now).toBe(-Infinity);
  time.sees(1_000_000);
  elapsed += 300;
  expect(time.now).toBe(1_000_300);
  // Another partition, whose newest record is older.
  time.sees(1_000_100);
  expect(time.now).toBe(1_000_300);
  time.sees(2_000_000);
  elapsed += 1;
  expect(time.now).toBe(2_000_001);
});
