import { describe, expect, it } from "vitest";
import { fixedRange, moved, readTimeRange, spanUpTo, writeTimeRange, zoomed } from "./time-range.ts";

const now = Date.parse("2026-11-28T12:00:00Z");
const hour = 3_600_000;

describe("a range of time in an address", () => {
  it.each([
    ["", { span: "1h", from: now - hour, to: now }],
    ["?span=6h", { span: "6h", from: now - 6 * hour, to: now }],
    ["?span=9h", { span: "1h", from: now - hour, to: now }],
    ["?from=2026-11-28T10:00:00Z&to=2026-11-28T11:00:00Z&span=6h", { from: now - 2 * hour, to: now - hour }],
    ["?from=2026-11-28T11:00:00Z&to=2026-11-28T10:00:00Z", { span: "1h", from: now - hour, to: now }],
    ["?from=yesterday&to=2026-11-28T10:00:00Z", { span: "1h", from: now - hour, to: now }],
    ["?from=0001-01-01T00:00:00Z&to=2026-11-28T10:00:00Z", { span: "1h", from: now - hour, to: now }],
  ])("%s", (address, range) => expect(readTimeRange(new URLSearchParams(address), now)).toEqual(range));

  it("is read as it was written, and leaves the rest of the address alone", () => {
    for (const range of [spanUpTo("1h", now), spanUpTo("7d", now), fixedRange(now - 5_000, now - 1_500, now)]) {
      const address = writeTimeRange(new URLSearchParams("?q=a&from=b"), range);
      expect(address.get("q")).toBe("a");
      expect(readTimeRange(address, now)).toEqual(range);
    }
  });
});

describe("zoom", () => {
  const hourBefore = { from: now - 2 * hour, to: now - hour };

  it("keeps what is under the pointer where it is", () => {
    expect(zoomed(hourBefore, 0.5, 0.25, now)).toEqual({ from: now - 1.875 * hour, to: now - 1.375 * hour });
    expect(zoomed(zoomed(hourBefore, 0.5, 0.25, now), 2, 0.25, now)).toEqual(hourBefore);
  });

  it("ends at a second, at ten years, and now", () => {
    const shortest = zoomed(hourBefore, 1e-9, 0.5, now);
    expect(shortest.to - shortest.from).toBe(1_000);
    const longest = zoomed(hourBefore, 1e9, 0.5, now);
    expect(longest.to).toBe(now);
    expect(longest.to - longest.from).toBe(3_660 * 24 * hour);
    expect(moved(hourBefore, 5, now)).toEqual({ from: now - hour, to: now });
  });

  it("moves by a share of its length", () => {
    expect(moved(hourBefore, -0.5, now)).toEqual({ from: now - 2.5 * hour, to: now - 1.5 * hour });
  });
});
