/**
 * The mean of many devices over a year of minute data, as a new embedded store has it: ninety days of points, roll-ups
 * by the hour before them. The file is made by the store's own tables, since half a milliard of points would take an
 * hour to write; what is asked goes through the store.
 *
 *     node bench/year-of-fleet.ts [devices] [days of points]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import { openDatabase } from "../packages/time-series/src/embedded/database.ts";
import { Facts } from "../packages/time-series/src/embedded/facts.ts";
import { HourMaking } from "../packages/time-series/src/embedded/hour-making.ts";
import { Points } from "../packages/time-series/src/embedded/points.ts";
import type { Bucket } from "../packages/time-series/src/embedded/rollup/bucket.ts";
import { conditions, describe } from "./conditions.ts";

const [devices = 1_000, rawDays = 90] = process.argv.slice(2).map(Number);
const [minute, hour, day] = [60_000_000, 3_600_000_000, 86_400_000_000];
const to = Math.floor((Date.now() * 1_000) / day) * day;
const from = to - 364 * day;
const raw = to - rawDays * day;

console.log(describe(conditions()));
const dataDir = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-year-"));
try {
  fill();
  const store = await openEmbeddedStore({ dataDir, retention: { raw: Infinity, minute: 0, hour: Infinity } });
  for (const [name, every] of [
    ["12 h", 12 * hour],
    ["1 d", day],
  ] as const) {
    for (let round = 0; round < 2; round += 1) {
      const waiting = Array.from({ length: devices }, (_, i) => i).values();
      const windows = new Map<number, { sum: number; count: number }>();
      const [start, cpu] = [performance.now(), process.cpuUsage()];
      const one = async (): Promise<void> => {
        for (const i of waiting) {
          const query = { measurement: "telemetry", tags: { device: `d-${i}` }, field: "t", from, to };
          for await (const rows of store.query({ ...query, window: every, aggregate: "mean" })) {
            for (const [time, value] of rows) {
              const known = windows.get(time) ?? { sum: 0, count: 0 };
              windows.set(time, { sum: known.sum + Number(value), count: known.count + 1 });
            }
          }
        }
      };
      await Promise.all(Array.from({ length: 8 }, one));
      const { user, system } = process.cpuUsage(cpu);
      const [ms, used] = [(performance.now() - start).toFixed(0), ((user + system) / 1_000).toFixed(0)];
      console.log(
        `mean of ${devices} devices in windows of ${name}: ${windows.size} rows, ${ms} ms, ${used} ms of CPU`,
      );
    }
  }
  await store.close();
} finally {
  await rm(dataDir, { recursive: true });
}

function fill(): void {
  const start = performance.now();
  const { database } = openDatabase(join(dataDir, "time-series.sqlite"));
  database.exec("PRAGMA synchronous = OFF");
  const points = new Points(database, 1_000);
  const marks = { raw, minute: raw, hour: -Infinity };
  const facts = new Facts(database);
  facts.marks = marks;
  facts.reached = marks;
  facts.retention = { raw: Infinity, minute: 0, hour: Infinity };
  const count = (to - raw) / minute;
  const times = Float64Array.from({ length: count }, (_, i) => raw + i * minute);
  const values = Float64Array.from(times, (_, i) => 20 + Math.round(Math.sin(i / 300) * 50 + ((i * 7_919) % 13)) / 10);
  const buckets = Array.from({ length: (raw - from) / hour }, (_, i): Bucket => {
    const first = 20 + ((i * 7_919) % 97) / 10;
    const last = first + 0.3;
    return {
      start: from + i * hour,
      summary: { count: 60, sum: 60 * first + 9, min: first - 1, max: first + 1, first, last },
    };
  });
  for (let id = 1; id <= devices; id += 1) {
    points.inTransaction(() => {
      points.series.define({
        id,
        measurement: "telemetry",
        tags: JSON.stringify({ device: `d-${id - 1}` }),
        field: "t",
      });
      points.chunks.merge(id, { times, values });
      points.rollups.append(id, "hour", buckets);
    });
  }
  new HourMaking(points).step(Infinity);
  database.close();
  console.log(`filled in ${((performance.now() - start) / 1_000).toFixed(0)} s`);
}
