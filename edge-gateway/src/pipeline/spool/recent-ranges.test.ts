import { expect, it } from "vitest";
import { RecentRanges } from "./recent-ranges.ts";

it("small commits in large buffers are held by the buffers' size, and what is forgotten makes room", () => {
  let released = 0;
  const recent = new RecentRanges(1024 * 1024, () => (released += 1));
  const kept = (i: number) => {
    const buffer = Buffer.alloc(16 * 1024);
    return { segment: 1, start: i * 100, end: (i + 1) * 100, bytes: buffer.subarray(0, 100), buffer };
  };
  for (let i = 0; i < 100; i += 1) recent.keep(kept(i), i === 0);
  expect(released).toBe(36);
  expect(recent.from(1, 0, 1_000_000)).toHaveLength(64);
  recent.forget(1, 3200, true);
  expect(released).toBe(36 + 32);
  for (let i = 64; i < 100; i += 1) recent.keep(kept(i), false);
  expect(recent.from(1, 3200, 1_000_000)).toHaveLength(64);
});
