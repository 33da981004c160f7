import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { numberField, storedField, textField } from "../field-names.ts";
import type { Point, SeriesRow } from "../time-series-store.ts";
import { freshMeasurement, freshSeries, pointsOf, rowsOf, T0, type StoreUnderTest } from "./store-under-test.ts";

/** Points come back exactly as written, once, in order. */
export function pointsContract(subject: () => StoreUnderTest): void {
  it("gives back doubles and microseconds exactly", async () => {
    const { store } = subject();
    const s = freshSeries();
    const values = [0, -0, 1, -1.5, 0.1 + 0.2, 1e308, Number.MAX_VALUE, 5e-324, -5e-324, 2 ** 53, 1e21, 1 / 3];
    const rows = values.map((value, i): SeriesRow => [T0 + i * 1_000_003 + 1, value]);
    expect(await store.write(pointsOf(s, rows))).toEqual({ refused: [] });
    expect(await rowsOf(store, s)).toEqual(rows);
  });

  it("takes any time that a number holds exactly", async () => {
    const { store } = subject();
    const s = freshSeries();
    const times = [Number.MIN_SAFE_INTEGER, -1_000_001, -1, 0, 1, 999_999, Number.MAX_SAFE_INTEGER];
    const rows = times.map((time, i): SeriesRow => [time, i]);
    expect(await store.write(pointsOf(s, rows))).toEqual({ refused: [] });
    expect(await rowsOf(store, s)).toEqual(rows);
    const [latest] = await store.latest(s.measurement, s.tags);
    expect(latest).toEqual({ field: "value", time: Number.MAX_SAFE_INTEGER, value: 6 });
  });

  it("gives back any double and any text", async () => {
    const { store } = subject();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string({ unit: "binary" })), {
          minLength: 1,
          maxLength: 40,
        }),
        async (values) => {
          const measurement = freshMeasurement();
          const tags = { device: "d1" };
          const points = values.map((value, i): Point => {
            const stored = storedField("any", value);
            return { measurement, tags, time: T0 + i, fields: { [stored.field]: stored.value } };
          });
          expect(await store.write(points)).toEqual({ refused: [] });
          const numbers = await rowsOf(store, { measurement, tags, field: "any" });
          const texts = await rowsOf(store, { measurement, tags, field: "any_text" });
          const all = [...numbers, ...texts].sort(([a], [b]) => a - b);
          expect(all).toEqual(values.map((value, i) => [T0 + i, value]));
        },
      ),
      { numRuns: propertyRuns(25) },
    );
  });

  it("keeps text with quotes, backslashes, line ends and nothing in it", async () => {
    const { store } = subject();
    const s = freshSeries("note_text");
    const texts = [
      "",
      "same",
      "same",
      "",
      "other",
      "",
      "%",
      "%%",
      "",
      " ",
      '"',
      "\\",
      '\\"',
      "a\nb",
      "a\r\nb\r",
      "\t\0\u0001",
      "é☃😀",
      "x,y=z 1",
      "${x}",
      "%5C%0A",
      "é".repeat(32_000),
    ];
    const rows = texts.map((text, i): SeriesRow => [T0 + i, text]);
    expect(await store.write(pointsOf(s, rows))).toEqual({ refused: [] });
    expect(await rowsOf(store, s)).toEqual(rows);
    const [latest] = await store.latest(s.measurement, s.tags);
    expect(latest?.value).toBe(texts.at(-1));
  });

  it("replaces a value that is written again; the last write wins, within one batch too", async () => {
    const { store } = subject();
    const s = freshSeries();
    await store.write(pointsOf(s, [[T0, 1], [T0 + 1, 1], [T0, 2]])); // oxfmt-ignore
    expect(await rowsOf(store, s)).toEqual([
      [T0, 2],
      [T0 + 1, 1],
    ]);
    await store.write(pointsOf(s, [[T0 + 1, 5]]));
    await store.write(pointsOf(s, [[T0 + 1, 6]]));
    expect(await rowsOf(store, s)).toEqual([
      [T0, 2],
      [T0 + 1, 6],
    ]);
  });

  it("gives rows in the order of their times, however they arrived", async () => {
    const { store } = subject();
    const s = freshSeries();
    const rows = Array.from({ length: 3_000 }, (_, i): SeriesRow => [T0 + i * 1_000, i]);
    const shuffled = rows.toSorted(([a], [b]) => ((a * 7_919) % 3_001) - ((b * 7_919) % 3_001));
    for (let at = 0; at < shuffled.length; at += 500) await store.write(pointsOf(s, shuffled.slice(at, at + 500)));
    expect(await rowsOf(store, s)).toEqual(rows);
  });

  it("keeps numbers, booleans and text of one metric side by side", async () => {
    const { store } = subject();
    const { measurement, tags } = freshSeries();
    const values = [1.5, true, "auto", false, "off"];
    await store.write(
      values.map((value, i): Point => {
        const stored = storedField("mode", value);
        return { measurement, tags, time: T0 + i, fields: { [stored.field]: stored.value } };
      }),
    );
    expect(await rowsOf(store, { measurement, tags, field: "mode" })).toEqual([
      [T0, 1.5],
      [T0 + 1, 1],
      [T0 + 3, 0],
    ]);
    expect(await rowsOf(store, { measurement, tags, field: "mode_text" })).toEqual([
      [T0 + 2, "auto"],
      [T0 + 4, "off"],
    ]);
  });

  it("keeps fields that one point has together, and series with other tags apart", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const point = (tags: Record<string, string>, value: number): Point => ({
      measurement,
      tags,
      time: T0,
      fields: { value, other: value + 1 },
    });
    await store.write([
      point({ device: "a" }, 1),
      point({ device: "a", site: "x" }, 2),
      point({ site: "x" }, 3),
      point({}, 4),
    ]);
    const value = (tags: Record<string, string>) => rowsOf(store, { measurement, tags, field: "value" });
    expect(await value({ device: "a" })).toEqual([[T0, 1]]);
    expect(await value({ site: "x", device: "a" })).toEqual([[T0, 2]]);
    expect(await value({ site: "x" })).toEqual([[T0, 3]]);
    expect(await value({})).toEqual([[T0, 4]]);
    expect(await rowsOf(store, { measurement, tags: { device: "a" }, field: "other" })).toEqual([[T0, 2]]);
    const latest = await store.latest(measurement, { device: "a" });
    expect(latest.toSorted((a, b) => (a.field < b.field ? -1 : 1))).toEqual([
      { field: "other", time: T0, value: 2 },
      { field: "value", time: T0, value: 1 },
    ]);
  });

  it("knows the latest by event time, not by arrival, at any age", async () => {
    const { store } = subject();
    const s = freshSeries();
    await store.write(pointsOf(s, [[T0 + 10, 1]]));
    await store.write(pointsOf(s, [[T0 + 30, 3]]));
    await store.write(
      pointsOf(s, [
        [T0 + 20, 2],
        [T0 - 86_400_000_000 * 900, 0],
      ]),
    );
    expect(await store.latest(s.measurement, s.tags)).toEqual([{ field: "value", time: T0 + 30, value: 3 }]);
    await store.write(pointsOf(s, [[T0 + 30, 33]]));
    expect(await store.latest(s.measurement, s.tags)).toEqual([{ field: "value", time: T0 + 30, value: 33 }]);
    expect(await store.latest(s.measurement, { device: "nobody" })).toEqual([]);
  });

  it("gives the latest in pages of metrics, number and text of one never parted", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const tags = { device: "a" };
    const names = ["b", "b_", "b!", "c", "a", "é"];
    const fields = names.flatMap((name, i): [string, number | string][] => [
      [numberField(name), i],
      [textField(name), `text ${i}`],
    ]);
    await store.write([{ measurement, tags, time: T0, fields: Object.fromEntries(fields) }]);
    const pages: string[][] = [];
    for (let after: string | undefined; ;) {
      const { values, next } = await store.latestPage(measurement, tags, { after, limit: 4 });
      pages.push(values.map(({ field }) => field).toSorted());
      if (next === undefined) break;
      after = next;
    }
    const inOrder = names.toSorted((a, b) => (a < b ? -1 : 1));
    const page = (from: number, to?: number): string[] =>
      inOrder
        .slice(from, to)
        .flatMap((name) => [numberField(name), textField(name)])
        .toSorted();
    expect(pages).toEqual([page(0, 4), page(4)]);
    expect(await store.latestPage(measurement, { device: "nobody" }, { limit: 4 })).toEqual({
      values: [],
      next: undefined,
    });
  });

  it("takes a write of nothing", async () => {
    expect(await subject().store.write([])).toEqual({ refused: [] });
  });
}
