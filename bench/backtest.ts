import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { silentLogger } from "@headwater/core";
import { partitionFor, topicNames, topicSpecs, type EventLog, type OutgoingRecord } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { events, telemetryHeaders } from "@headwater/proto";
import { createMetrics, FoldedEvents, SkippedRecords } from "@headwater/service";
import { Backtests } from "../rules-service/src/backtests/backtests.ts";
import { BacktestStore } from "../rules-service/src/backtests/kept/backtest-store.ts";
import { parseRule } from "../rules-service/src/definition/index.ts";

// How many events a second a backtest evaluates.
//
//   node bench/backtest.ts                 the embedded log
//   HEADWATER_KAFKA_BROKERS=… node bench/backtest.ts   and Kafka
//
// Events of three fields from 1,000 devices, of which the rule judges one. CPU is that of this process with all its
// threads (of Kafka only the client's side); THREADS is how many evaluate.

const EVENTS = Number(process.env["EVENTS"] ?? 2_000_000);
const THREADS = Number(process.env["THREADS"] ?? 1);
const DEVICES = 1000;
const PARTITIONS = 4;
const second = 1_000_000;

async function fill(log: EventLog, topic: string): Promise<void> {
  let seed = 42;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const devices = Array.from({ length: DEVICES }, (_, i) => ({
    id: `device-${i}`,
    partition: partitionFor(`device-${i}`, PARTITIONS),
    value: 50,
  }));
  const n = Array.from({ length: PARTITIONS }, () => 0);
  const start = Date.now() * 1000 - (EVENTS / DEVICES) * second;
  for (let done = 0; done < EVENTS;) {
    const records: OutgoingRecord[] = [];
    for (const end = Math.min(EVENTS, done + 5000); done < end; done += 1) {
      const device = devices[done % DEVICES]!;
      const time = start + Math.floor(done / DEVICES) * second + (done % DEVICES) * 100;
      device.value = Math.min(100, Math.max(0, device.value + (random() - 0.5) * 2));
      const readings = [
        { metric: "temperature", number: device.value },
        { metric: "pressure", number: 3.25 },
        { metric: "humidity", number: 44 },
      ];
      const identity = { gateway: "gateway-1", epoch: 1_234_567, n: (n[device.partition]! += 1), receivedAt: time };
      const value = events.telemetry.encode({ ...identity, device: device.id, eventTime: time, readings });
      records.push({ key: device.id, value, headers: telemetryHeaders.event });
    }
    await log.append(topic, records);
  }
}

async function run(name: string, log: EventLog, prefix: string, folder: string, metric: string): Promise<void> {
  const topics = topicNames(prefix);
  const metrics = createMetrics({ service: "bench", processMetrics: false });
  const skipped = new SkippedRecords({ metrics, logger: silentLogger, reader: "bench" });
  const store = new BacktestStore({ dataDir: folder, logger: silentLogger, maxKept: 10 });
  const backtests = new Backtests({
    ...{ log, topics, store, logger: silentLogger, threads: THREADS, maxRunning: 1 },
    ...{ idleMs: 30_000, lookBackMs: 3_600_000 },
    folded: new FoldedEvents({ topics, partitions: PARTITIONS, skipped }),
    onRecords() {},
    onEnded() {},
  });
  const parsed = parseRule({ id: "hot", condition: { metric, above: 70, clearBelow: 65 } });
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  const tried = { id: "hot", revision: undefined, definition: parsed.definition };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  for (const round of [1, 2, 3]) {
    const now = Date.now() * 1000;
    const cpu = process.cpuUsage();
    const main = process.threadCpuUsage?.();
    const begun = performance.now();
    delay.reset();
    delay.enable();
    const { id } = backtests.add({ tried, against: undefined, from: now - 3600 * second, to: now, by: "bench" });
    await new Promise<void>((resolve) => {
      const unwatch = backtests.watch(id, ({ state }) => {
        if (state === "running" || state === "queued") return;
        unwatch();
        resolve();
      });
    });
    delay.disable();
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const own = main && process.threadCpuUsage(main);
    const { records, state, error } = backtests.get(id);
    if (state !== "done" || records < EVENTS) throw new TypeError(`${state} after ${records} records: ${error}`);
    const columns = [
      `${name}, ${metric}, round ${round}`.padEnd(40),
      `${Math.round(records / seconds).toLocaleString("en")} events/s`.padStart(20),
      `${((user + system) / records).toFixed(2)} µs CPU an event`.padStart(24),
      own === undefined ? "" : `${((own.user + own.system) / records).toFixed(2)} µs of it in the main thread`,
      `longest delay of the event loop ${(delay.max / 1e6).toFixed(0)} ms`,
      `${store.countEpisodes(id)} episodes`,
    ];
    console.log(columns.join("  "));
  }
  await backtests.stop();
}

async function bench(name: string, log: EventLog, prefix: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-bench-backtest-"));
  try {
    await log.ensureTopics(topicSpecs(PARTITIONS, prefix));
    await fill(log, topicNames(prefix).telemetry);
    await run(name, log, prefix, join(folder, "a"), "temperature");
    await run(name, log, prefix, join(folder, "b"), "elsewhere");
  } finally {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(
  `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(2)}, Node ${process.version}`,
);
console.log(
  `${EVENTS} events of three fields, ${DEVICES} devices, ${PARTITIONS} partitions, ${THREADS} evaluating threads\n`,
);
const dataDir = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "headwater-bench-"));
try {
  await bench("embedded", await openEmbeddedLog({ dataDir }), "");
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) console.log("\nKafka: not measured; HEADWATER_KAFKA_BROKERS names none");
else {
  const log = await openKafkaLog({ brokers: brokers.split(","), clientId: "bench" });
  await bench("Kafka", log, `bench.${process.pid}.${Date.now()}.`);
}
