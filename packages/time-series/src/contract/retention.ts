import { expect, it } from "vitest";
import type { Retention } from "../retention.ts";
import { summaryAggregates } from "../aggregate.ts";
import type { SeriesQuery, SeriesRow, TimeSeriesStore } from "../time-series-store.ts";
import { ALWAYS, freshMeasurement, pointsOf, rowsOf } from "./store-under-test.ts";

const minute = 60_000_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A store that has points of any age, and the same once all that its retention gives up is rolled up. */
export interface AgingStore {
  readonly store: TimeSeriesStore;
  readonly age: (retention: Retention) => Promise<TimeSeriesStore>;
}

/** Points are of the last four days: with two of points, three of minutes and all hours each class answers a part. */
const kept: Retention = { raw: (2 * day) / 1_000, minute: (3 * day) / 1_000, hour: Infinity };

/** What the port says of retention classes. */
export function retentionContract(open: () => Promise<AgingStore>): void {
  const now = Date.now() * 1_000;
  const begin = now - (now % day) - 4 * day;
  /** Irregular, some minutes and one hour are empty, and all values are exact in sums. */
  const times = Array.from(
    { length: 1_600 },
    (_, i) => begin + i * 4.5 * minute + ((i * 7_919) % 97) * 1_000_000,
  ).filter((time) => time < now && time >= begin + 2 * hour && Math.floor((time - begin) / hour) !== 30);
  const numbers = times.map((time, i): SeriesRow => [time, ((i * 31) % 400) / 8 - 20]);
  const texts = times.map((time, i): SeriesRow => [time, `state ${i % 5}`]);

  async function aged(): Promise<{
    store: TimeSeriesStore;
    before: Map<string, SeriesRow[]>;
    series: (field: string) => Parameters<typeof rowsOf>[1];
    queries: readonly (readonly [string, Partial<SeriesQuery>])[];
  }> {
    const subject = await open();
    const measurement = freshMeasurement();
    const series = (field: string) => ({ measurement, tags: { device: "d1" }, field });
    await subject.store.write([...pointsOf(series("value"), numbers), ...pointsOf(series("state_text"), texts)]);
    const ranges: readonly Partial<SeriesQuery>[] = [
      { window: hour },
      { window: day },
      { window: 10 * minute },
      { window: { every: hour, offset: 30 * minute }, from: begin + day, to: now },
      { window: 6 * hour, order: "desc" },
      { window: { unit: "day", count: 1, timeZone: "Europe/Berlin" } },
      { from: begin + 5 * hour, to: now },
      { from: begin + 5 * hour, to: begin + 7 * hour },
    ];
    const queries = ranges.flatMap((range) =>
      summaryAggregates.map((aggregate) => [`${aggregate} ${JSON.stringify(range)}`, { ...range, aggregate }] as const),
    );
    const before = new Map<string, SeriesRow[]>();
    for (const [name, query] of queries) before.set(name, await rowsOf(subject.store, series("value"), query));
    before.set("raw", await rowsOf(subject.store, series("value")));
    return { store: await subject.age(kept), before, series, queries };
  }

  it("answers from roll-ups as it had answered from the points, and says from which class what comes", async () => {
    const { store, before, series, queries } = await aged();
    const all = { ...ALWAYS, ...series("value") };
    const spans = await store.classes({ ...all, from: begin, to: now, window: hour, aggregate: "mean" });
    const rawFrom = spans.at(-1)!.from;
    expect(spans).toEqual([
      { class: "hour", from: begin, to: rawFrom },
      { class: "raw", from: rawFrom, to: now },
    ]);
    expect(rawFrom).toBeGreaterThan(begin + day);
    expect(rawFrom).toBeLessThanOrEqual(Date.now() * 1_000 - 2 * day);
    // Half hours are not in hours; where there are no minutes any more, hours count to where they begin.
    const fine = { ...all, from: begin, to: now, window: 30 * minute, aggregate: "mean" } as const;
    expect((await store.classes(fine)).map((span) => span.class)).toEqual(["hour", "minute", "raw"]);
    for (const [name, query] of queries) {
      const rows = await rowsOf(store, series("value"), query);
      // As of after the rows: an hour of minutes goes at the end of every hour.
      const minuteFrom = (await store.classes(fine))[1]!.from;
      const isOfHours = (await store.classes({ ...all, ...query })).every((span) => span.class !== "minute");
      const was = before.get(name)!;
      const compared = (some: readonly SeriesRow[]): readonly SeriesRow[] =>
        isOfHours || query.window === undefined ? some : some.filter(([time]) => time >= minuteFrom);
      expect([name, ...compared(rows)]).toEqual([name, ...compared(was)]);
    }
    // Points themselves there are only where they are kept.
    const points = await rowsOf(store, series("value"));
    const [span, ...more] = await store.classes({ ...all, from: begin, to: now });
    expect([span, more]).toEqual([{ class: "raw", from: expect.any(Number) as number, to: now }, []]);
    // At midnight a day of points goes, which may be between the two answers.
    const ofToday = before.get("raw")!.filter(([time]) => time >= span!.from);
    const ofYesterday = before.get("raw")!.filter(([time]) => time >= rawFrom);
    expect([ofYesterday, ofToday]).toContainEqual(points);
  });

  it("keeps of texts how many there were, the first and the last", async () => {
    const { store, series } = await aged();
    for (const aggregate of ["count", "first", "last"] as const) {
      const rows = await rowsOf(store, series("state_text"), { window: day, aggregate });
      const days = [...Map.groupBy(texts, ([time]) => time - (time % day))];
      expect(rows).toEqual(
        days.map(([start, inside]) => [
          start,
          aggregate === "count" ? inside.length : inside.at(aggregate === "first" ? 0 : -1)![1],
        ]),
      );
    }
  });

  it("refuses points of a time that it has rolled up, with a reason that a program can know", async () => {
    const { store, series } = await aged();
    const rows: SeriesRow[] = [[begin + 5 * hour, 1], [now, 2]]; // oxfmt-ignore
    const { refused } = await store.write(pointsOf(series("other"), rows));
    expect(refused).toEqual([{ index: 0, reason: expect.stringMatching(/^older-than-raw: /) as string }]);
    expect(await rowsOf(store, series("other"))).toEqual([[now, 2]]);
  });

  it("takes a late point and a correction into account as long as there are points", async () => {
    const { store, series, before } = await aged();
    const start = now - (now % hour) - 10 * hour;
    const query = { from: start, to: start + hour, aggregate: "sum", window: hour } as const;
    const had = (before.get("raw") ?? []).filter(([time]) => time >= start && time < start + hour);
    await store.write(pointsOf(series("value"), [[start + 1, 1_000], [had[0]![0], 0]])); // oxfmt-ignore
    const sum = had.slice(1).reduce((total, [, value]) => total + Number(value), 1_000);
    expect(await rowsOf(store, series("value"), query)).toEqual([[start, sum]]);
  });

  it("deletes from roll-ups, too", async () => {
    const { store, series } = await aged();
    const { measurement, tags } = series("value");
    await store.deleteRange(measurement, tags, begin + 4 * hour, begin + 5 * hour + 1);
    const hours = (await rowsOf(store, series("value"), { window: hour, aggregate: "count" })).map(([time]) => time);
    expect(hours.slice(0, 3)).toEqual([2, 3, 6].map((at) => begin + at * hour));
    await store.deleteRange(measurement, tags, ALWAYS.from, ALWAYS.to);
    for (const window of [minute, hour])
      expect(await rowsOf(store, series("value"), { window, aggregate: "count" })).toEqual([]);
    expect(await store.listSeries(measurement)).toEqual([]);
    expect(await store.latest(measurement, tags)).toEqual([]);
  });
}
