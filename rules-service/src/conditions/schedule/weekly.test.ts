import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { weekdays, WeeklySchedule } from "./weekly.ts";

const micros = (text: string): number => Date.parse(text) * 1000;

describe("a weekly schedule", () => {
  const office = new WeeklySchedule("Europe/Berlin", [{ days: ["mon", "sun"], from: 6 * 60, to: 22 * 60 }]);

  it("is open on its days, by the local clock, its end left out", () => {
    // Monday, 5 January 2026, in winter.
    expect(office.isOpen(micros("2026-01-05T04:59:59Z"))).toBe(false);
    expect(office.isOpen(micros("2026-01-05T05:00:00Z"))).toBe(true);
    expect(office.isOpen(micros("2026-01-05T20:59:59Z"))).toBe(true);
    expect(office.isOpen(micros("2026-01-05T21:00:00Z"))).toBe(false);
    // Monday, 6 July 2026, in summer.
    expect(office.isOpen(micros("2026-07-06T04:00:00Z"))).toBe(true);
    expect(office.isOpen(micros("2026-07-07T04:00:00Z"))).toBe(false);
  });

  it("tells its next edge, over a change of the clocks", () => {
    // Sunday, 29 March 2026: clocks go from 02:00 to 03:00.
    expect(office.nextEdge(micros("2026-03-28T12:00:00Z"))).toBe(micros("2026-03-29T04:00:00Z"));
    expect(office.nextEdge(micros("2026-03-29T12:00:00Z"))).toBe(micros("2026-03-29T20:00:00Z"));
  });

  it("goes on to the next day where it ends at or before its beginning", () => {
    const night = new WeeklySchedule("UTC", [{ days: ["sat"], from: 22 * 60, to: 6 * 60 }]);
    expect(night.isOpen(micros("2026-01-04T05:59:00Z"))).toBe(true);
    expect(night.isOpen(micros("2026-01-04T06:00:00Z"))).toBe(false);
    expect(night.isOpen(micros("2026-01-03T06:00:00Z"))).toBe(false);
  });

  it("that is open all week never closes", () => {
    const always = new WeeklySchedule("UTC", [{ days: weekdays, from: 0, to: 24 * 60 }]);
    expect([always.isOpen(0), always.nextEdge(0)]).toEqual([true, Infinity]);
  });

  it("changes at its edges and nowhere between, whatever was asked before", () => {
    const window = fc.record({
      days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1, maxLength: 7 }),
      from: fc.nat({ max: 1439 }),
      to: fc.nat({ max: 1440 }),
    });
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns", "Africa/Cairo", "Australia/Lord_Howe");
    const instant = fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }).map((seconds) => seconds * 1_000_000);
    fc.assert(
      fc.property(
        zone,
        fc.array(window, { minLength: 1, maxLength: 4 }),
        instant,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (name, windows, at, part) => {
          const schedule = new WeeklySchedule(name, windows);
          const edge = schedule.nextEdge(at);
          const fresh = (time: number): boolean => new WeeklySchedule(name, windows).isOpen(time);
          expect(schedule.isOpen(at)).toBe(fresh(at));
          if (edge === Infinity) return;
          expect(edge).toBeGreaterThan(at);
          expect(fresh(edge)).toBe(!fresh(at));
          expect(fresh(Math.floor(at + (edge - 1 - at) * part))).toBe(fresh(at));
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });
});
