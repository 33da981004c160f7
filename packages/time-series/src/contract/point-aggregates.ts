import { RequestError } from "@headwater/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { type Aggregate, pointAggregates } from "../aggregate.ts";
import { orders, type SeriesQuery, type SeriesRow } from "../time-series-store.ts";
import type { Window } from "../windows/index.ts";
import { referenceRows } from "./reference.ts";
import { freshSeries, pointsOf, rowsOf, T0, type StoreUnderTest } from "./store-under-test.ts";

type Bounds = Omit<SeriesQuery, "measurement" | "tags" | "field">;

const second = 1_000_000;
const hour = 3_600 * second;
const each: readonly Aggregate[] = [...pointAggregates, "p1", "p95", "p99.9"];

/** Aggregates that need every point of a window. */
export function pointAggregatesContract(subject: () => StoreUnderTest): void {
  it("agrees with the reference in every aggregate of points, on random data, ranges and windows", async () => {
    const { store } = subject();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: -1000, max: 1000 })), {
          minLength: 1,
          maxLength: 100,
        }),
        fc.array(
          fc.record({
            from: fc.integer({ min: -10, max: 600 }),
            length: fc.integer({ min: 1, max: 700 }),
            window: fc.option(fc.integer({ min: 1, max: 700 }), { nil: undefined }),
            aggregate: fc.constantFrom(...each),
            limit: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
            order: fc.constantFrom(...orders, undefined),
          }),
          { minLength: 4, maxLength: 8 },
        ),
        async (written, queries) => {
          const s = freshSeries();
          const at = (time: number): number => T0 + time * second;
          const rows = written.map(([time, value]): SeriesRow => [at(time), value]);
          await store.write(pointsOf(s, rows));
          for (const { from, length, window, aggregate, limit, order } of queries) {
            const bounds: Bounds = {
              from: at(from),
              to: at(from + length),
              window: window === undefined ? undefined : window * second,
              aggregate,
              limit,
              order,
            };
            expectClose(await rowsOf(store, s, bounds), referenceRows(rows, bounds));
          }
        },
      ),
      { numRuns: propertyRuns(20) },
    );
  });

  it("has them over a long series, and over windows of a calendar", async () => {
    const { store } = subject();
    const s = freshSeries();
    const rows = Array.from({ length: 12_000 }, (_, i): SeriesRow => [T0 + i * 60 * second, (i * 7919) % 1000]);
    await store.write(pointsOf(s, rows));
    const windows: readonly (Window | undefined)[] = [
      hour,
      undefined,
      { unit: "day", count: 1, timeZone: "Europe/Berlin" },
    ];
    for (const [i, aggregate] of each.entries()) {
      const bounds: Bounds = {
        from: T0 + 90 * second,
        to: T0 + 11_000 * 60 * second,
        window: windows[i % windows.length],
        aggregate,
        order: orders[i % 2],
      };
      expectClose(await rowsOf(store, s, bounds), referenceRows(rows, bounds));
    }
  });

  it("counts what a counter went up to before it was reset", async () => {
    const { store } = subject();
    const s = freshSeries();
    const values = [100, 130, 10, 25, 0, 5];
    await store.write(pointsOf(s, values.map((value, i): SeriesRow => [T0 + i * 10 * second, value]))); // oxfmt-ignore
    const one = async (aggregate: Aggregate): Promise<unknown> => {
      const [row] = await rowsOf(store, s, { from: T0, to: T0 + 60 * second, aggregate });
      return row?.[1];
    };
    expect(await one("increase")).toBe(30 + 10 + 15 + 0 + 5);
    expect(await one("resets")).toBe(2);
    expect(await one("difference")).toBe(-95);
    expect(await one("rate")).toBe(-1.9);
    expect(await one("increase-rate")).toBe(1.2);
  });

  it("has windows whose differences and integrals add up, whatever lies in each", async () => {
    const { store } = subject();
    const s = freshSeries();
    const rows = [0, 7, 31, 32, 65, 90, 118].map((at): SeriesRow => [T0 + at * second, at * 2]);
    await store.write(pointsOf(s, rows));
    const sumOf = async (aggregate: Aggregate, window: number | undefined): Promise<number> => {
      const all = await rowsOf(store, s, { from: T0 + second, to: T0 + 120 * second, aggregate, window });
      return all.reduce((total, [, value]) => total + (value as number), 0);
    };
    for (const aggregate of ["difference", "increase", "integral"] as const) {
      expect(await sumOf(aggregate, 30 * second)).toBeCloseTo(await sumOf(aggregate, undefined), 9);
    }
    // Under the line 2t from 1 to 118.
    expect(await sumOf("integral", undefined)).toBeCloseTo(118 ** 2 - 1, 6);
  });

  it("leaves out what one point does not tell", async () => {
    const { store } = subject();
    const s = freshSeries();
    await store.write(pointsOf(s, [[T0, 5]]));
    for (const aggregate of ["difference", "increase", "resets", "rate", "increase-rate", "integral"] as const) {
      expect(await rowsOf(store, s, { from: T0 - 1, to: T0 + 1, aggregate })).toEqual([]);
    }
    expect(await rowsOf(store, s, { from: T0 - 1, to: T0 + 1, aggregate: "stddev" })).toEqual([[T0 - 1, 0]]);
    expect(await rowsOf(store, s, { from: T0 - 1, to: T0 + 1, aggregate: "p99" })).toEqual([[T0 - 1, 5]]);
  });

  it.each(["p0", "p100", "p00.0", "p1e1", "p-5", "P95", "p", "p99.9999"])("knows no %s", async (aggregate) => {
    const query = { aggregate: aggregate as "p1" };
    await expect(rowsOf(subject().store, freshSeries(), query)).rejects.toBeInstanceOf(RequestError);
  });

  it("has none of text", async () => {
    const { store } = subject();
    const s = freshSeries("state_text");
    await store.write(pointsOf(s, [[T0, "b"]]));
    for (const aggregate of each) {
      await expect(rowsOf(store, s, { aggregate })).rejects.toThrow(`text has no ${aggregate}`);
    }
  });
}

function expectClose(actual: readonly SeriesRow[], expected: readonly SeriesRow[]): void {
  expect(actual.map(([time]) => time)).toEqual(expected.map(([time]) => time));
  const greatest = expected.reduce((most, [, value]) => Math.max(most, Math.abs(value as number)), 1);
  for (const [i, [, value]] of actual.entries()) {
    expect(Math.abs((value as number) - (expected[i]?.[1] as number))).toBeLessThanOrEqual(greatest * 1e-6);
  }
}
