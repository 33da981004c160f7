/**
 * What dashboards ask of the embedded store: the latest values of a fleet, a year of minutes as a chart, the mean of a
 * thousand devices, and how long a write waits meanwhile.
 *
 *     node bench/queries.ts [devices of the latest] [devices of the mean]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import type { Point, SeriesQuery } from "@headwater/time-series";

const [fleet = 10_000, meanOf = 1_000] = process.argv.slice(2).map(Number);
const measurement = "telemetry";
const minute = 60_000_000;
const year = 365 * 1_440;
const began = Date.UTC(2025, 0, 1) * 1_000;

console.log(`machine   ${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}`);
const dataDir = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-queries-"));
let store = await openEmbeddedStore({ dataDir });
try {
  await fill();
  await store.close();
  store = await openEmbeddedStore({ dataDir });
  await latest();
  await chart();
  await mean();
} finally {
  await store.close();
  await rm(dataDir, { recursive: true });
}

async function fill(): Promise<void> {
  const start = performance.now();
  await write(year, (n) => point("d-0", n, "temperature"));
  // A day of minutes each.
  await write(meanOf * 1_440, (n) => point(`d-${n % meanOf}`, year + Math.floor(n / meanOf), "humidity"));
  await write(fleet, (n) => point(`f-${n}`, year, "temperature"));
  console.log(`filled    in ${((performance.now() - start) / 1_000).toFixed(1)} s`);
}

async function write(count: number, pointOf: (n: number) => Point): Promise<void> {
  for (let at = 0; at < count; at += 10_000) {
    await store.write(Array.from({ length: Math.min(10_000, count - at) }, (_, i) => pointOf(at + i)));
  }
}

function point(device: string, at: number, metric: string): Point {
  return { measurement, tags: { device }, time: began + at * minute, fields: { [metric]: 20 + ((at * 7_919) % 97) } };
}

async function latest(): Promise<void> {
  const tagSets = Array.from({ length: fleet }, (_, i) => ({ device: `f-${i}` }));
  for (const when of ["the first time", "again", "again"]) {
    const [found, ms] = await timed(() => store.latestOf(measurement, tagSets));
    console.log(`latest    of ${found.filter((each) => each.length === 1).length} devices in ${ms} ms, ${when}`);
  }
}

async function chart(): Promise<void> {
  const series = { measurement, tags: { device: "d-0" }, field: "temperature", from: began, to: began + year * minute };
  for (const aggregate of ["mean", "mean", "max", "p95", "increase"] as const) {
    const window = Math.ceil(year / 1_000) * minute;
    const [rows, ms] = await timed(() => read({ ...series, window, aggregate }));
    console.log(`chart     of a year of minutes, ${rows} points of ${aggregate}, in ${ms} ms`);
  }
}

async function mean(): Promise<void> {
  const day = { from: began + year * minute, to: began + (year + 1_440) * minute };
  const [rows, ms] = await timed(async () => {
    let total = 0;
    const next = Array.from({ length: meanOf }, (_, i) => i);
    const one = async (): Promise<void> => {
      for (let i = next.pop(); i !== undefined; i = next.pop()) {
        const tags = { device: `d-${i}` };
        const ofOne = await read({
          measurement,
          tags,
          field: "humidity",
          ...day,
          window: 15 * minute,
          aggregate: "mean",
        });
        total += ofOne;
      }
    };
    await Promise.all([one(), one(), one(), one()]);
    return total;
  });
  console.log(`mean      windows of ${meanOf} devices over a day of minutes, ${rows} rows, in ${ms} ms`);
}

async function read(query: SeriesQuery): Promise<number> {
  let rows = 0;
  for await (const batch of store.query(query)) rows += batch.length;
  return rows;
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, string]> {
  const start = performance.now();
  const result = await work();
  return [result, (performance.now() - start).toFixed(1)];
}
