import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import type { LatestValue, Point } from "../time-series-store.ts";
import { freshMeasurement, T0, type StoreUnderTest } from "./store-under-test.ts";

const byField = (values: readonly LatestValue[] | undefined): readonly LatestValue[] =>
  (values ?? []).toSorted((a, b) => (a.field < b.field ? -1 : 1));

/** What is asked of many devices at once. */
export function fleetsContract(subject: () => StoreUnderTest): void {
  it("has the latest of many sets of tags, in their order, each of exactly these tags", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const points: Point[] = Array.from({ length: 700 }, (_, i) => ({
      measurement,
      tags: { device: `d-${i}`, ...(i % 3 === 0 && { site: "north" }) },
      time: T0 + i,
      fields: { x: i, ...(i % 2 === 0 && { state_text: `on ${i}` }) },
    }));
    await store.write(points);
    await store.write([{ measurement, tags: { device: "d-1" }, time: T0, fields: { x: -1, y: 5 } }]);
    const tagSets = [{ device: "d-1" }, { device: "nobody" }, { device: "d-3" }, ...points.map(({ tags }) => tags)];
    const found = await store.latestOf(measurement, tagSets);
    expect(found).toHaveLength(703);
    const one = [
      { field: "x", time: T0 + 1, value: 1 },
      { field: "y", time: T0, value: 5 },
    ];
    expect(byField(found[0])).toEqual(one);
    // `d-3` has only points with one tag more.
    expect(found.slice(1, 3)).toEqual([[], []]);
    expect(byField(found[4])).toEqual(one);
    expect(byField(found[13])).toEqual([
      { field: "state_text", time: T0 + 10, value: "on 10" },
      { field: "x", time: T0 + 10, value: 10 },
    ]);
    expect(await store.latestOf(measurement, tagSets.slice(0, 1), ["y", "z"])).toEqual([[one[1]]]);
    expect(await store.latestOf(measurement, [])).toEqual([]);
    expect(await store.latestOf(freshMeasurement(), [{ device: "d-1" }])).toEqual([[]]);
  });

  it("has the latest of many after every change", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const tags = { device: "a" };
    const write = (time: number, x: number) => store.write([{ measurement, tags, time: T0 + time, fields: { x } }]);
    const latest = async (): Promise<unknown> => {
      const [values] = await store.latestOf(measurement, [tags]);
      return values?.map(({ time, value }) => [time - T0, value])[0];
    };
    expect(await latest()).toBeUndefined();
    await write(10, 1);
    expect(await latest()).toEqual([10, 1]);
    await write(5, 2);
    expect(await latest()).toEqual([10, 1]);
    await write(10, 3);
    expect(await latest()).toEqual([10, 3]);
    for (let i = 0; i < 600; i++) if (i % 100 === 0) await write(20 + i, i);
    expect(await latest()).toEqual([520, 500]);
    await store.deleteRange(measurement, tags, T0 + 500, T0 + 1_000);
    expect(await latest()).toEqual([420, 400]);
    await write(430, 7);
    expect(await latest()).toEqual([430, 7]);
    await store.deleteRange(measurement, {}, T0, T0 + 1_000);
    expect(await latest()).toBeUndefined();
    await write(1, 9);
    expect(await latest()).toEqual([1, 9]);
    expect((await store.newestTimes(measurement)).map(({ time }) => time - T0)).toEqual([1]);
  });

  it("has the newest time of every set of tags, of numbers and of texts", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    await store.write([
      { measurement, tags: { device: "a" }, time: T0 + 5, fields: { x: 1 } },
      { measurement, tags: { device: "a" }, time: T0 + 9, fields: { state_text: "on" } },
      { measurement, tags: { device: "a" }, time: T0 + 2, fields: { y: 1 } },
      { measurement, tags: { device: "a", site: "n\\orth" }, time: T0 + 1, fields: { x: 1 } },
      { measurement, tags: { device: "#b" }, time: T0, fields: { x: 1 } },
    ]);
    const found = await store.newestTimes(measurement);
    expect(new Map(found.map(({ tags, time }) => [JSON.stringify(tags), time - T0]))).toEqual(
      new Map([
        ['{"device":"a"}', 9],
        ['{"device":"a","site":"n\\\\orth"}', 1],
        ['{"device":"#b"}', 0],
      ]),
    );
    expect(await store.newestTimes(freshMeasurement())).toEqual([]);
  });

  it("has the latest whatever devices, metrics and tags are called", async () => {
    const { store } = subject();
    const names = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(..."'\"\\/^$|()[]{}.*+?%;:=, \nab☃".split("")), minLength: 1, maxLength: 8 }),
    );
    const someNames = fc.uniqueArray(names, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(someNames, someNames, someNames, async (devices, fields, [site]) => {
        const measurement = `${site}${freshMeasurement()}`;
        const points = devices.flatMap((device, i): Point[] => {
          const tags = { device, ...(i % 2 === 0 && { [`${fields[0]}.`]: site! }) };
          return fields.map((field, j) => ({
            measurement,
            tags,
            time: T0 + j,
            fields: { [`${field}.`]: i - j, [`${field}_text`]: `${field}${i}` },
          }));
        });
        expect(await store.write(points)).toEqual({ refused: [] });
        const tagSets = devices.map((_, i) => points[i * fields.length]!.tags);
        const expected = tagSets.map((tags) =>
          byField(
            points
              .filter((point) => JSON.stringify(point.tags) === JSON.stringify(tags))
              .flatMap(({ time, fields: all }) =>
                Object.entries(all).map(([field, value]) => ({ field, time, value: value === 0 ? 0 : value })),
              ),
          ),
        );
        const found = await store.latestOf(measurement, tagSets);
        expect(found.map(byField)).toEqual(expected);
        expect(byField(await store.latest(measurement, tagSets[0]!))).toEqual(expected[0]);
        const named = [`${fields[0]}.`, `${fields[0]}_text`];
        const some = await store.latestOf(measurement, tagSets, named);
        expect(some.map(byField)).toEqual(expected.map((all) => all.filter(({ field }) => named.includes(field))));
      }),
      { numRuns: propertyRuns(12) },
    );
  });

  it("has a latest value that is nothing, not the one before it", async () => {
    const { store } = subject();
    const [measurement, tags] = [freshMeasurement(), { device: "a" }];
    const write = (time: number, fields: Point["fields"]) => store.write([{ measurement, tags, time, fields }]);
    await write(T0, { x: 5, on: 1, note_text: "first", note: 7 });
    await write(T0 + 1, { x: 0, on: 0, note_text: "" });
    const latest = [
      { field: "note", time: T0, value: 7 },
      { field: "note_text", time: T0 + 1, value: "" },
      { field: "on", time: T0 + 1, value: 0 },
      { field: "x", time: T0 + 1, value: 0 },
    ];
    expect(byField(await store.latest(measurement, tags))).toEqual(latest);
    expect(byField((await store.latestOf(measurement, [tags, { device: "b" }]))[0])).toEqual(latest);
    // A metric that nobody has sent before.
    await write(T0 - 5, { fresh: 3, fresh_text: "%" });
    expect(byField(await store.latest(measurement, tags))).toEqual([
      { field: "fresh", time: T0 - 5, value: 3 },
      { field: "fresh_text", time: T0 - 5, value: "%" },
      ...latest,
    ]);
  });

  it("has the latest of years that are far away, and the value written last of those of one time", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const times = [-(2 ** 53) + 1, -1, 0, T0, 2 ** 53 - 1];
    const tagSets = times.map((_, i) => ({ device: `d${i}` }));
    for (const x of [1, 2]) {
      await store.write(times.map((time, i) => ({ measurement, tags: tagSets[i]!, time, fields: { x: x * i } })));
    }
    expect(await store.latestOf(measurement, tagSets)).toEqual(
      times.map((time, i) => [{ field: "x", time, value: 2 * i }]),
    );
  });

  it("has the latest of a fleet whose devices have metrics of their own, and of one that has many", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const points = Array.from({ length: 1_000 }, (_, i): Point => {
      const many = i === 7 ? Array.from({ length: 60 }, (__, j) => [`many-${j}`, j] as const) : [];
      return {
        measurement,
        tags: { device: `d-${i}` },
        time: T0 + i,
        fields: { [`own-${i % 10}`]: i, ...Object.fromEntries(many) },
      };
    });
    for (const some of [points.slice(0, 5), points]) {
      await store.write(some);
      const found = await store.latestOf(
        measurement,
        points.map(({ tags }) => tags),
      );
      expect(found.map(byField)).toEqual(
        points.map((point) =>
          byField(
            Object.entries(some.includes(point) ? point.fields : {}).map(([field, value]) => ({
              field,
              time: point.time,
              value,
            })),
          ),
        ),
      );
    }
  });
}
