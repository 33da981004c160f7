import { expect, it } from "vitest";
import { aggregates, type SeriesRow, type TimeSeriesStore, textField } from "@headwater/time-series";
import { tokenHeader } from "./service.ts";

const second = 1_000_000;
const hour = 3_600 * second;
const day = 24 * hour;
export const micros = (iso: string): number => Date.parse(iso) * 1000;

export interface SeriesAnswer {
  readonly metric: string;
  readonly window?: string;
  readonly aggregate?: string;
  readonly points: [number, number | string | null][];
  readonly truncated?: boolean;
  readonly next?: string;
}

export interface SeriesSubject {
  readonly url: string;
  readonly store: TimeSeriesStore;
  /** A device that no other test uses. */
  device(): string;
}

type Query = Readonly<Record<string, string | number>>;

export function seriesUrl({ url }: Pick<SeriesSubject, "url">, device: string, query: Query): string {
  const text = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const params = new URLSearchParams({ metric: "x", from: "1970-01-01", to: "2100-01-01", ...text });
  return `${url}/api/v1/devices/${device}/series?${params.toString()}`;
}

export async function answered(subject: SeriesSubject, device: string, query: Query): Promise<SeriesAnswer> {
  const answer = await fetch(seriesUrl(subject, device, query), { headers: tokenHeader });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text) as SeriesAnswer;
}

export async function exported(subject: SeriesSubject, device: string, accept: string, query: Query) {
  const answer = await fetch(seriesUrl(subject, device, query), { headers: { ...tokenHeader, accept } });
  expect(answer.headers.get("content-type")).toBe(`${accept}; charset=utf-8`);
  return answer.text();
}

/** All pages, put together. `between` happens after each. */
async function paged(
  subject: SeriesSubject,
  device: string,
  query: Query,
  between: () => Promise<void> = async () => {},
): Promise<SeriesAnswer["points"]> {
  const points: SeriesAnswer["points"] = [];
  for (let cursor: Query = {}; ;) {
    const page = await answered(subject, device, { ...query, ...cursor });
    points.push(...page.points);
    expect(page.truncated).toBe(page.next === undefined ? undefined : true);
    if (page.next === undefined) return points;
    expect(page.points).toHaveLength(Number(query["limit"]));
    cursor = { cursor: page.next };
    await between();
  }
}

export async function writeRows(
  store: TimeSeriesStore,
  tags: Readonly<Record<string, string>>,
  rows: readonly SeriesRow[],
  field = "x",
): Promise<void> {
  for (let at = 0; at < rows.length; at += 20_000) {
    const points = rows
      .slice(at, at + 20_000)
      .map(([time, value]) => ({ measurement: "telemetry", tags, time, fields: { [field]: value } }));
    expect(await store.write(points)).toEqual({ refused: [] });
  }
}

const inMillis = (rows: readonly SeriesRow[]) => rows.map(([time, value]) => [time / 1000, value]);

/** What a client sees of a series, whichever store has it. Points of devices have a tag `site`, which may change. */
export function seriesSuite(subject: () => SeriesSubject): void {
  const t0 = micros("2026-05-01T00:00:00Z");

  it("of more than ten thousand points is cut in JSON, which says so and goes on exactly", async () => {
    const { store, ...of } = subject();
    const device = of.device();
    const rows = Array.from({ length: 12_345 }, (_, i): SeriesRow => [t0 + i * second + (i % 7), i]);
    await writeRows(store, { device }, rows);
    const first = await answered(subject(), device, {});
    expect(first.points).toEqual(inMillis(rows.slice(0, 10_000)));
    expect(first.truncated).toBe(true);
    const rest = await answered(subject(), device, { cursor: first.next! });
    expect(rest.points).toEqual(inMillis(rows.slice(10_000)));
    expect("truncated" in rest || "next" in rest).toBe(false);
    const newest = await answered(subject(), device, { order: "desc", limit: 3 });
    expect(newest).toMatchObject({ points: inMillis(rows.slice(-3).toReversed()), truncated: true });
    for (const order of ["asc", "desc"]) {
      const expected = order === "asc" ? rows : rows.toReversed();
      expect(await paged(subject(), device, { order, limit: 5_000 })).toEqual(inMillis(expected));
    }
    // As many as there are is not cut.
    expect((await answered(subject(), device, { limit: 12_345 })).next).toBeUndefined();
    const lines = (await exported(subject(), device, "text/csv", {})).split("\r\n");
    expect(lines).toHaveLength(12_347);
    expect(lines.at(-2)).toMatch(/^2026-05-01T03:25:44\.\d{6}Z,[\d.]+,12344$/);
    const objects = (await exported(subject(), device, "application/x-ndjson", { order: "desc" })).split("\n");
    expect(objects).toHaveLength(12_346);
    expect(JSON.parse(objects[12_344]!)).toEqual({
      time: "2026-05-01T00:00:00.000000Z",
      t: t0 / 1000,
      value: 0,
    });
    expect((await exported(subject(), device, "text/csv", { limit: 10 })).split("\r\n")).toHaveLength(12);
  });

  it("goes on exactly while points come", async () => {
    const { store, ...of } = subject();
    const device = of.device();
    const rows = Array.from({ length: 100 }, (_, i): SeriesRow => [t0 + i, i]);
    await writeRows(store, { device }, rows);
    let added = 0;
    const add = async () => {
      added += 1;
      await writeRows(store, { device }, [
        [t0 - added, -added],
        [t0 + 99 + added, 99 + added],
      ]);
    };
    const upwards = await paged(subject(), device, { limit: 30, to: "2026-05-02" }, add);
    expect(upwards.map(([, value]) => value)).toEqual(Array.from({ length: 100 + added }, (_, i) => i));
    const before = added;
    const downwards = await paged(subject(), device, { limit: 30, order: "desc" }, add);
    const expected = Array.from({ length: 100 + before + added }, (_, i) => 99 + before - i);
    expect(downwards.map(([, value]) => value)).toEqual(expected);
  });

  it("goes on with whole windows of a time zone, from the bounds of the first page", async () => {
    const { store, ...of } = subject();
    const device = of.device();
    const start = micros("2026-03-20T11:00:00Z");
    await writeRows(
      store,
      { device },
      Array.from({ length: 20 * 24 }, (_, i): SeriesRow => [start + i * hour, i]),
    );
    const query = { tz: "Europe/Berlin", window: "1d", aggregate: "count", from: "2026-03-21T12:00", to: "2026-04-03" };
    for (const order of ["asc", "desc"]) {
      const whole = await answered(subject(), device, { ...query, order });
      expect(whole.points).toHaveLength(13);
      const hours = order === "asc" ? whole.points : whole.points.toReversed();
      expect(hours.map(([, count]) => count)).toEqual([12, 24, 24, 24, 24, 24, 24, 24, 23, 24, 24, 24, 24]);
      expect(hours[0]![0]).toBe(Date.parse("2026-03-20T23:00Z"));
      expect(await paged(subject(), device, { ...query, order, limit: 4 })).toEqual(whole.points);
    }
    for (const [window, count] of [
      ["1w", 4],
      ["1mo", 2],
      ["1y", 1],
      ["6h", 81],
      ["P1D", 21],
      ["25h", 20],
    ] as const) {
      const { points } = await answered(subject(), device, { window, aggregate: "sum", tz: "Europe/Berlin" });
      expect([window, points.length]).toEqual([window, count]);
      const total = points.reduce((sum, [, value]) => sum + Number(value), 0);
      expect(total).toBe((480 * 479) / 2);
    }
    const gasDays = { window: "1d", offset: "6h", tz: "Europe/Berlin", aggregate: "first" };
    const { points } = await answered(subject(), device, gasDays);
    expect(points[1]).toEqual([Date.parse("2026-03-21T05:00Z"), 18]);
  });

  it("has as many windows as a chart is wide", async () => {
    const { store, ...of } = subject();
    const device = of.device();
    const rows = Array.from({ length: 3 * 24 * 60 }, (_, i): SeriesRow => [t0 + i * 60 * second, i % 60]);
    await writeRows(store, { device }, rows);
    await writeRows(store, { device }, [[t0, "on"], [t0 + day, "off"]], textField("state")); // oxfmt-ignore
    const range = { from: "2026-05-01", to: "2026-05-04" };
    const hourly = await answered(subject(), device, { ...range, width: 100 });
    expect(hourly).toMatchObject({ window: "1h", aggregate: "mean" });
    expect(hourly.points).toEqual(Array.from({ length: 72 }, (_, i) => [t0 / 1000 + i * 3_600_000, 29.5]));
    const most = await answered(subject(), device, { ...range, width: 80, aggregate: "max" });
    expect(most).toMatchObject({ window: "1h", aggregate: "max", points: hourly.points.map(([time]) => [time, 59]) });
    for (const width of [1, 2, 5, 30, 1_000, 9_999, 100_000]) {
      for (const tz of ["UTC", "Asia/Kolkata"]) {
        const { points } = await answered(subject(), device, { width, tz, limit: 100_000 });
        expect(points.length).toBeLessThanOrEqual(width);
        expect(points.length).toBeGreaterThan(0);
      }
    }
    const text = await answered(subject(), device, { ...range, metric: "state", width: 10 });
    expect(text).toMatchObject({ aggregate: "last", points: [[t0 / 1000, "on"], [(t0 + day) / 1000, "off"]] }); // oxfmt-ignore
    const pages = await paged(subject(), device, { ...range, width: 100, limit: 10 });
    expect(pages).toEqual(hourly.points);
  });

  it("is one though its tags change, in every order, window and page", async () => {
    const { store, ...of } = subject();
    const device = of.device();
    const rows = Array.from({ length: 900 }, (_, i): SeriesRow => [t0 + i * 600 * second, (i * 7919) % 1000]);
    const sites = ["north", "south", "west"];
    for (const [s, site] of sites.entries()) {
      await writeRows(
        store,
        { device, site },
        rows.filter((_, i) => (i < 300 ? s === 0 : i < 600 ? i % 3 === s : s === 2)),
      );
    }
    for (const order of ["asc", "desc"]) {
      const all = order === "asc" ? rows : rows.toReversed();
      expect(await paged(subject(), device, { order, limit: 250 })).toEqual(inMillis(all));
    }
    const single = of.device();
    await writeRows(store, { device: single }, rows);
    const windows: readonly Query[] = [{ window: "1d", tz: "Europe/Berlin" }, { window: "50m" }, {}];
    for (const [i, aggregate] of [...aggregates, "p90"].entries()) {
      for (const window of i < 7 ? windows : [windows[i % 3]!]) {
        for (const order of ["asc", "desc"]) {
          const query: Query = { aggregate, order, ...window };
          const expected = (await answered(subject(), single, query)).points;
          const found = await paged(subject(), device, { ...query, limit: 40 });
          expect(
            found.map(([time]) => time),
            JSON.stringify(query),
          ).toEqual(expected.map(([time]) => time));
          for (const [i, [, value]] of found.entries()) {
            const wanted = Number(expected[i]![1]);
            expect(Math.abs(Number(value) - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));
          }
        }
      }
    }
  });

  it("tells windows without points from zeros, in every order, page and format", async () => {
    const { store, ...of } = subject();
    const device = of.device();
    const hours = [1, 2, 5, 6, 9];
    await writeRows(
      store,
      { device },
      hours.map((hours, i): SeriesRow => [t0 + hours * hour + second, i === 1 ? 0 : i]),
    );
    const range = { from: "2026-05-01T00:30:00Z", to: "2026-05-01T12:00:00Z", window: "1h", aggregate: "mean" };
    const expected: Record<string, (number | null)[]> = {
      null: [null, 0, 0, null, null, 2, 3, null, null, 4, null, null],
      previous: [null, 0, 0, 0, 0, 2, 3, 3, 3, 4, 4, 4],
      "-1.5": [-1.5, 0, 0, -1.5, -1.5, 2, 3, -1.5, -1.5, 4, -1.5, -1.5],
    };
    for (const [fill, values] of Object.entries(expected)) {
      const points = values.map((value, i) => [(t0 + i * hour) / 1000, value]);
      for (const order of ["asc", "desc"]) {
        const inOrder = order === "asc" ? points : points.toReversed();
        expect((await answered(subject(), device, { ...range, fill, order })).points).toEqual(inOrder);
        expect(await paged(subject(), device, { ...range, fill, order, limit: 5 })).toEqual(inOrder);
      }
      const lines = (await exported(subject(), device, "text/csv", { ...range, fill, limit: 8 })).split("\r\n");
      expect(lines.slice(1, -1).map((line) => line.split(",")[2])).toEqual(values.slice(0, 8).map((v) => v ?? "").map(String)); // oxfmt-ignore
    }
    // The hours of a day on which clocks are changed, and of one on which nothing was sent.
    const day = { from: "2026-03-29", to: "2026-03-30", tz: "Europe/Berlin", window: "1h", aggregate: "count" };
    const empty = await answered(subject(), device, { ...day, fill: 0 });
    expect(empty.points.map(([, value]) => value)).toEqual(Array.from({ length: 23 }, () => 0));
    expect((await answered(subject(), device, day)).points).toEqual([]);
    expect((await answered(subject(), device, { ...range, fill: "null", to: range.from })).points).toEqual([]);
  });

  it("has rates and integrals in the unit that is asked for", async () => {
    const { store, ...of } = subject();
    const device = of.device();
    const rows = Array.from({ length: 121 }, (_, i): SeriesRow => [t0 + i * 60 * second, i * 2]);
    await writeRows(store, { device }, rows);
    const range = { from: "2026-05-01T01:00:00Z", to: "2026-05-01T02:00:00Z" };
    const one = async (query: Query) => (await answered(subject(), device, { ...range, ...query })).points[0]?.[1];
    expect(await one({ aggregate: "rate", unit: "1h" })).toBeCloseTo(120, 9);
    expect(await one({ aggregate: "rate" })).toBeCloseTo(1 / 30, 9);
    expect(await one({ aggregate: "integral", unit: "1h" })).toBeCloseTo(180, 9);
    expect(await one({ aggregate: "p25" })).toBeCloseTo(120 + 0.25 * 59 * 2, 9);
  });

  it("has the same newest value of one time in both stores", async () => {
    const { store, ...of } = subject();
    const device = of.device();
    for (const [site, value] of [
      ["b", 2],
      ["c", 3],
      ["a", 1],
    ] as const) {
      await writeRows(store, { device, site }, [[t0, value]]);
    }
    await writeRows(store, { device, site: "c" }, [[t0, "a text"]], textField("x"));
    const names = ["a\nb", "__proto__", "😀", "m".repeat(300), "NaN", "x_text", "=1+1"];
    const texts = ["NaN", "+Inf", "null", "", "%", '"', "true", "1e5", "\r\n", "\u2028"];
    for (const [i, name] of names.entries()) {
      await writeRows(store, { device, site: "a" }, [[t0 + i, texts[i]!]], textField(name));
    }
    for (const [i, value] of texts.entries())
      await writeRows(store, { device, site: "a" }, [[t0 + i, value]], "t_text");
    const answer = await fetch(`${subject().url}/api/v1/devices/${device}/latest`, { headers: tokenHeader });
    const { values } = (await answer.json()) as { values: Record<string, { value: unknown }> };
    expect(values["x"]!.value).toBe(3);
    expect((await answered(subject(), device, {})).points).toEqual([[t0 / 1000, 3]]);
    for (const [i, name] of names.entries())
      expect(Object.entries(values).find(([n]) => n === name)?.[1].value).toBe(texts[i]);
    expect((await answered(subject(), device, { metric: "t" })).points.map(([, value]) => value)).toEqual(texts);
  });
}
