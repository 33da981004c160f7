import { RequestError } from "@headwater/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { summaryAggregates } from "../aggregate.ts";
import { orders, type SeriesQuery, type SeriesRow } from "../time-series-store.ts";
import { referenceRows } from "./reference.ts";
import { freshSeries, pointsOf, rowsOf, T0, type StoreUnderTest } from "./store-under-test.ts";

type Bounds = Omit<SeriesQuery, "measurement" | "tags" | "field">;

/** Ranges, windows, aggregates and limits. */
export function queriesContract(subject: () => StoreUnderTest): void {
  it("takes a range as half-open", async () => {
    const { store } = subject();
    const s = freshSeries();
    const rows: SeriesRow[] = [[T0, 0], [T0 + 1, 1], [T0 + 2, 2]]; // oxfmt-ignore
    await store.write(pointsOf(s, rows));
    expect(await rowsOf(store, s, { from: T0, to: T0 + 2 })).toEqual(rows.slice(0, 2));
    expect(await rowsOf(store, s, { from: T0 + 1, to: T0 + 2 })).toEqual([[T0 + 1, 1]]);
    expect(await rowsOf(store, s, { from: T0 + 1, to: T0 + 1 })).toEqual([]);
    expect(await rowsOf(store, s, { from: T0 + 2, to: T0 })).toEqual([]);
  });

  it("agrees with the reference on random data, ranges and windows", async () => {
    const { store } = subject();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: -300, max: 300 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })), {
          minLength: 1,
          maxLength: 120,
        }),
        fc.array(
          fc.record({
            from: fc.integer({ min: -310, max: 310 }),
            length: fc.integer({ min: 0, max: 620 }),
            window: fc.option(fc.integer({ min: 1, max: 700 }), { nil: undefined }),
            aggregate: fc.constantFrom(...summaryAggregates),
            limit: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
            order: fc.constantFrom(...orders, undefined),
          }),
          { minLength: 3, maxLength: 6 },
        ),
        fc.constantFrom(0, 1, T0),
        fc.constantFrom(1, 7, 60_000_000),
        async (written, queries, offset, scale) => {
          const s = freshSeries();
          const at = (time: number): number => offset + time * scale;
          const rows = written.map(([time, value]): SeriesRow => [at(time), value]);
          for (let i = 0; i < rows.length; i += 50) await store.write(pointsOf(s, rows.slice(i, i + 50)));
          const magnitude = written.reduce((sum, [, value]) => sum + Math.abs(value), 1);
          for (const { from, length, window, aggregate, limit, order } of queries) {
            const bounds: Bounds = {
              from: at(from),
              to: at(from + length),
              window: window === undefined ? undefined : window * scale,
              aggregate,
              limit,
              order,
            };
            expectClose(await rowsOf(store, s, bounds), referenceRows(rows, bounds), magnitude);
            const raw: Bounds = { from: bounds.from, to: bounds.to, limit, order };
            expect(await rowsOf(store, s, raw)).toEqual(referenceRows(rows, raw));
          }
        },
      ),
      { numRuns: propertyRuns(20) },
    );
  });

  it("aligns windows to the epoch, before it too, and names them by their start", async () => {
    const { store } = subject();
    const s = freshSeries();
    await store.write(
      pointsOf(s, [
        [-8, 1],
        [-7, 2],
        [-1, 3],
        [0, 4],
        [6, 5],
        [7, 6],
      ]),
    );
    const count = (from: number, to: number) => rowsOf(store, s, { from, to, window: 7, aggregate: "count" });
    expect(await count(-100, 100)).toEqual([
      [-14, 1],
      [-7, 2],
      [0, 2],
      [7, 1],
    ]);
    expect(await count(-3, 7)).toEqual([
      [-7, 1],
      [0, 2],
    ]);
  });

  it("answers every aggregate over a range before the epoch, up to it and across it", async () => {
    const { store } = subject();
    const s = freshSeries();
    const rows = [-300, -200, -100, -1, 0, 1, 100].map((time): SeriesRow => [time, time / 2]);
    await store.write(pointsOf(s, rows));
    for (const [from, to] of [
      [-250, -50],
      [-250, 0],
      [-250, 50],
      [0, 100],
    ] as const) {
      for (const aggregate of summaryAggregates) {
        const bounds: Bounds = { from, to, aggregate };
        expectClose(await rowsOf(store, s, bounds), referenceRows(rows, bounds), 1_000);
      }
    }
  });

  it("answers every aggregate over a long series as over its points", async () => {
    const { store } = subject();
    const s = freshSeries();
    const rows = Array.from({ length: 20_000 }, (_, i): SeriesRow => [
      T0 + i * 1_000_000,
      Math.sin(i / 100) * 50 + (i % 7),
    ]);
    await store.write(pointsOf(s, rows));
    const late: SeriesRow[] = [
      [T0 + 5_000_500_000, 1_000],
      [T0 + 9_000_000_000, -1_000],
    ];
    await store.write(pointsOf(s, late));
    for (const aggregate of summaryAggregates) {
      for (const window of [60_000_000, 3_600_000_000, 86_400_000_000, 777_777_777, undefined]) {
        const bounds: Bounds = { from: T0 + 1_500_000, to: T0 + 19_000_000_001, window, aggregate };
        expectClose(await rowsOf(store, s, bounds), referenceRows([...rows, ...late], bounds), 1e6);
      }
    }
  });

  it("has the count, first and last of text, and says so of the others", async () => {
    const { store } = subject();
    const s = freshSeries("state_text");
    await store.write(
      pointsOf(s, [
        [T0, "b"],
        [T0 + 1, "a"],
        [T0 + 2, "c"],
      ]),
    );
    const one = async (aggregate: SeriesQuery["aggregate"]) => rowsOf(store, s, { from: T0, to: T0 + 10, aggregate });
    expect(await one("count")).toEqual([[T0, 3]]);
    expect(await one("first")).toEqual([[T0, "b"]]);
    expect(await one("last")).toEqual([[T0, "c"]]);
    const windows = { from: T0, to: T0 + 10, window: 2, aggregate: "last" } as const;
    expect(await rowsOf(store, s, windows)).toEqual([
      [T0, "a"],
      [T0 + 2, "c"],
    ]);
    for (const aggregate of ["mean", "min", "max", "sum"] as const) {
      await expect(one(aggregate)).rejects.toThrow(`text has no ${aggregate}`);
    }
  });

  it.each([
    ["a window without an aggregate", { window: 5 }],
    ["a window of nothing", { window: 0, aggregate: "mean" }],
    ["half a microsecond", { window: 0.5, aggregate: "mean" }],
    ["an unknown aggregate", { aggregate: "mode" as "mean" }],
    ["windows in no time zone", { window: { unit: "day", count: 1, timeZone: "Europe/Atlantis" }, aggregate: "mean" }],
    ["an order that is none", { order: "newest" as "desc" }],
    ["a negative limit", { limit: -1 }],
    ["a time that is no integer", { from: 0.5 }],
    ["a time that is no number", { to: Number.NaN }],
  ] satisfies [string, Partial<SeriesQuery>][])("rejects %s as the caller's fault", async (_, query) => {
    await expect(rowsOf(subject().store, freshSeries(), query)).rejects.toBeInstanceOf(RequestError);
  });

  it("streams 100,000 points in pieces, and can be left in the middle", async () => {
    const { store } = subject();
    const s = freshSeries();
    const rows = Array.from({ length: 100_000 }, (_, i): SeriesRow => [T0 + i * 250_000, i * 0.25]);
    for (let at = 0; at < rows.length; at += 20_000) await store.write(pointsOf(s, rows.slice(at, at + 20_000)));
    let largest = 0;
    let next = 0;
    for await (const chunk of store.query({ ...s, from: T0, to: T0 * 2 })) {
      largest = Math.max(largest, chunk.length);
      for (const row of chunk) {
        if (row[0] !== rows[next]?.[0] || row[1] !== rows[next]?.[1]) expect(row).toEqual(rows[next]);
        next++;
      }
    }
    expect(next).toBe(rows.length);
    expect(largest).toBeLessThan(50_000);
    expect(await rowsOf(store, s, { limit: 70_001 })).toHaveLength(70_001);
    for (let i = 0; i < 40; i++) {
      for await (const chunk of store.query({ ...s, from: T0, to: T0 * 2 })) {
        expect(chunk[0]).toEqual(rows[0]);
        break;
      }
    }
    expect(await rowsOf(store, s, { from: T0 + 99_999 * 250_000 })).toEqual([rows.at(-1)]);
  });
}

/** Times exactly; values as exactly as sums of doubles in another order can be. */
function expectClose(actual: readonly SeriesRow[], expected: readonly SeriesRow[], magnitude: number): void {
  expect(actual.map(([time]) => time)).toEqual(expected.map(([time]) => time));
  for (const [i, [, value]] of actual.entries()) {
    expect(Math.abs((value as number) - (expected[i]?.[1] as number))).toBeLessThanOrEqual(magnitude * 1e-12);
  }
}
