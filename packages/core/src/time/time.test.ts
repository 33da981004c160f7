import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cpuMillis } from "@headwater/testkit/cpu-time";
import { InvariantError, RequestError } from "../errors.ts";
import { formatDuration, isoFromMicros, microsFromIso, nowMicros, parseDuration, parseTimeRef } from "./index.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("nowMicros", () => {
  it("always agrees with the wall clock's millisecond", () => {
    for (let round = 0; round < 20_000; round += 1) {
      const before = Date.now();
      const now = nowMicros();
      const after = Date.now();
      expect(Number.isSafeInteger(now)).toBe(true);
      expect(now).toBeGreaterThanOrEqual(before * 1000);
      expect(now).toBeLessThan((after + 1) * 1000);
    }
  });

  it("tells apart moments within a millisecond", () => {
    const byMillisecond = new Map<number, Set<number>>();
    for (let round = 0; round < 100_000; round += 1) {
      const now = nowMicros();
      const millisecond = Math.floor(now / 1000);
      byMillisecond.set(millisecond, (byMillisecond.get(millisecond) ?? new Set()).add(now));
    }
    expect(Math.max(...[...byMillisecond.values()].map(({ size }) => size))).toBeGreaterThan(10);
  });

  it("follows a step of the wall clock, forth and back", () => {
    const real = Date.now();
    for (const step of [3_600_000, -3_600_000, 5, -5]) {
      vi.spyOn(Date, "now").mockReturnValue(real + step);
      expect(Math.floor(nowMicros() / 1000)).toBe(real + step);
      vi.restoreAllMocks();
      const before = Date.now();
      const now = nowMicros() / 1000;
      expect(now).toBeGreaterThan(before - 2);
      expect(now).toBeLessThan(Date.now() + 2);
    }
  });
});

describe("ISO 8601", () => {
  it.each([
    ["2026-05-01T12:00:00Z", Date.UTC(2026, 4, 1, 12) * 1000],
    ["2026-05-01T12:00Z", Date.UTC(2026, 4, 1, 12) * 1000],
    ["2026-05-01", Date.UTC(2026, 4, 1) * 1000],
    ["2026-05-01T14:00:00.5+02:00", Date.UTC(2026, 4, 1, 12) * 1000 + 500_000],
    ["2026-05-01T06:30:00-0530", Date.UTC(2026, 4, 1, 12) * 1000],
    ["2026-05-01T14:00:00+02", Date.UTC(2026, 4, 1, 12) * 1000],
    ["2024-02-29T23:59:59.123456Z", Date.UTC(2024, 1, 29, 23, 59, 59) * 1000 + 123_456],
    ["2026-05-01T12:00:00.123456789Z", Date.UTC(2026, 4, 1, 12) * 1000 + 123_456],
    ["1969-12-31T23:59:59.999999Z", -1],
    ["0001-01-01T00:00:00Z", -62_135_596_800_000_000],
  ])("reads %s", (text, micros) => {
    expect(microsFromIso(text)).toBe(micros);
  });

  it.each([
    "",
    "yesterday",
    "2026-05-01T12:00:00",
    "2026-13-01T12:00:00Z",
    "2026-02-29T12:00:00Z",
    "1900-02-29",
    "2026-05-01T24:00:00Z",
    "2026-05-01T12:60:00Z",
    "2026-05-01T12:00:60Z",
    "2026-05-01T12:00:00+99:00",
    "2026-05-01T12:00:00Z ",
    "1746100800",
  ])("does not take %j for a time", (text) => {
    expect(microsFromIso(text)).toBeUndefined();
  });

  it("writes six digits after the second, whatever they are, so that texts sort as times do", () => {
    expect(isoFromMicros(1_700_000_000_000_000)).toBe("2023-11-14T22:13:20.000000Z");
    expect(isoFromMicros(1_700_000_000_123_456)).toBe("2023-11-14T22:13:20.123456Z");
    expect(isoFromMicros(-1)).toBe("1969-12-31T23:59:59.999999Z");
    const times = [0, 1, 999, 1000, 1001, 500_000, 999_999, 1_000_000].map((rest) => 1_700_000_000_000_000 + rest);
    const texts = times.map(isoFromMicros);
    expect(texts.toSorted()).toEqual(texts);
    expect(new Set(texts.map((text) => text.length))).toEqual(new Set([27]));
  });

  it("reads back what it wrote, to the microsecond", () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000_000, max: Number.MAX_SAFE_INTEGER }), (micros) => {
        expect(microsFromIso(isoFromMicros(micros))).toBe(micros);
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 8.64e18 * 2])("refuses to write %d", (micros) => {
    expect(() => isoFromMicros(micros)).toThrow(InvariantError);
  });
});

describe("durations", () => {
  it.each([
    ["30s", 30_000_000],
    ["5m", 300_000_000],
    ["1h30m", 5_400_000_000],
    ["250ms", 250_000],
    ["1.5s", 1_500_000],
    ["7us", 7],
    ["2d", 172_800_000_000],
    ["1w", 604_800_000_000],
    ["0s", 0],
    ["PT30S", 30_000_000],
    ["PT1H30M", 5_400_000_000],
    ["P1DT0.5S", 86_400_500_000],
    ["P2W", 1_209_600_000_000],
    ["30 s", 30_000_000],
    ["5 min", 300_000_000],
    ["90 seconds", 90_000_000],
    ["1 hour 30 minutes", 5_400_000_000],
    ["2days 3hours", 183_600_000_000],
  ])("reads %s", (text, micros) => {
    expect(parseDuration(text)).toBe(micros);
  });

  it.each([
    "",
    "30",
    "s",
    " 30s",
    "30  s",
    "30s ",
    "5M",
    "3 fortnights",
    "1 constructor",
    "-5s",
    "1y",
    "P1M",
    "P",
    "PT",
    "P1DT",
    "1e3s",
    "9".repeat(40) + "s",
    "999999999999999w",
  ])("does not take %j for a duration", (text) => {
    expect(() => parseDuration(text)).toThrow(RequestError);
  });

  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 15 }), (micros) => {
        expect(parseDuration(formatDuration(micros))).toBe(micros);
      }),
    );
    expect(formatDuration(5_400_000_000)).toBe("1h30m");
    expect(formatDuration(0)).toBe("0s");
    expect(formatDuration(-90_000_000)).toBe("-1m30s");
  });

  it("takes hostile text in no time", () => {
    const spent = cpuMillis(() => {
      expect(() => parseDuration("1".repeat(1_000_000))).toThrow(RequestError);
      expect(() => parseDuration("1s".repeat(500_000) + "x")).toThrow(RequestError);
      expect(() => parseDuration("1 s ".repeat(500_000) + "x")).toThrow(RequestError);
    });
    // Backtracking would take hours.
    expect(spent).toBeLessThan(2000);
  });
});

describe("parseTimeRef", () => {
  const now = 1_700_000_000_000_000;

  it.each([
    ["now", now],
    ["-1h", now - 3_600_000_000],
    ["+5m", now + 300_000_000],
    [" 5m", now + 300_000_000],
    ["-PT1H", now - 3_600_000_000],
    ["2023-11-14T22:13:20Z", now],
    ["2023-11-15T00:13:20+02:00", now],
    ["2023-11-15T00:13:20 02:00", now],
  ])("reads %j", (text, micros) => {
    expect(parseTimeRef(text, now)).toBe(micros);
  });

  it.each([
    ["2026-03-31T12:00:00Z", "-1mo", "UTC", "2026-02-28T12:00:00Z"],
    ["2024-02-29T12:00:00Z", "-1y", undefined, "2023-02-28T12:00:00Z"],
    ["2026-01-15T00:30:00Z", "-13mo", undefined, "2024-12-15T00:30:00Z"],
    ["2026-10-31T12:00:00Z", "+4mo", undefined, "2027-02-28T12:00:00Z"],
    // A month ago clocks were an hour ahead, and it was another day there already.
    ["2026-11-15T23:30:00Z", "-1mo", "Europe/Berlin", "2026-10-15T22:30:00Z"],
    // 02:30 of that day is skipped.
    ["2026-04-29T00:30:00Z", "-1mo", "Europe/Berlin", "2026-03-29T01:30:00Z"],
    ["2026-05-01T12:00:00Z", "-0mo", "Asia/Kolkata", "2026-05-01T12:00:00Z"],
  ])("from %s reads %s in %s by the calendar", (at, text, timeZone, expected) => {
    const micros = Date.parse(at) * 1000 + 7;
    expect(isoFromMicros(parseTimeRef(text, micros, timeZone))).toBe(isoFromMicros(Date.parse(expected) * 1000 + 7));
  });

  it.each(["", "1h", "-", "then", "2023-11-14T22:13:20", "-1x", "-1.5mo", "-1y2d", "-99999y"])(
    "refuses %j and says how to write it",
    (text) => {
      expect(() => parseTimeRef(text, now)).toThrow(/write it like/);
    },
  );
});
