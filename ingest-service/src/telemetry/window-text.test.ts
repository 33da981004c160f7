import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { windowsOf } from "@headwater/time-series";
import { parseTimeZone, parseWindow, windowForWidth } from "./window-text.ts";

const hour = 3_600_000_000;
const day = 24 * hour;
const timeZone = "Europe/Berlin";

describe("a window", () => {
  it.each([
    ["1d", { unit: "day", count: 1, timeZone }],
    ["P1D", { unit: "day", count: 1, timeZone }],
    ["2w", { unit: "week", count: 2, timeZone }],
    ["1mo", { unit: "month", count: 1, timeZone }],
    ["P3M", { unit: "month", count: 3, timeZone }],
    ["1y", { unit: "month", count: 12, timeZone }],
    ["6h", { unit: "clock", count: 6 * hour, timeZone }],
    ["PT90M", { unit: "clock", count: 1.5 * hour, timeZone }],
    ["25h", 25 * hour],
    ["24h", day],
    ["1d12h", 1.5 * day],
    ["7h", 7 * hour],
  ])("%s of a time zone", (text, window) => {
    expect(parseWindow(text, { timeZone })).toEqual(window);
  });

  it.each(["UTC", "utc", "Etc/UTC", "GMT", "+00:00"])("in %s is of one length, but for months", (utc) => {
    expect(parseWindow("1d", { timeZone: utc })).toEqual({ every: day, offset: 0 });
    expect(parseWindow("5m", { timeZone: utc, offset: "-1m" })).toEqual({ every: hour / 12, offset: -hour / 60 });
    const weeks = windowsOf(parseWindow("1w", { timeZone: utc, offset: "6h" }));
    const { start, end } = weeks.at(Date.parse("2026-11-27T12:00Z") * 1000);
    expect([new Date(start / 1000).toISOString(), end - start]).toEqual(["2026-11-23T06:00:00.000Z", 7 * day]);
    expect(parseWindow("1mo", { timeZone: utc })).toEqual({ unit: "month", count: 1, timeZone: utc });
  });

  it("lies as its offset says, whatever sign it has", () => {
    for (const offset of ["6h", "+6h", " 6h"]) {
      expect(parseWindow("1d", { timeZone, offset })).toEqual({ unit: "day", count: 1, timeZone, offset: 6 * hour });
    }
    expect(parseWindow("25h", { timeZone, offset: "-6h" })).toEqual({ every: 25 * hour, offset: -6 * hour });
  });

  it("of a chart is the shortest usual one that it has room for", () => {
    expect(windowForWidth(800, 0, 24 * hour)).toBe("2m");
    expect(windowForWidth(800, 0, 366 * day)).toBe("12h");
    expect(windowForWidth(1, 0, 1)).toBeUndefined();
    fc.assert(
      fc.property(
        fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"),
        fc.integer({ min: 2, max: 5_000 }),
        fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) }),
        fc.integer({ min: 0, max: 45 }),
        fc.double({ min: 1, max: 2, noNaN: true }),
        (zone, width, millis, power, factor) => {
          const from = millis * 1000;
          const to = from + Math.floor(2 ** power * factor);
          const text = windowForWidth(width, from, to);
          if (text === undefined) return;
          let count = 0;
          for (const run of windowsOf(parseWindow(text, { timeZone: zone })).runs(from, to)) {
            count += (run.end - run.start) / run.every;
          }
          expect(count, text).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

it("a plus in the name of a time zone may have come as a space", () => {
  expect([parseTimeZone(" 05:30"), parseTimeZone("Etc/GMT 5")]).toEqual(["+05:30", "Etc/GMT+5"]);
});
