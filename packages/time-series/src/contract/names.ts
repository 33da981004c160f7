import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { ALWAYS, freshMeasurement, pointsOf, rowsOf, T0, type StoreUnderTest } from "./store-under-test.ts";
import type { SeriesRow } from "../time-series-store.ts";

const HOSTILE = [
  `a'b"c`, "back\\slash", "trailing\\", "\\", "a\\,b", "a\\ b", "a, b=c", " leading", "trailing ", "new\nline", "\r\n", "tab\tnul\0",
  "é☃😀", "${danger}", '" or 1==1 or "a"=="', '") |> drop(columns: ["_value"]) //', `x" AND "device"="y`, "'; DROP TABLE series; --",
  "%5C", "%", "%25", "#comment", "_measurement", "_field", "_time", "time", "__proto__", "constructor", "a".repeat(900), "null", "*",
]; // oxfmt-ignore

/** A name may have any characters and never breaks out of its place. */
export function namesContract(subject: () => StoreUnderTest): void {
  it.each(HOSTILE)("keeps a device, a metric, a tag and a measurement called %j", async (name) => {
    const { store } = subject();
    const measurement = `${name}${freshMeasurement()}`;
    const series = {
      measurement,
      tags: Object.fromEntries([
        ["device", name],
        [name, "v"],
      ]),
      field: name,
    };
    const neighbour = { measurement, tags: { device: "neighbour" }, field: "value" };
    const rows: SeriesRow[] = [[T0, 1], [T0 + 1, 2], [T0 + 2, 3]]; // oxfmt-ignore
    const points = rows.flatMap((row) => [...pointsOf(neighbour, [row]), ...pointsOf(series, [row])]);
    expect(await store.write(points)).toEqual({ refused: [] });
    expect(await rowsOf(store, series)).toEqual(rows);
    expect(await rowsOf(store, neighbour)).toEqual(rows);
    expect(await store.latest(measurement, series.tags)).toEqual([{ field: name, time: T0 + 2, value: 3 }]);
    expect(await store.listSeries(measurement, { device: name })).toEqual([series]);
    await store.deleteRange(measurement, series.tags, T0, T0 + 2);
    expect(await rowsOf(store, series)).toEqual(rows.slice(2));
    expect(await rowsOf(store, neighbour)).toEqual(rows);
  });

  it("keeps any names apart", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const name = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.tuple(name, name), { minLength: 1, maxLength: 8 }), async (pairs) => {
        const all = [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()].map(([device, field]) => ({
          measurement,
          tags: { device },
          field: `${field}.`,
        }));
        const points = all.flatMap((series, i) => pointsOf(series, [[T0, i]]));
        expect(await store.write(points)).toEqual({ refused: [] });
        for (const [i, series] of all.entries()) expect(await rowsOf(store, series, ALWAYS)).toEqual([[T0, i]]);
      }),
      { numRuns: propertyRuns(12) },
    );
  });

  it("says nothing about series that do not exist", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    expect(await rowsOf(store, { measurement, tags: { device: "x" }, field: "y" })).toEqual([]);
    expect(await store.latest(measurement, {})).toEqual([]);
    expect(await store.listSeries(measurement)).toEqual([]);
    await store.deleteRange(measurement, { device: '"' }, T0, T0 + 1);
  });
}
