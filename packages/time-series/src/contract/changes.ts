import { StoreUnavailableError } from "../errors.ts";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { Point, SeriesRef, SeriesRow } from "../time-series-store.ts";
import { freshMeasurement, freshSeries, pointsOf, rowsOf, T0, type StoreUnderTest } from "./store-under-test.ts";
import { KILL_POINTS, killSeries } from "./writer-process.ts";

function seriesOf(measurement: string, device: string): SeriesRef {
  return { measurement, tags: { device }, field: "value" };
}

/** Refusals, deletions, lists, concurrency, and durability. */
export function changesContract(subject: () => StoreUnderTest): void {
  it("names the points that it refuses, and stores all others", async () => {
    const { store } = subject();
    const s = freshSeries();
    const good = (i: number): Point => ({
      measurement: s.measurement,
      tags: s.tags,
      time: T0 + i,
      fields: { value: i },
    });
    const bad: [Partial<Point>, RegExp][] = [
      [{ fields: { value: Number.NaN } }, /NaN/],
      [{ fields: { value: 1, other: Infinity } }, /Infinity/],
      [{ fields: { value: -Infinity } }, /Infinity/],
      [{ time: 1.5 }, /1\.5/],
      [{ time: 2 ** 53 }, /9007199254740992/],
      [{ fields: {} }, /no fields/],
      [{ fields: { "": 1 } }, /empty/],
      [{ fields: { value: "text" } }, /text/],
      [{ fields: { value_text: 5 } }, /text/],
      [{ fields: { value: true as unknown as number } }, /boolean/],
      [{ fields: { value: null as unknown as number } }, /neither/],
      [{ fields: { note_text: "\ud800" } }, /Unicode/],
      [{ fields: { note_text: "x".repeat(65_536) } }, /longer/],
      [{ fields: { ["x".repeat(2_000)]: 1 } }, /longer/],
      [{ fields: { "\udc00": 1 } }, /Unicode/],
      [{ measurement: "" }, /measurement/],
      [{ tags: { device: "" } }, /device/],
      [{ tags: { "": "x" } }, /tag/],
      [{ tags: { device: "\ud800" } }, /Unicode/],
      [{ tags: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`t${i}`, "v"])) }, /tags/],
    ];
    const points = bad.flatMap(([fault], i) => [good(2 * i), { ...good(2 * i + 1), ...fault }]);
    const { refused } = await store.write(points);
    expect(refused.map(({ index }) => index)).toEqual(bad.map((_, i) => 2 * i + 1));
    for (const [i, { reason }] of refused.entries()) expect(reason).toMatch(bad[i]?.[1] as RegExp);
    expect(await rowsOf(store, s)).toEqual(bad.map((_, i) => [T0 + 2 * i, 2 * i]));
    expect(await rowsOf(store, { ...s, field: "other" })).toEqual([]);
  });

  it("has a store beside it, which shares nothing with it and is there again until its points are deleted", async () => {
    const { store } = subject();
    const series = freshSeries();
    await store.write(pointsOf(series, [[T0, 1]]));
    let shadow = await store.openShadow!();
    // Also where the store itself keeps points for some time only.
    await shadow.write(pointsOf(series, [[T0, 2], [T0 + 1, 3]])); // prettier-ignore
    await shadow.close();
    shadow = await store.openShadow!();
    expect(await rowsOf(shadow, series)).toEqual([[T0, 2], [T0 + 1, 3]]); // prettier-ignore
    expect(await rowsOf(store, series)).toEqual([[T0, 1]]);
    await shadow.deleteRange(series.measurement, {}, -(2 ** 53) + 1, 2 ** 53 - 1);
    expect(await rowsOf(shadow, series)).toEqual([]);
    expect(await shadow.listSeries(series.measurement)).toEqual([]);
    expect(await rowsOf(store, series)).toEqual([[T0, 1]]);
    await shadow.discard();
  });

  it("deletes a half-open range of the series whose tags contain the given ones", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const [a, b] = [seriesOf(measurement, "a"), seriesOf(measurement, "b")];
    const c: SeriesRef = { measurement, tags: { device: "a", site: "x" }, field: "state_text" };
    const rows = Array.from({ length: 1_500 }, (_, i): SeriesRow => [T0 + i, i]);
    await store.write([
      ...pointsOf(a, rows),
      ...pointsOf(b, rows),
      ...pointsOf(
        c,
        rows.map(([time]) => [time, "on"]),
      ),
    ]);
    await store.deleteRange(measurement, { device: "a" }, T0 + 1_400, T0 + 1);
    await store.deleteRange(measurement, { device: "a" }, T0 + 5, T0 + 5);
    expect(await rowsOf(store, a)).toEqual(rows);
    await store.deleteRange(measurement, { device: "a" }, T0 + 1, T0 + 1_400);
    const left = [rows[0] as SeriesRow, ...rows.slice(1_400)];
    expect(await rowsOf(store, a)).toEqual(left);
    expect(await rowsOf(store, c)).toEqual(left.map(([time]) => [time, "on"]));
    expect(await rowsOf(store, b)).toEqual(rows);
    const counted = { from: T0, to: T0 + 1_500, window: 10_000_000, aggregate: "count" } as const;
    expect((await rowsOf(store, a, counted)).map(([, value]) => value)).toEqual([101]);
    await store.write(pointsOf(a, [[T0 + 5, 50]]));
    expect(await rowsOf(store, a)).toEqual([left[0], [T0 + 5, 50], ...left.slice(1)]);
  });

  it("does not bring back what was deleted, after a restart neither", async () => {
    const { store, reopen } = subject();
    const s = freshSeries();
    await store.write(
      pointsOf(s, [
        [T0, 1],
        [T0 + 1, 2],
      ]),
    );
    await store.deleteRange(s.measurement, {}, T0, T0 + 1);
    expect(await rowsOf(await reopen(), s)).toEqual([[T0 + 1, 2]]);
  });

  it("lists the series whose tags contain the given ones", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const point = (tags: Record<string, string>, fields: Record<string, number | string>): Point => ({
      measurement,
      tags,
      time: T0,
      fields,
    });
    await store.write([
      point({ device: "a", site: "x" }, { t: 1, mode_text: "on" }),
      point({ device: "b", site: "x" }, { t: 1 }),
      point({ device: "c" }, { t: 1 }),
    ]);
    const names = async (tags?: Record<string, string>) =>
      (await store.listSeries(measurement, tags)).map(({ tags: { device }, field }) => `${device}/${field}`).toSorted();
    expect(await names()).toEqual(["a/mode_text", "a/t", "b/t", "c/t"]);
    expect(await names({ site: "x" })).toEqual(["a/mode_text", "a/t", "b/t"]);
    expect(await names({ site: "x", device: "b" })).toEqual(["b/t"]);
    expect(await names({ site: "y" })).toEqual([]);
    expect(await store.listSeries(measurement, { device: "c" })).toEqual([
      { measurement, tags: { device: "c" }, field: "t" },
    ]);
    await store.deleteRange(measurement, { device: "c" }, T0, T0 + 1);
    expect(await names()).toEqual(["a/mode_text", "a/t", "b/t"]);
  });

  it("lists the values of a tag in pages, in order", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const devices = ["b", "a", "B", "ä", "a b", "boiler\\7", "c", "漢", "z", "10"];
    const tagged = devices.flatMap((device): Point["tags"][] => [{ device }, { device, incarnation: "1" }]);
    await store.write(tagged.map((tags) => ({ measurement, tags, time: T0, fields: { t: 1 } })));
    await store.write([{ measurement, tags: { other: "x" }, time: T0, fields: { t: 1 } }]);
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.tagValues(measurement, "device", { after, limit: 3 });
      expect(page.values.length).toBeLessThanOrEqual(3);
      found.push(...page.values);
      after = page.next;
    } while (after !== undefined);
    expect(found).toEqual(["10", "B", "a", "a b", "b", "boiler\\7", "c", "z", "ä", "漢"]);
    expect((await store.tagValues(measurement, "device", { limit: 100 })).values).toEqual(found);
    expect(await store.tagValues(measurement, "nothing", { limit: 3 })).toEqual({ values: [], next: undefined });
  });

  it("takes writes and queries side by side", async () => {
    const { store } = subject();
    const measurement = freshMeasurement();
    const devices = Array.from({ length: 24 }, (_, i) => seriesOf(measurement, `d${i}`));
    await Promise.all(
      devices.map(async (s) => {
        for (let batch = 0; batch < 8; batch++) {
          const rows = Array.from({ length: 100 }, (_, i): SeriesRow => [T0 + batch * 100 + i, batch * 100 + i]);
          const [written] = await Promise.all([store.write(pointsOf(s, rows)), rowsOf(store, s)]);
          expect(written.refused).toEqual([]);
          expect(await rowsOf(store, s, { aggregate: "count", from: T0, to: T0 + 1_000 })).toEqual([
            [T0, (batch + 1) * 100],
          ]);
        }
      }),
    );
    const all = Array.from({ length: 800 }, (_, i) => [T0 + i, i]);
    for (const s of devices) expect(await rowsOf(store, s)).toEqual(all);
  });

  it("keeps everything over a restart", async () => {
    const { store, reopen } = subject();
    const s = freshSeries();
    const rows = Array.from({ length: 2_000 }, (_, i): SeriesRow => [T0 + i * 10, i]);
    await store.write(pointsOf(s, rows));
    const again = await reopen();
    expect(await rowsOf(again, s)).toEqual(rows);
    await again.write(pointsOf(s, [[T0, -1]]));
    expect(await rowsOf(again, s, { limit: 2 })).toEqual([[T0, -1], rows[1]]);
  });

  it("loses nothing that resolved when the writing process is killed", async () => {
    const { store, reopen, inOtherProcess } = subject();
    // The embedded store belongs to one process at a time.
    await store.close();
    const measurement = freshMeasurement();
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL("writer-process.ts", import.meta.url)), inOtherProcess.module, measurement],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    child.stdin.end(JSON.stringify(inOtherProcess.argument));
    let resolved = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      resolved = Number(line);
      if (resolved >= 60) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
    expect(resolved).toBeGreaterThanOrEqual(60);
    const again = await reopen();
    const rows = await rowsOf(again, killSeries(measurement));
    expect(rows.length).toBeGreaterThanOrEqual(resolved * KILL_POINTS);
    for (const [i, row] of rows.entries()) if (row[1] !== i) expect(row).toEqual([T0 + i, i]);
    expect(rows.every(([time], i) => time === T0 + i)).toBe(true);
  });

  it("is healthy, and says so when it is closed", async () => {
    const { store, reopen } = subject();
    await store.health();
    await store.close();
    await store.close();
    await expect(store.health()).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.write(pointsOf(freshSeries(), [[T0, 1]]))).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(rowsOf(store, freshSeries())).rejects.toBeInstanceOf(StoreUnavailableError);
    await (await reopen()).health();
  });
}
