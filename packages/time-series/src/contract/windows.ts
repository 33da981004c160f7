import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { summaryAggregates } from "../aggregate.ts";
import { orders, type SeriesQuery, type SeriesRow } from "../time-series-store.ts";
import type { LocalWindow, Window } from "../windows/index.ts";
import { referenceRows } from "./reference.ts";
import { freshSeries, pointsOf, rowsOf, type StoreUnderTest } from "./store-under-test.ts";

type Bounds = Omit<SeriesQuery, "measurement" | "tags" | "field">;

const minute = 60_000_000;
const hour = 60 * minute;
const day = 24 * hour;
const micros = (iso: string): number => Date.parse(iso) * 1000;

/** A time about which clocks of the zone are changed. */
const places: readonly [timeZone: string, at: string][] = [
  ["Europe/Berlin", "2026-03-29T01:00Z"],
  ["Europe/Berlin", "2026-10-25T01:00Z"],
  ["America/Sao_Paulo", "2018-11-04T03:00Z"],
  ["America/Sao_Paulo", "1949-12-01T03:00Z"],
  ["Africa/Cairo", "2024-04-25T22:00Z"],
  ["Asia/Beirut", "2024-10-26T21:00Z"],
  ["Pacific/Apia", "2011-12-30T10:00Z"],
  ["Australia/Lord_Howe", "2024-04-06T15:00Z"],
  ["Asia/Kolkata", "2024-06-01T00:00Z"],
];

const windows: readonly Omit<LocalWindow, "timeZone">[] = [
  { unit: "clock", count: hour },
  { unit: "clock", count: 6 * hour, offset: 30 * minute },
  { unit: "day", count: 1 },
  { unit: "day", count: 1, offset: 6 * hour },
  { unit: "week", count: 1 },
  { unit: "month", count: 1 },
];

/** Windows of calendars, and what any windows have in common. */
export function windowsContract(subject: () => StoreUnderTest): void {
  it.each(places)("has windows by the clock and the calendar of %s, about %s", async (timeZone, at) => {
    const { store } = subject();
    const s = freshSeries();
    const start = micros(at) - 5 * day;
    const rows = Array.from({ length: 10 * 48 }, (_, i): SeriesRow => [start + i * 30 * minute, (i * 7919) % 1000]);
    await store.write(pointsOf(s, rows));
    for (const [i, each] of windows.entries()) {
      const window = { ...each, timeZone };
      const aggregate = summaryAggregates[i % summaryAggregates.length]!;
      const whole = { from: start - day, to: start + 11 * day, window, aggregate };
      const part = { from: start + 25 * minute, to: micros(at) + 26 * hour, window, aggregate: "count" } as const;
      for (const query of [whole, part, { ...whole, order: "desc", limit: 3 }, { ...part, limit: 4 }] as const) {
        expect(await rowsOf(store, s, query), JSON.stringify(query)).toEqual(referenceRows(rows, query));
      }
    }
  });

  it("agrees with the reference in any zone, for any range and offset", async () => {
    const { store } = subject();
    await fc.assert(
      fc.asyncProperty(
        // Since 2012 all clocks are changed at, and by, quarters of an hour, as the reference looks at them.
        fc.constantFrom(...Intl.supportedValuesOf("timeZone")),
        fc.integer({ min: Date.UTC(2012, 0, 1) / 86_400_000, max: Date.UTC(2037, 0, 1) / 86_400_000 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 40 * 96 }), { minLength: 1, maxLength: 200 }),
        fc.array(
          fc.record({
            window: fc.constantFrom(...windows),
            offset: fc.integer({ min: -3, max: 3 }),
            from: fc.integer({ min: 0, max: 40 * 96 }),
            length: fc.integer({ min: 0, max: 40 * 96 }),
            aggregate: fc.constantFrom(...summaryAggregates),
            order: fc.constantFrom(...orders),
            limit: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
          }),
          { minLength: 2, maxLength: 4 },
        ),
        async (timeZone, firstDay, quarters, queries) => {
          const s = freshSeries();
          const at = (quarter: number): number => firstDay * day + quarter * 15 * minute;
          const rows = quarters.map((quarter, i): SeriesRow => [at(quarter), i]);
          await store.write(pointsOf(s, rows));
          for (const { window, offset, from, length, ...rest } of queries) {
            const query: Bounds = {
              ...rest,
              from: at(from),
              to: at(from + length),
              window: { ...window, offset: offset * 15 * minute, timeZone },
            };
            const found = await rowsOf(store, s, query);
            const expected = referenceRows(rows, query);
            expect(
              found.map(([time]) => time),
              JSON.stringify(query),
            ).toEqual(expected.map(([time]) => time));
            for (const [i, [, value]] of found.entries()) expect(value).toBeCloseTo(Number(expected[i]![1]), 6);
          }
        },
      ),
      { numRuns: propertyRuns(20) },
    );
  });

  it("counts 23, 24 and 25 hours of a day", async () => {
    const { store } = subject();
    const s = freshSeries();
    const start = micros("2025-12-31T23:00Z");
    const rows = Array.from({ length: 365 * 24 }, (_, i): SeriesRow => [start + i * hour, 1]);
    await store.write(pointsOf(s, rows));
    const daily = { unit: "day", count: 1, timeZone: "Europe/Berlin" } as const;
    const days = await rowsOf(store, s, { window: daily, aggregate: "count" });
    expect(days).toHaveLength(365);
    expect(days.filter(([, hours]) => hours !== 24)).toEqual([
      [micros("2026-03-28T23:00Z"), 23],
      [micros("2026-10-24T22:00Z"), 25],
    ]);
    const monthly = { unit: "month", count: 1, timeZone: "Europe/Berlin" } as const;
    const months = await rowsOf(store, s, { window: monthly, aggregate: "sum" });
    expect(months.map(([, hours]) => Number(hours))).toEqual(
      [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].map((days, i) => days * 24 - (i === 2 ? 1 : i === 9 ? -1 : 0)),
    );
    const yearly = { unit: "month", count: 12, timeZone: "Europe/Berlin" } as const;
    expect(await rowsOf(store, s, { window: yearly, aggregate: "count" })).toEqual([[start, 365 * 24]]);
    // Of one length, whatever clocks show.
    const long = await rowsOf(store, s, { window: 25 * hour, aggregate: "count" });
    expect(new Set(long.slice(1, -1).map(([, hours]) => hours))).toEqual(new Set([25]));
    expect(long.every(([time]) => time % (25 * hour) === 0)).toBe(true);
  });

  it("has windows of text by the calendar", async () => {
    const { store } = subject();
    const s = freshSeries("state_text");
    const start = micros("2026-03-28T22:00Z");
    await store.write(
      pointsOf(
        s,
        Array.from({ length: 50 }, (_, i): SeriesRow => [start + i * hour, `s${i}`]),
      ),
    );
    const window = { unit: "day", count: 1, timeZone: "Europe/Berlin" } as const;
    const of = (aggregate: SeriesQuery["aggregate"]) => rowsOf(store, s, { window, aggregate });
    const starts = ["2026-03-27T23:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z", "2026-03-30T22:00Z"].map(micros);
    expect(await of("count")).toEqual(starts.map((time, i) => [time, [1, 23, 24, 2][i]]));
    expect(await of("first")).toEqual(starts.map((time, i) => [time, `s${[0, 1, 24, 48][i]}`]));
    expect(await of("last")).toEqual(starts.map((time, i) => [time, `s${[0, 23, 47, 49][i]}`]));
  });

  it("has windows that lie an offset later", async () => {
    const { store } = subject();
    const s = freshSeries();
    const rows = Array.from({ length: 40 }, (_, i): SeriesRow => [(i - 20) * 3, i]);
    await store.write(pointsOf(s, rows));
    for (const window of [
      { every: 10, offset: 3 },
      { every: 10, offset: -4 },
    ] satisfies Window[]) {
      for (const order of ["asc", "desc"] as const) {
        const query = { from: -50, to: 55, window, aggregate: "count", order } as const;
        expect(await rowsOf(store, s, query)).toEqual(referenceRows(rows, query));
      }
    }
  });

  it("takes no time for a century of short windows with two points", async () => {
    const { store } = subject();
    const s = freshSeries();
    const rows: SeriesRow[] = [
      [micros("1931-05-05T12:00Z"), 1],
      [micros("2031-05-05T12:00Z"), 2],
    ];
    await store.write(pointsOf(s, rows));
    const window = { unit: "clock", count: minute, timeZone: "Europe/Berlin" } as const;
    for (const order of ["asc", "desc"] as const) {
      const found = await rowsOf(store, s, { window, aggregate: "last", order });
      expect(found).toEqual(order === "asc" ? rows : rows.toReversed());
    }
  });

  it("gives the newest rows first, to the last one", async () => {
    const { store } = subject();
    const s = freshSeries();
    // Dense, then sparse, then dense: what is read at a time has to follow.
    const times = Array.from({ length: 90_000 }, (_, i) =>
      i < 45_000 ? i * 1_000 : i < 45_010 ? i * day : 50_000 * day + i,
    );
    const rows = times.map((time, i): SeriesRow => [micros("2001-01-01T00:00Z") + time, i]);
    for (let at = 0; at < rows.length; at += 30_000) await store.write(pointsOf(s, rows.slice(at, at + 30_000)));
    const back = await rowsOf(store, s, { order: "desc" });
    expect(back).toHaveLength(rows.length);
    const newestFirst = rows.toReversed();
    expect(back.findIndex(([time, value], i) => time !== newestFirst[i]![0] || value !== newestFirst[i]![1])).toBe(-1);
    expect(await rowsOf(store, s, { order: "desc", limit: 5 })).toEqual(newestFirst.slice(0, 5));
    expect(await rowsOf(store, s, { order: "desc", to: rows[45_007]![0], limit: 8 })).toEqual(
      rows.slice(44_999, 45_007).toReversed(),
    );
    const daily = { window: day, aggregate: "count", order: "desc" } as const;
    expect(await rowsOf(store, s, daily)).toEqual(referenceRows(rows, { ...daily, from: 0, to: Infinity }));
  });

  it("gives long texts in pieces, in either order", async () => {
    const { store } = subject();
    const s = freshSeries("log_text");
    const rows = Array.from({ length: 250 }, (_, i): SeriesRow => [
      micros("2026-01-01T00:00Z") + i,
      `${i} ${"x".repeat(50_000)}`,
    ]);
    for (let at = 0; at < rows.length; at += 50) await store.write(pointsOf(s, rows.slice(at, at + 50)));
    for (const order of orders) {
      let largest = 0;
      const found: string[] = [];
      for await (const some of store.query({ ...s, from: 0, to: 1e16, order })) {
        largest = Math.max(
          largest,
          some.reduce((sum, [, text]) => sum + String(text).length, 0),
        );
        found.push(...some.map(([, text]) => String(text).slice(0, 4)));
      }
      const expected = rows.map(([, text]) => String(text).slice(0, 4));
      expect(found).toEqual(order === "asc" ? expected : expected.toReversed());
      // Of 12 MB. A slice that InfluxDB is read backwards in is larger.
      if (order === "asc") expect(largest).toBeLessThan(2_000_000);
    }
  });
}
