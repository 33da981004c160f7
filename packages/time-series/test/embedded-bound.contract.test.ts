import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import type { EmbeddedStoreOptions, EmbeddedTimeSeriesStore } from "@headwater/time-series/embedded";

const hour = 3_600_000_000;
const hourMs = hour / 1_000;

let dataDir: string;
let store: EmbeddedTimeSeriesStore;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "headwater-store-bound-"));
});
afterEach(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const now = Date.now() * 1_000;
const series = { measurement: "telemetry", tags: { device: "d" }, field: "level" };

async function open(options: Omit<EmbeddedStoreOptions, "dataDir">): Promise<void> {
  store = await openEmbeddedStore({ dataDir, flushAfterMs: 1, retentionRoundMs: 20, ...options });
}

/** Values of all digits, over the last 200 hours. */
async function fill(): Promise<void> {
  const points = Array.from({ length: 60_000 }, (_, i) => ({
    measurement: series.measurement,
    tags: series.tags,
    time: now - 200 * hour + i * 12_000_000,
    fields: { level: Math.sin(i) },
  }));
  await store.write(points);
}

async function count(): Promise<number> {
  let sum = 0;
  const query = { ...series, from: 0, to: 9e15, window: hour, aggregate: "count" } as const;
  for await (const rows of store.query(query)) for (const [, value] of rows) sum += Number(value);
  return sum;
}

/** Minutes of values that have all digits and come five a minute would take more room than these. */
const retention = { raw: Infinity, minute: 0, hour: Infinity };

it("gives up the oldest points for its bound, keeps their roll-ups, and says so", async () => {
  // All of it takes about 600,000.
  const maxBytes = 450_000;
  await open({ retention });
  await fill();
  await store.close();
  await open({ maxBytes });
  await eventually(
    async () => (store.usage!().bytes ?? Infinity) <= maxBytes && (await store.isSettled()),
    (fits) => fits,
  );
  expect(await count()).toBe(60_000);
  const { marks } = store.usage!();
  expect(marks.raw).toBeGreaterThan(now - 200 * hour);
  expect(marks.raw).toBeLessThan(now - 24 * hour);
  expect(store.warnings?.()).toEqual([expect.stringMatching(/^points of the time-series store begin at .*Z/)]);
  const old = { measurement: "telemetry", tags: { device: "d" }, time: now - 199 * hour, fields: { level: 1 } };
  expect((await store.write([old])).refused[0]?.reason).toMatch(/^older-than-raw: /);
  // After a restart it is known without a look at the file.
  await store.close();
  await open({ maxBytes });
  expect(store.warnings?.()).toHaveLength(1);
});

it("keeps points that the log still has, and says that the bound cannot be kept", async () => {
  await open({ retention: { ...retention, hour: 0 }, maxBytes: 200_000, leastRawMs: 160 * hourMs });
  await fill();
  await eventually(
    () => Promise.resolve(store.warnings?.() ?? []),
    (all) => all.some((warning) => warning.includes("nothing left to give up")),
  );
  const { marks } = store.usage!();
  expect(marks.raw).toBeLessThanOrEqual(Date.now() * 1_000 - 160 * hour);
  let rows = 0;
  for await (const some of store.query({ ...series, from: now - 159 * hour, to: now + hour })) rows += some.length;
  expect(rows).toBe(159 * 300);
});
