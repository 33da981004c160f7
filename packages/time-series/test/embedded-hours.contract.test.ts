import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import type { SeriesRow } from "../src/time-series-store.ts";

const minute = 60_000_000;
const day = 1_440 * minute;
const days = 20;
const series = { measurement: "telemetry", tags: { device: "a" }, field: "level" };

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "headwater-store-hours-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function sumsByDay(): Promise<SeriesRow[]> {
  const store = await openEmbeddedStore({ dataDir, flushAfterMs: 1 });
  const rows: SeriesRow[] = [];
  const query = { ...series, from: 0, to: days * day, window: day, aggregate: "sum" } as const;
  for await (const batch of store.query(query)) rows.push(...batch);
  // Long enough for a look around the house.
  await delay(400);
  await store.close();
  return rows;
}

/** Blocks of hours in the file. */
async function blocksOnDisk(): Promise<number> {
  const file = new DatabaseSync(join(dataDir, "time-series.sqlite"));
  const { n } = file.prepare("SELECT count(*) AS n FROM hour_blocks").get() as { n: number };
  file.close();
  return n;
}

it("an open store makes the hours of its points by itself, and answers the same with them", async () => {
  const store = await openEmbeddedStore({ dataDir, flushAfterMs: 1 });
  await store.write(
    Array.from({ length: days * 720 }, (_, i) => ({ ...series, time: 2 * i * minute, fields: { level: i % 97 } })),
  );
  await store.close();
  const before = await sumsByDay();
  expect(before).toHaveLength(days);
  await eventually(
    async () => [await sumsByDay(), await blocksOnDisk()] as const,
    ([rows, blocks]) => {
      expect(rows).toEqual(before);
      return blocks === days / 5 - 1;
    },
  );
  expect(await sumsByDay()).toEqual(before);
});
