/**
 * Writing to the time-series stores: CPU a point of this process (all threads) and of InfluxDB, and points a second. A
 * point has three numbers, as a device's message would. As many writes are under way at a time as the ingest service
 * has writers.
 *
 *     [HEADWATER_INFLUX_URL=… _ORG=… _BUCKET=… _TOKEN=…]
 *       node bench/time-series.ts [points] [devices] [points a write] [writes at a time]
 *
 * Without the settings of an InfluxDB only the embedded store is measured. The points stay in the bucket under a
 * measurement of their own until they are deleted at the end.
 */
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import { openInfluxStore } from "@headwater/time-series/influx";
import type { Point, TimeSeriesStore } from "@headwater/time-series";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

const [points = 2_000_000, devices = 1_000, batch = 5_000, atOnce = 2] = process.argv.slice(2).map(Number);
const measurement = `bench-${Date.now()}`;
const tags = Array.from({ length: devices }, (_, i) => ({ device: `device-${i}` }));
const began = (Date.now() - 86_400_000) * 1_000;

console.log(`machine   ${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}, stores and load on it`);
console.log(
  `load      ${points} points of three numbers, ${devices} devices in turn, ${batch} points a write, ${atOnce} at a time`,
);

await embedded();
if (process.env["HEADWATER_INFLUX_URL"]) await influx();
else console.log("influx    not measured: HEADWATER_INFLUX_URL is not set");

async function embedded(): Promise<void> {
  const dataDir = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-time-series-"));
  const store = await openEmbeddedStore({ dataDir });
  try {
    await measure("embedded", store);
    await reads("embedded", store);
  } finally {
    await store.close();
    const { size } = await stat(join(dataDir, "time-series.sqlite"));
    console.log(`embedded  ${(size / points / 3).toFixed(1)} bytes a value on disk`);
    await rm(dataDir, { recursive: true });
  }
}

async function influx(): Promise<void> {
  const store = openInfluxStore({
    url: setting("URL"),
    org: setting("ORG"),
    bucket: setting("BUCKET"),
    token: setting("TOKEN"),
    timeoutMs: 60_000,
  });
  try {
    await store.health();
    const pid = await influxdPid();
    const before = await cpuOf(pid);
    await measure("influx", store);
    const after = await cpuOf(pid);
    if (before !== undefined && after !== undefined) {
      console.log(`influx    ${((after - before) / points).toFixed(2)} µs of influxd's CPU a point`);
    }
    await reads("influx", store);
    await store.deleteRange(measurement, {}, 0, Number.MAX_SAFE_INTEGER);
  } finally {
    await store.close();
  }
}

async function measure(name: string, store: TimeSeriesStore): Promise<void> {
  const latencies: number[] = [];
  let made = 0;
  const start = performance.now();
  const cpu = process.cpuUsage();
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < points) {
      const at = next;
      next += batch;
      const makingFrom = process.threadCpuUsage();
      const written = pointsFrom(at, Math.min(points, at + batch));
      const making = process.threadCpuUsage(makingFrom);
      made += making.user + making.system;
      const sent = performance.now();
      const { refused } = await store.write(written);
      latencies.push(performance.now() - sent);
      if (refused.length > 0) throw new RangeError(`refused: ${refused[0]?.reason}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, writer));
  const seconds = (performance.now() - start) / 1_000;
  const used = process.cpuUsage(cpu);
  const micros = (used.user + used.system - made) / points;
  latencies.sort((a, b) => a - b);
  const quantile = (q: number): string => (latencies[Math.floor(q * (latencies.length - 1))] as number).toFixed(1);
  const rate = Math.round(points / seconds);
  console.log(
    `${name.padEnd(9)} ${rate} points/s, ${micros.toFixed(2)} µs of CPU a point (all threads, less making the points)`,
  );
  console.log(
    `${name.padEnd(9)} a write takes ${quantile(0.5)} ms (median), ${quantile(0.99)} ms (p99), ${quantile(1)} ms (most)`,
  );
}

async function reads(name: string, store: TimeSeriesStore): Promise<void> {
  const series = { measurement, tags: tags[0] as { device: string }, field: "temperature", from: 0, to: began + 1e12 };
  for (const query of [series, { ...series, window: 60_000_000, aggregate: "mean" as const }]) {
    const start = performance.now();
    let rows = 0;
    for await (const chunk of store.query(query)) rows += chunk.length;
    const what = "window" in query ? "means by the minute" : "raw rows";
    console.log(`${name.padEnd(9)} ${rows} ${what} of one device in ${(performance.now() - start).toFixed(1)} ms`);
  }
}

function pointsFrom(from: number, to: number): Point[] {
  return Array.from({ length: to - from }, (_, i) => {
    const n = from + i;
    return {
      measurement,
      tags: tags[n % devices] as { device: string },
      time: began + Math.floor(n / devices) * 1_000_000,
      fields: { temperature: 20 + (n % 97) / 10, humidity: 40 + (n % 13), pressure: 1_013.25 - (n % 7) },
    };
  });
}

/** The influxd of this machine, if there is exactly one and it may be looked at. */
async function influxdPid(): Promise<string | undefined> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (name.trim() === "influxd") found.push(pid);
  }
  return found.length === 1 ? found[0] : undefined;
}

/** Microseconds of CPU that a process has used; the kernel counts in hundredths of a second. */
async function cpuOf(pid: string | undefined): Promise<number | undefined> {
  if (pid === undefined) return undefined;
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function setting(name: string): string {
  return process.env[`HEADWATER_INFLUX_${name}`] ?? "";
}
