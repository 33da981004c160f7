import { expect, it } from "vitest";
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
}
