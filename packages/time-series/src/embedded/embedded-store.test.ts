import { ResourceError } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { StoreUnavailableError } from "../errors.ts";
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Point, TimeSeriesStore } from "../time-series-store.ts";
import { openEmbeddedStore } from "./embedded-store.ts";

// Workers start, on a machine that may have other work.

let dataDir: string;
const open: TimeSeriesStore[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "headwater-embedded-"));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  rmSync(dataDir, { recursive: true });
});

async function openStore(options: object = {}): Promise<TimeSeriesStore> {
  const store = await openEmbeddedStore({ dataDir, ...options });
  open.push(store);
  return store;
}

function point(time: number, device = "d", value = 1): Point {
  return { measurement: "m", tags: { device }, time, fields: { value } };
}

async function count(store: TimeSeriesStore, device = "d"): Promise<number> {
  let rows = 0;
  const query = { measurement: "m", tags: { device }, field: "value", from: 0, to: 9e15 };
  for await (const chunk of store.query(query)) rows += chunk.length;
  return rows;
}

describe("the embedded store", () => {
  it("refuses a file that is none of its own, and says how to go on", async () => {
    writeFileSync(join(dataDir, "time-series.sqlite"), "not a database, ".repeat(1000));
    await expect(openStore()).rejects.toThrow(/time-series\.sqlite is damaged .* headwater rebuild/);
  });

  it("is for its owner's eyes only", async () => {
    dataDir = join(dataDir, "made", "for-it");
    const store = await openStore();
    await store.write([point(1)]);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(readdirSync(dataDir)).toContain("time-series.sqlite-wal");
    for (const name of readdirSync(dataDir)) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
    await store.close();
    dataDir = join(dataDir, "..", "..");
  });

  it("belongs to one at a time, and says so", async () => {
    const store = await openStore();
    const error: unknown = await openStore().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ResourceError);
    expect(String(error)).toMatch(/in use by another process/);
    await store.close();
    await (await openStore()).health();
  });

  it("stops at a file that is something else, and at a folder that is none", async () => {
    const file = join(dataDir, "time-series.sqlite");
    writeFileSync(file, "not a database, but long enough to be looked at as one".repeat(100));
    await expect(openStore()).rejects.toThrow(/damaged/);
    rmSync(file);
    writeFileSync(join(dataDir, "file"), "");
    await expect(openEmbeddedStore({ dataDir: join(dataDir, "file") })).rejects.toBeInstanceOf(ResourceError);
  });

  it("refuses points older than it keeps, and forgets them in time", async () => {
    const now = Date.now() * 1_000;
    const unlimited = await openStore();
    await unlimited.write([point(now - 7_200_000_000), point(now, "young")]);
    await unlimited.close();
    const store = await openStore({ retention: { raw: 3_600_000 }, flushAfterMs: 1, retentionRoundMs: 100 });
    const { refused } = await store.write([point(now - 7_200_000_000), point(now - 60_000_000, "young")]);
    expect(refused).toEqual([
      { index: 0, reason: expect.stringMatching(/^older-than-raw: .* keeps points$/) as string },
    ]);
    await eventually(async () => expect(await count(store)).toBe(0));
    expect(await count(store, "young")).toBe(2);
    expect(await store.listSeries("m")).toEqual([{ measurement: "m", tags: { device: "young" }, field: "value" }]);
  });

  it("is not led astray by a clock that leapt: what it had kept when it was last used stays, and is taken", async () => {
    const used = Date.now() - 3650 * 24 * 3_600_000;
    const before = await openStore();
    await before.write([point(used * 1_000)]);
    await before.close();
    for (const name of readdirSync(dataDir)) utimesSync(join(dataDir, name), used / 1_000, used / 1_000);
    const store = await openStore({ retention: { raw: 3_600_000 }, flushAfterMs: 1, retentionRoundMs: 1 });
    expect(await store.write([point(used * 1_000 + 1)])).toEqual({ refused: [] });
    // Two rounds of the housekeeping.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await count(store)).toBe(2);
  });

  it("takes no more series than it may, and goes on with those it has", async () => {
    const store = await openStore({ maxSeries: 3 });
    const { refused } = await store.write([point(1, "a"), point(1, "b"), point(1, "c"), point(1, "d"), point(2, "a")]);
    expect(refused).toEqual([{ index: 3, reason: expect.stringContaining("maximum of 3 series") as string }]);
    expect(await count(store, "a")).toBe(2);
  });

  it("knows its series again, ten thousand of them and whatever their names", async () => {
    const names = ["\u0000", "a\nb", '"', "\\", "é", "\u2028", ...Array.from({ length: 10_000 }, (_, i) => `f${i}`)];
    const store = await openStore();
    const fields = Object.fromEntries(names.map((name, i) => [name, i]));
    await store.write([{ measurement: "m", tags: { device: 'd"\u0000', site: "x" }, time: 1, fields }]);
    const before = await store.listSeries("m");
    await store.close();
    const again = await openStore();
    expect(await again.listSeries("m")).toEqual(before);
    await again.write([
      point(1, "new"),
      { measurement: "m", tags: { device: 'd"\u0000', site: "x" }, time: 2, fields },
    ]);
    expect(await again.listSeries("m")).toHaveLength(names.length + 1);
  });

  it("answers calls after its end with an error that says so", async () => {
    const store = await openStore();
    const writing = Array.from({ length: 20 }, (_, i) => store.write([point(i)]));
    await store.close();
    await Promise.all(writing);
    await expect(store.write([point(1)])).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await count(await openStore())).toBe(20);
  });
});
