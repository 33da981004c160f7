import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantOfLocal, isTimeZone, parseTimeRef, TimeZone } from "./index.ts";

const micros = (iso: string): number => Date.parse(iso) * 1000;
/** What clocks show, written as if it were in UTC. */
const wall = (text: string): number => micros(`${text}Z`);

it.each(["Europe/Berlin", "europe/berlin", "UTC", "+05:45", "Etc/GMT+5"])("%s is a time zone", (name) => {
  expect(isTimeZone(name)).toBe(true);
});

it.each(["", "Europe/Atlantis", "5", "Berlin", "Europe/Berlin "])("%j is no time zone", (name) => {
  expect(isTimeZone(name)).toBe(false);
  expect(() => TimeZone.of(name)).toThrow(RangeError);
});

describe("the instant of a local time", () => {
  it.each([
    ["2026-07-01T12:00", "Europe/Berlin", "2026-07-01T10:00Z", "2026-07-01T10:00Z"],
    // Shown twice: the first counts.
    ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30Z", "2026-10-25T00:30Z"],
    ["2010-11-06T23:30", "America/St_Johns", "2010-11-07T02:00Z", "2010-11-07T02:00Z"],
    ["2010-11-07T00:00:30", "America/St_Johns", "2010-11-07T02:30:30Z", "2010-11-07T02:30:30Z"],
    ["2010-11-07T00:02", "America/St_Johns", "2010-11-07T03:32Z", "2010-11-07T03:32Z"],
    // Skipped: as far behind the change as it claims, or the change itself.
    ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30Z", "2026-03-29T01:00Z"],
    ["2018-11-04T00:00", "America/Sao_Paulo", "2018-11-04T03:00Z", "2018-11-04T03:00Z"],
    ["2011-12-30T12:00", "Pacific/Apia", "2011-12-30T22:00Z", "2011-12-30T10:00Z"],
  ])("%s in %s", (text, timeZone, instant, first) => {
    expect(instantOfLocal(wall(text), timeZone)).toBe(micros(instant));
    expect(TimeZone.of(timeZone).firstInstantAt(wall(text))).toBe(micros(first));
  });

  it("is one at which clocks show it, wherever they do", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf("timeZone")),
        fc.integer({ min: wall("1700-01-01T00:00") / 1000, max: wall("2240-01-01T00:00") / 1000 }),
        (timeZone, millis) => {
          const zone = TimeZone.of(timeZone);
          const instant = zone.firstInstantAt(millis * 1000);
          const { start, end, offset } = zone.pieceAt(instant);
          expect(start <= instant && instant < end).toBe(true);
          // Unless they skip it: then it is the beginning of what they show instead.
          if (instant + offset !== millis * 1000)
            expect([instant, instant + offset > millis * 1000]).toEqual([start, true]);
        },
      ),
    );
  });
});

describe("a time of a query, with a time zone", () => {
  it.each([
    ["2026-03-29", "2026-03-28T23:00Z"],
    ["2026-03-29T02:30", "2026-03-29T01:00Z"],
    ["2026-03-29 12:00:00.5", "2026-03-29T10:00:00.5Z"],
    ["2026-03-29T12:00Z", "2026-03-29T12:00Z"],
    ["2026-03-29T12:00+05:30", "2026-03-29T06:30Z"],
    ["-1h", "1970-01-01T00:00Z"],
  ])("%s is where clocks show it", (text, instant) => {
    expect(parseTimeRef(text, 3_600_000_000, "Europe/Berlin")).toBe(micros(instant));
  });

  it.each(["2026-13-01", "2026-02-30", "2026-03-29T25:00", "2026-03-29T12"])("%s is none", (text) => {
    expect(() => parseTimeRef(text, 0, "Europe/Berlin")).toThrow(/is no time/);
  });
});

it.each(["UTC", "Europe/Berlin", "Africa/Casablanca"])(
  "clocks of %s are the same in all years before the hundredth",
  (name) => {
    const zone = TimeZone.of(name);
    const { offset } = zone.pieceAt(micros("0150-06-01T00:00Z"));
    for (const time of [
      "-000500-03-01T00:00Z",
      "0000-12-31T23:00Z",
      "0001-01-01T00:00Z",
      "0050-06-01T00:00Z",
      "0099-12-31T23:00Z",
    ]) {
      expect([time, zone.pieceAt(micros(time)).offset]).toEqual([time, offset]);
    }
  },
);
