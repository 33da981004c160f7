import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import type { EmbeddedStoreOptions } from "@headwater/time-series/embedded";
import type { SeriesRow, TimeSeriesStore } from "../src/time-series-store.ts";

const hour = 3_600_000_000;
const devices = Array.from({ length: 50 }, (_, i) => `d${i}`);

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "headwater-store-killed-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** A process opens the store and is killed a moment later. */
async function killedAfter(ms: number, options: Omit<EmbeddedStoreOptions, "dataDir">): Promise<void> {
  const script = fileURLToPath(new URL("hold-open.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify({ ...options, dataDir })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  await sleep(ms);
  child.kill("SIGKILL");
  await ended;
}

async function hours(store: TimeSeriesStore, aggregate: "sum" | "count"): Promise<SeriesRow[][]> {
  const all: SeriesRow[][] = [];
  for (const device of devices) {
    const rows: SeriesRow[] = [];
    const query = {
      measurement: "telemetry",
      tags: { device },
      field: "level",
      from: 0,
      to: 9e15,
      window: hour,
      aggregate,
    };
    for await (const some of store.query(query)) rows.push(...some);
    all.push(rows);
  }
  return all;
}

it("makes every roll-up once, out of all points, wherever it is killed", async () => {
  const now = Date.now() * 1_000;
  let store: TimeSeriesStore = await openEmbeddedStore({ dataDir });
  const times = Array.from({ length: 800 }, (_, i) => now - i * 360_000_000);
  // Some stay in the journal: they have to be in chunks before the first roll-up.
  for (let from = 0; from < times.length; from += 200) {
    await store.write(
      devices.flatMap((device, i) =>
        times.slice(from, from + 200).map((time, j) => ({
          measurement: "telemetry",
          tags: { device },
          time,
          fields: { level: i + ((from + j) % 64) / 8 },
        })),
      ),
    );
  }
  const before = [await hours(store, "sum"), await hours(store, "count")];
  await store.close();
  const options = { retention: { raw: hour / 1_000, minute: (24 * hour) / 1_000, hour: Infinity } };
  // JSON has no Infinity; what is not set stays as the file has it.
  await (await openEmbeddedStore({ dataDir, retention: { ...options.retention, raw: Infinity } })).close();
  for (const ms of [0, 280, 600]) {
    await killedAfter(ms, { retention: { raw: options.retention.raw } });
    // In the middle of it, too, what is not rolled up yet counts as points.
    store = await openEmbeddedStore({ dataDir });
    expect([await hours(store, "sum"), await hours(store, "count")]).toEqual(before);
    await store.close();
  }
  const again = await openEmbeddedStore({ dataDir });
  store = again;
  await eventually(
    () => again.isSettled(),
    (settled) => settled,
  );
  expect([await hours(store, "sum"), await hours(store, "count")]).toEqual(before);
  const spans = await store.classes({
    measurement: "m",
    tags: {},
    field: "f",
    from: 0,
    to: now,
    window: hour,
    aggregate: "sum",
  });
  expect(spans.map((span) => span.class)).toEqual(["hour", "raw"]);
  await store.close();
});
