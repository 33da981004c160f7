import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import type { SeriesRow, TimeSeriesStore } from "../src/time-series-store.ts";

const T0 = 1_700_000_000_000_000;
const points = 700;

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "headwater-store-versions-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function unpack(version: string): void {
  for (const name of ["time-series.sqlite", "time-series.sqlite-wal"]) {
    const packed = readFileSync(new URL(`golden/${version}/${name}.gz`, import.meta.url));
    writeFileSync(join(dataDir, name), gunzipSync(packed), { mode: 0o600 });
  }
}

async function rows(store: TimeSeriesStore, device: string, field: string): Promise<SeriesRow[]> {
  const all: SeriesRow[] = [];
  const query = { measurement: "telemetry", tags: { device }, field, from: 0, to: 9e15 };
  for await (const chunk of store.query(query)) all.push(...chunk);
  return all;
}

const level = (device: string, i: number): number => i / 8 + (device === "b" ? 1_000 : 0);
const time = (i: number): number => T0 + i * 1_000_000;

async function expectAll(store: TimeSeriesStore): Promise<void> {
  const numbers = Array.from({ length: points }, (_, i) => i);
  for (const device of ["a", "b"]) {
    expect(await rows(store, device, "level")).toEqual(numbers.map((i) => [time(i), level(device, i)]));
    expect(await rows(store, device, "state_text")).toEqual(numbers.map((i) => [time(i), `state ${i % 7}`]));
  }
}

describe.each(["0.1.0", "schema-2", "schema-3"])("a file of %s", (version) => {
  it("opens with all that it has, takes points between those, and is of today's version then", async () => {
    unpack(version);
    // So little memory that points move into chunks at once.
    let store = await openEmbeddedStore({ dataDir, headCapacity: 64, flushAfterMs: 1 });
    await expectAll(store);
    expect(store.warnings?.()).toEqual([]);
    const late = [0, 1, 350, 699].map((i) => ({
      measurement: "telemetry",
      tags: { device: "a" },
      time: time(i) + 1,
      fields: { level: -i, state_text: "late" },
    }));
    await store.write(late);
    await store.close();
    store = await openEmbeddedStore({ dataDir });
    expect(await rows(store, "a", "level")).toHaveLength(points + late.length);
    await store.deleteRange("telemetry", { device: "a" }, time(0) + 1, time(0) + 2);
    for (const { time: at } of late) await store.deleteRange("telemetry", { device: "a" }, at, at + 1);
    await expectAll(store);
    expect(store.warnings?.()).toEqual([]);
    await store.close();
    const file = new DatabaseSync(join(dataDir, "time-series.sqlite"));
    expect(file.prepare("PRAGMA user_version").get()).toEqual({ user_version: 4 });
    file.close();
  });
});
