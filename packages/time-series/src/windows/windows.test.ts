import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { referenceStarts } from "../contract/reference-windows.ts";
import { isLocal, type LocalWindow, type Window, windowFault, windowsOf } from "./index.ts";

const minute = 60_000_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Zones and times about which clocks change: forward and back, at midnight, by half an hour, by days. */
const changes: readonly [timeZone: string, at: string][] = [
  ["Europe/Berlin", "2026-03-29T01:00Z"],
  ["Europe/Berlin", "2026-10-25T01:00Z"],
  ["America/Sao_Paulo", "2018-11-04T03:00Z"],
  ["America/Sao_Paulo", "2018-02-18T02:00Z"],
  ["Africa/Cairo", "2024-04-25T22:00Z"],
  ["Africa/Cairo", "2024-10-31T21:00Z"],
  ["Asia/Beirut", "2024-03-30T22:00Z"],
  ["Asia/Beirut", "2024-10-26T21:00Z"],
  ["America/Havana", "2024-11-03T05:00Z"],
  ["America/Goose_Bay", "2010-11-07T03:01Z"],
  ["Pacific/Apia", "2011-12-30T10:00Z"],
  ["Pacific/Kwajalein", "1993-08-21T12:00Z"],
  ["Pacific/Chatham", "2024-04-06T14:00Z"],
  ["Australia/Lord_Howe", "2024-04-06T15:00Z"],
  ["Australia/Lord_Howe", "2024-10-05T15:30Z"],
  ["Asia/Kolkata", "2024-06-01T00:00Z"],
  ["Asia/Kathmandu", "1985-12-31T18:30Z"],
  ["Asia/Pyongyang", "2018-05-04T15:00Z"],
  ["Europe/London", "1968-10-27T00:00Z"],
  ["America/Caracas", "2007-12-09T07:00Z"],
  ["UTC", "2024-02-29T00:00Z"],
  ["+05:45", "2024-02-29T00:00Z"],
];

const windows: readonly Omit<LocalWindow, "timeZone">[] = [
  { unit: "clock", count: 15 * minute },
  { unit: "clock", count: 45 * minute },
  { unit: "clock", count: hour },
  { unit: "clock", count: 2 * hour },
  { unit: "clock", count: 6 * hour },
  { unit: "clock", count: 12 * hour, offset: 90 * minute },
  { unit: "clock", count: 6 * hour, offset: -hour },
  { unit: "day", count: 1 },
  { unit: "day", count: 1, offset: 6 * hour },
  { unit: "day", count: 1, offset: -90 * minute },
  { unit: "day", count: 3 },
  { unit: "week", count: 1 },
  { unit: "week", count: 1, offset: -day },
  { unit: "month", count: 1 },
  { unit: "month", count: 1, offset: 14 * day },
];

describe("windows of a calendar", () => {
  it.each(changes)("are those that clocks in %s show about %s", (timeZone, text) => {
    const change = Date.parse(text) * 1000;
    const [from, to] = [change - 40 * hour, change + 40 * hour];
    for (const each of windows) {
      const window = { ...each, timeZone };
      const starts = referenceStarts(window, from, to, timeZone === "America/Goose_Bay" ? minute : 15 * minute);
      expectTiles(window, starts, from, to);
    }
  });

  it("are months and years, whose lengths differ", () => {
    const starts = (window: LocalWindow, from: string, to: string) => {
      const found: string[] = [];
      const all = windowsOf(window);
      for (let at = Date.parse(from) * 1000; at < Date.parse(to) * 1000; at = all.at(at).end) {
        found.push(new Date(all.at(at).start / 1000).toISOString());
      }
      return found;
    };
    const timeZone = "Europe/Berlin";
    expect(starts({ unit: "month", count: 1, timeZone }, "2024-02-10Z", "2024-05-02Z")).toEqual([
      "2024-01-31T23:00:00.000Z",
      "2024-02-29T23:00:00.000Z",
      "2024-03-31T22:00:00.000Z",
      "2024-04-30T22:00:00.000Z",
    ]);
    expect(starts({ unit: "month", count: 3, timeZone }, "2024-02-10Z", "2024-07-02Z")).toEqual([
      "2023-12-31T23:00:00.000Z",
      "2024-03-31T22:00:00.000Z",
      "2024-06-30T22:00:00.000Z",
    ]);
    expect(starts({ unit: "month", count: 12, timeZone }, "1969-05-01Z", "1971-05-02Z")).toEqual([
      "1968-12-31T23:00:00.000Z",
      "1969-12-31T23:00:00.000Z",
      "1970-12-31T23:00:00.000Z",
    ]);
    expect(starts({ unit: "week", count: 1, timeZone }, "2026-03-29Z", "2026-04-07Z")).toEqual([
      "2026-03-22T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
      "2026-04-05T22:00:00.000Z",
    ]);
  });

  it("know no day that a zone skipped, and one of two days where a zone repeated it", () => {
    const apia = windowsOf({ unit: "day", count: 1, timeZone: "Pacific/Apia" });
    const eve = apia.at(Date.parse("2011-12-30T09:59Z") * 1000);
    expect((eve.end - eve.start) / hour).toBe(24);
    expect(apia.at(eve.end).start).toBe(Date.parse("2011-12-30T10:00Z") * 1000);
    expect((apia.at(eve.end).end - eve.end) / hour).toBe(24);
    const manila = windowsOf({ unit: "day", count: 1, timeZone: "America/Juneau" });
    const twice = manila.at(Date.parse("1867-10-18T23:00Z") * 1000);
    expect((twice.end - twice.start) / hour).toBeGreaterThan(40);
  });

  it("tile time without gaps, whenever and wherever", () => {
    const zones = Intl.supportedValuesOf("timeZone");
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...windows),
        fc.integer({ min: Date.UTC(1700, 0, 1), max: Date.UTC(2240, 0, 1) }),
        (timeZone, each, millis) => {
          const all = windowsOf({ ...each, timeZone });
          const time = millis * 1000;
          const { start, end } = all.at(time);
          expect(start <= time && time < end).toBe(true);
          expect(all.at(start)).toEqual({ start, end });
          expect(all.at(end - 1)).toEqual({ start, end });
          expect(all.at(end).start).toBe(end);
          expect(all.at(start - 1).end).toBe(start);
        },
      ),
      { numRuns: propertyRuns(400) },
    );
  });

  it("are told as few runs, also of a century of minutes", () => {
    const timeZone = "Europe/Berlin";
    const [from, to] = [Date.UTC(1950, 0, 1) * 1000, Date.UTC(2050, 0, 1) * 1000];
    for (const window of [
      { unit: "clock", count: minute, timeZone },
      { unit: "day", count: 1, timeZone },
    ] as const) {
      const runs = [...windowsOf(window).runs(from, to)];
      expect(runs.length).toBeLessThan(400);
      expect(runs[0]!.start <= from && runs.at(-1)!.end >= to).toBe(true);
      for (const [i, { start }] of runs.entries()) if (i > 0) expect(start).toBe(runs[i - 1]!.end);
    }
  });
});

describe("windows of one length", () => {
  it("lie as their offset says", () => {
    const starts = (window: Window, time: number) => windowsOf(window).at(time);
    expect(starts(7, -1)).toEqual({ start: -7, end: 0 });
    expect(starts({ every: 7, offset: 2 }, 1)).toEqual({ start: -5, end: 2 });
    expect(starts({ every: 7, offset: -3 }, 4)).toEqual({ start: 4, end: 11 });
    expect(starts(25 * hour, Number.MAX_SAFE_INTEGER).start % (25 * hour)).toBe(0);
  });
});

it.each([
  ["of nothing", 0],
  ["of half a microsecond", 0.5],
  ["whose offset is as long as they are", { every: 5, offset: 5 }],
  ["of no day", { unit: "day", count: 0, timeZone: "UTC" }],
  ["of a thousand years", { unit: "month", count: 12_000, timeZone: "UTC" }],
  ["of seven hours by the clock", { unit: "clock", count: 7 * hour, timeZone: "UTC" }],
  ["of a fortnight in no unit", { unit: "fortnight" as "week", count: 1, timeZone: "UTC" }],
  ["in no zone", { unit: "day", count: 1, timeZone: "Europe/Atlantis" }],
  ["of a day, a day later", { unit: "day", count: 1, timeZone: "UTC", offset: day }],
] as const satisfies readonly (readonly [string, Window])[])("there are no windows %s", (_, window) => {
  expect(windowFault(window)).toBeTypeOf("string");
});

function expectTiles(window: LocalWindow, starts: readonly number[], from: number, to: number): void {
  expect(isLocal(window)).toBe(true);
  const all = windowsOf(window);
  const label = JSON.stringify(window);
  const found: number[] = [];
  for (let at = from; at < to; at = all.at(at).end) found.push(all.at(at).start);
  expect(found, label).toEqual(starts);
  const told: number[] = [];
  for (const { start, end, every } of all.runs(from, to)) {
    for (let at = start; at < end; at += every) told.push(at);
  }
  expect(told, label).toEqual(starts);
}

it.each(["UTC", "Africa/Casablanca"])("months of %s follow each other from the year 0 on", (timeZone) => {
  const windows = windowsOf({ unit: "month", count: 1, timeZone });
  let time = Date.parse("0000-01-15T00:00Z") * 1000;
  for (let months = 0; months < 2_400; months++) {
    const { start, end } = windows.at(time);
    if (!(start <= time && end > time && end - start < 32 * day)) throw new RangeError(`${start} to ${end} at ${time}`);
    time = end;
  }
});
