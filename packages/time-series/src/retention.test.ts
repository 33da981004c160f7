import { propertyRuns } from "@headwater/testkit/property-runs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  advanceMarks,
  type ClassMarks,
  classSpans,
  classSpansInTurns,
  hoursInSteps,
  NO_MARKS,
  type Retention,
} from "./retention.ts";

const hour = 3_600_000_000;
const day = 24 * hour;
const days = (count: number): number => (count * day) / 1_000;
/** 2026-11-28T10:20:30Z, in milliseconds. */
const now = Date.UTC(2026, 10, 28, 10, 20, 30);
const midnight = Date.UTC(2026, 10, 28) * 1_000;

describe("marks", () => {
  it("are whole days back for points, and never before the points for what is rolled up", () => {
    const retention: Retention = { raw: days(90), minute: days(365), hour: Infinity };
    const marks = advanceMarks(NO_MARKS, retention, now);
    expect(marks).toEqual({
      raw: midnight - 90 * day,
      minute: midnight + 10 * hour - 365 * day,
      hour: -Infinity,
    });
    expect(advanceMarks(marks, retention, now + 1_000)).toEqual(marks);
  });

  it("are those of the points for a class that is kept no longer than these", () => {
    const marks = advanceMarks(NO_MARKS, { raw: days(400), minute: days(365), hour: 0 }, now);
    expect(marks).toEqual({ raw: midnight - 400 * day, minute: midnight - 400 * day, hour: midnight - 400 * day });
  });

  it("never go back, whatever is set and whatever the clock does", () => {
    const kept = fc.constantFrom(0, days(1), days(7), days(90), days(365), Infinity);
    const step = fc.record({
      retention: fc.record({ raw: fc.constantFrom(days(1), days(7), days(90), Infinity), minute: kept, hour: kept }),
      now: fc.integer({ min: now - days(800), max: now }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let marks: ClassMarks = NO_MARKS;
        for (const { retention, now: at } of steps) {
          const next = advanceMarks(marks, retention, at);
          for (const each of ["raw", "minute", "hour"] as const) expect(next[each]).toBeGreaterThanOrEqual(marks[each]);
          expect(next.minute).toBeLessThanOrEqual(next.raw);
          expect(next.hour).toBeLessThanOrEqual(next.raw);
          marks = next;
        }
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

describe("spans", () => {
  const marks: ClassMarks = { raw: midnight, minute: midnight - 30 * day, hour: -Infinity };
  const year = { from: midnight - 365 * day, to: midnight + 10 * hour, isOfSummaries: true };
  const classesOf = (query: Parameters<typeof classSpans>[0]): string[] =>
    classSpans(query, marks).map((span) => span.class);

  it.each([
    ["hours", { ...year, window: hour }, ["hour", "raw"]],
    ["days", { ...year, window: day }, ["hour", "raw"]],
    ["days of Berlin", { ...year, window: { unit: "day", count: 1, timeZone: "Europe/Berlin" } }, ["hour", "raw"]],
    [
      "days of Kolkata",
      { ...year, window: { unit: "day", count: 1, timeZone: "Asia/Kolkata" } },
      ["hour", "minute", "raw"],
    ],
    ["half hours", { ...year, window: hour / 2 }, ["hour", "minute", "raw"]],
    ["seconds", { ...year, window: 1_000_000 }, ["hour", "minute", "raw"]],
    ["all of it", year, ["hour", "raw"]],
    ["all of it from the middle of an hour", { ...year, from: year.from + 1 }, ["hour", "minute", "raw"]],
    ["the points", { ...year, isOfSummaries: false }, ["raw"]],
    ["what is recent", { ...year, from: midnight, window: hour }, ["raw"]],
    ["nothing", { ...year, to: year.from }, []],
  ] as const)("of %s", (_, query, expected) => {
    expect(classesOf(query)).toEqual(expected);
  });

  it("follow each other without a gap where every class is kept", () => {
    const time = fc.integer({ min: midnight - 400 * day, max: midnight + day });
    fc.assert(
      fc.property(time, time, fc.option(fc.integer({ min: 1, max: 3 * day }), { nil: undefined }), (a, b, window) => {
        const query = { from: Math.min(a, b), to: Math.max(a, b), window, isOfSummaries: true };
        const spans = classSpans(query, marks);
        let at = query.from;
        for (const span of spans) {
          expect(span.from).toBe(at);
          expect(span.to).toBeGreaterThan(span.from);
          at = span.to;
        }
        expect(at).toBe(query.to);
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

describe("days of a zone over two centuries", () => {
  const window = { unit: "day", count: 1, timeZone: "Europe/Madrid" } as const;
  const query = { from: Date.UTC(1902, 0, 1) * 1_000, to: Date.UTC(2100, 0, 1) * 1_000, window };

  it("are looked at some ten years at a time", () => {
    const steps = [...hoursInSteps(query)];
    expect(steps.length).toBeGreaterThan(19);
  });

  it("leave others their turns meanwhile, and come to the same", async () => {
    const marks: ClassMarks = { raw: midnight, minute: -Infinity, hour: -Infinity };
    let turns = 0;
    let isDone = false;
    const beside = (): void => {
      turns += 1;
      if (!isDone) setImmediate(beside);
    };
    setImmediate(beside);
    const spans = await classSpansInTurns({ ...query, isOfSummaries: true }, marks, 0);
    isDone = true;
    expect(turns).toBeGreaterThan(5);
    expect(spans).toEqual(classSpans({ ...query, isOfSummaries: true }, marks));
    expect(spans.map((span) => span.class)).toEqual(["hour", "raw"]);
  });
});
