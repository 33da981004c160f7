import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RequestError } from "@headwater/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import type { TimeSeriesStore } from "../src/time-series-store.ts";

let folder: string;
const stores: TimeSeriesStore[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "headwater-store-backup-"));
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await rm(folder, { recursive: true, force: true });
});

async function open(name: string): Promise<TimeSeriesStore> {
  const store = await openEmbeddedStore({ dataDir: join(folder, name), headCapacity: 20_000, flushAfterMs: 100 });
  stores.push(store);
  return store;
}

const devices = Array.from({ length: 20 }, (_, i) => `d${i}`);
const batch = 50;

/** The nth write: the same points of every device, so that a write that is there in part is seen. */
function write(store: TimeSeriesStore, n: number): Promise<unknown> {
  return store.write(
    devices.flatMap((device) =>
      Array.from({ length: batch }, (_, i) => ({
        measurement: "telemetry",
        tags: { device },
        time: (n * batch + i) * 1_000_000,
        fields: { level: Math.sin(n * batch + i), state_text: `state ${i % 3}` },
      })),
    ),
  );
}

/** How many writes a store has, each of them whole. */
async function writesIn(store: TimeSeriesStore): Promise<number> {
  const counts = new Set<number>();
  for (const device of devices) {
    for (const field of ["level", "state_text"]) {
      let rows = 0;
      const query = { measurement: "telemetry", tags: { device }, field, from: 0, to: 9e15 };
      for await (const some of store.query(query)) rows += some.length;
      counts.add(rows);
    }
  }
  expect(counts.size).toBe(1);
  return [...counts][0]! / batch;
}

async function restored(file: string, name: string): Promise<TimeSeriesStore> {
  mkdirSync(join(folder, name), { mode: 0o700 });
  await rename(file, join(folder, name, "time-series.sqlite"));
  return open(name);
}

it("is a whole store, of everything before it and whole writes since, while writes go on", async () => {
  const store = await open("store");
  let written = 0;
  for (; written < 60; written++) await write(store, written);
  const file = join(folder, "copy.sqlite");
  let isDone = false;
  const copying = store.backup!(file).finally(() => (isDone = true));
  await expect(store.backup!(join(folder, "second.sqlite"))).rejects.toThrow(RequestError);
  while (!isDone && written < 400) await write(store, written++);
  await copying;
  for (let more = 0; more < 5; more++) await write(store, written++);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const copy = await restored(file, "copy");
  const there = await writesIn(copy);
  expect(there).toBeGreaterThanOrEqual(60);
  expect(there).toBeLessThanOrEqual(written);
  expect(await writesIn(store)).toBe(written);
  // It goes on as a store of its own.
  await write(copy, there);
  expect(await writesIn(copy)).toBe(there + 1);
});

it("is given up when the store is closed, which does not wait for it", async () => {
  const store = await open("store");
  for (let n = 0; n < 60; n++) await write(store, n);
  const file = join(folder, "copy.sqlite");
  const copying = store.backup!(file).then(
    () => "done",
    (error: Error) => error.name,
  );
  await store.close();
  // A small one may have been done before.
  expect(["done", "InvariantError", "StoreUnavailableError"]).toContain(await copying);
  expect(await writesIn(await open("store"))).toBe(60);
});

it("harms nothing when the process is killed in the middle", async () => {
  const store = await open("store");
  for (let n = 0; n < 60; n++) await write(store, n);
  await store.close();
  const script = fileURLToPath(new URL("back-up.ts", import.meta.url));
  for (const ms of [0, 5, 20]) {
    const file = join(folder, `copy-${ms}.sqlite`);
    const child = spawn(process.execPath, [script, join(folder, "store"), file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, ms));
    child.kill("SIGKILL");
    await ended;
    const again = await open("store");
    expect(await writesIn(again)).toBe(60);
    await again.close();
    rmSync(file, { force: true });
  }
});
