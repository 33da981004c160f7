import { expect, it } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

it("keeps what was not used, up to its bound, and goes into debt", () => {
  const bucket = new TokenBucket(10, 2000, 0);
  expect(bucket.available(0)).toBe(20);
  bucket.spend(25);
  expect(bucket.available(0)).toBe(-5);
  expect(bucket.wait(0)).toBe(600);
  expect(bucket.wait(600)).toBe(0);
  expect(bucket.available(60_000)).toBe(20);
});

it("no bound", () => {
  const bucket = new TokenBucket(0, 1000, 0);
  bucket.spend(1e9);
  expect(bucket.available(0)).toBe(Infinity);
  expect(bucket.wait(0)).toBe(0);
});
