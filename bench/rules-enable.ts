import { fork } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { nowMicros, silentLogger } from "@headwater/core";
import { partitionFor, topicNames, topicSpecs } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { events } from "@headwater/proto";
import { adminTokenAuth, createHttpServer, createMetrics } from "@headwater/service";
import { createRulesApp } from "../rules-service/src/app.ts";
import { rulesConfig } from "../rules-service/src/config.ts";

// What many rules on many devices cost at once: enabled with history, and restarted.
//
//   node bench/rules-enable.ts                                     # 300 rules × 4,000 devices, an hour of history
//   node bench/rules-enable.ts --rules 10 --devices 100000 --condition window --readings 6
//
// The real rules service on the embedded log, in a process of its own for each phase; by hand `--phase fill`, `enable`
// or `restart` with `--folder`, as for a profile (`--cpu-prof`). `heldMs` is the most CPU that the main thread took
// between two turns of a timer, so the longest that the event loop was held; `lateMs` the longest that a timer of 5 ms
// was late, which on a busy machine is also what others took of the processor. `ready…`: until all partitions were
// evaluated; the figures of a restart go on to the checkpoint that is written beside that.

const { values } = parseArgs({
  options: {
    rules: { type: "string", default: "300" },
    devices: { type: "string", default: "4000" },
    readings: { type: "string", default: "60" },
    condition: { type: "string", default: "threshold" },
    phase: { type: "string" },
    folder: { type: "string" },
  },
});
const rules = Number(values.rules);
const devices = Number(values.devices);
const readings = Number(values.readings);
const partitions = 4;
const topics = topicNames();
const token = "0123456789abcdef0123456789abcdef";
const hour = 3_600_000_000;

const conditions: Record<string, (index: number) => Record<string, unknown>> = {
  threshold: (index) => ({ metric: "t", op: ">", threshold: 60 + index / 8, clearBelow: 55 + index / 8 }),
  held: (index) => ({ metric: "t", op: ">", threshold: 60 + index / 8, clearBelow: 55 + index / 8, for: "30s" }),
  window: (index) => ({ metric: "t", window: { over: "5m" }, aggregate: "mean", above: 60 + index }),
};

async function fill(folder: string): Promise<void> {
  const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  await log.ensureTopics(topicSpecs(partitions));
  const lanes = Array.from({ length: partitions }, () => 0);
  const walk = Array.from({ length: devices }, () => 50);
  let seed = 42;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const end = nowMicros();
  let batch: { key: string; partition: number; value: Uint8Array; headers: Record<string, string> }[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await log.append(topics.telemetry, batch);
    batch = [];
  };
  for (let round = 0; round < readings; round++) {
    for (let device = 0; device < devices; device++) {
      const id = `device-${device}`;
      const partition = partitionFor(id, partitions);
      walk[device] = Math.min(100, Math.max(0, walk[device]! + (random() - 0.5) * 10));
      const time = end - hour + Math.floor((hour / readings) * round) + device;
      const value = events.telemetry.encode({
        ...{ gateway: "gateway", epoch: 1, n: (lanes[partition]! += 1), receivedAt: time, device: id, eventTime: time },
        readings: [{ metric: "t", number: walk[device] }],
      });
      batch.push({ key: id, partition, value, headers: {} });
      if (batch.length === 5000) await flush();
    }
  }
  await flush();
  await log.close();
}

async function service(folder: string) {
  const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  const metrics = createMetrics({ service: "rules", processMetrics: false });
  const logger = silentLogger;
  const http = await createHttpServer({
    ...{ logger, metrics, auth: adminTokenAuth(token), host: "127.0.0.1", port: 0, title: "rules" },
    readiness: () => [],
  });
  // A checkpoint is waited for that covers all telemetry, and that is not due by bytes.
  const config = { rules: rulesConfig({ checkpointMs: 5000 }) };
  const app = createRulesApp({
    ...{ log, topics, partitions, logger, metrics, http, config },
    ...{ instance: "bench", dataDir: join(folder, "bench") },
  });
  const call = async (method: "GET" | "POST", url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await http.inject({ method, url, headers, ...(payload !== undefined && { payload }) });
    if (response.statusCode >= 400) throw new TypeError(`${method} ${url}: ${response.statusCode} ${response.body}`);
    return JSON.parse(response.body) as { items: { state: string }[] };
  };
  return { log, http, app, call, metrics };
}

/** Of the main thread, milliseconds. */
function threadCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

type Log = Awaited<ReturnType<typeof service>>["log"];
type Metrics = Awaited<ReturnType<typeof service>>["metrics"];

/** Watches the process until it is told to end. */
function watch() {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const began = performance.now();
  const cpu = process.cpuUsage();
  let peak = 0;
  let held = 0;
  let before = threadCpu();
  let turns = 0;
  const sampling = setInterval(() => {
    const now = threadCpu();
    held = Math.max(held, now - before);
    before = now;
    turns += 1;
    if (turns % 50 === 0) peak = Math.max(peak, process.memoryUsage.rss());
  }, 1);
  return () => {
    clearInterval(sampling);
    delay.disable();
    const { user, system } = process.cpuUsage(cpu);
    return {
      seconds: (performance.now() - began) / 1000,
      cpuSeconds: (user + system) / 1e6,
      heldMs: held,
      lateMs: delay.max / 1e6,
      peakMib: peak / 2 ** 20,
    };
  };
}

/**
 * Until every partition ends with a checkpoint that covers its telemetry. Only the end of the state log is read, and
 * only when it is another: to read all of it would be as much work as what is measured, and as much memory.
 */
async function untilCovered(log: Log): Promise<void> {
  const ends = await endsOf(log, topics.telemetry);
  const seen = new Map<number, number>();
  const covered = new Set<number>();
  while (covered.size < ends.size) {
    await sleep(100);
    for (const [partition, end] of await endsOf(log, topics.ruleState)) {
      if (end === 0 || seen.get(partition) === end) continue;
      seen.set(partition, end);
      for await (const { records } of log.read(topics.ruleState, partition, { fromOffset: end - 1 })) {
        const { value } = records.at(-1)!;
        const checkpoint = value === null ? null : events.ruleState.decode(value).checkpoint;
        if (checkpoint?.complete === true && checkpoint.offset >= ends.get(partition)!) covered.add(partition);
      }
    }
  }
}

/** Until so many checkpoints were written: to look for them in the log would be much of what is measured. */
async function untilWritten(metrics: Metrics, checkpoints: number): Promise<void> {
  const name = "headwater_rules_checkpoints_total";
  const written = async () => (await metrics.register.getSingleMetric(name)!.get()).values[0]?.value ?? 0;
  while ((await written()) < checkpoints) await sleep(50);
}

/** What the records of a topic hold in keys and values, from these offsets on (MiB). */
async function mibOf(log: Log, topic: string, from: ReadonlyMap<number, number>): Promise<number> {
  let bytes = 0;
  for (const [partition, fromOffset] of from) {
    for await (const { records } of log.read(topic, partition, { fromOffset })) {
      for (const { key, value } of records) bytes += (key?.length ?? 0) + (value?.length ?? 0);
    }
  }
  return bytes / 2 ** 20;
}

async function endsOf(log: Log, topic: string): Promise<Map<number, number>> {
  return new Map((await log.positions(topic)).map(({ partition, end }) => [partition, end]));
}

/** As a gateway without devices: its marks let clocks advance, and checkpoints cover what was enabled. */
function markEachSecond(log: Log, name: string): NodeJS.Timeout {
  let n = 0;
  return setInterval(() => {
    n += 1;
    const receivedAt = nowMicros();
    const value = events.telemetry.encode({ gateway: `marks-${name}`, epoch: 1, n, receivedAt });
    const records = Array.from({ length: partitions }, (_, partition) => ({
      key: null,
      partition,
      value,
      headers: {},
    }));
    void log.append(topics.telemetry, records);
  }, 1000);
}

async function phase(name: string, folder: string) {
  const { log, http, app, call, metrics } = await service(folder);
  const states = async () => {
    const live = new Set<string>();
    let rest = "";
    do {
      const page = (await call("GET", `/api/v1/rules?limit=1000${rest}`)) as unknown as {
        items: { id: string; state: string }[];
        next?: string;
      };
      for (const { id, state } of page.items) if (state === "live") live.add(id);
      rest = page.next === undefined || page.next === null ? "" : `&cursor=${page.next}`;
    } while (rest !== "");
    return live.size;
  };
  // The schemas of all routes are compiled with the first request.
  await http.inject({ method: "GET", url: "/health/live" });
  const stateEnds = await endsOf(log, topics.ruleState);
  const marks = markEachSecond(log, name);
  let end = watch();
  const starting = watch();
  await app.start();
  while (app.notReady().length > 0) await sleep(10);
  const ready = starting();
  if (name === "enable") {
    await untilCovered(log);
    for (let index = 0; index < rules; index++) {
      await call("POST", "/api/v1/rules", { id: `rule-${index}`, condition: conditions[values.condition]!(index) });
    }
    end();
    end = watch();
    const all: Promise<unknown>[] = [];
    for (let index = 0; index < rules; index++) {
      all.push(call("POST", `/api/v1/rules/rule-${index}/enable`));
      // Over a socket each request has a turn of its own.
      await turn();
    }
    await Promise.all(all);
  }
  while ((await states()) < rules) await sleep(500);
  // The first of each partition covers what it had to go through.
  if (name === "restart") await untilWritten(metrics, partitions);
  const figures = end();
  // Until what was enabled is adopted, its alerts are told, and a checkpoint covers both.
  const settling = watch();
  await untilCovered(log);
  const settled = settling();
  const alertEnds = await endsOf(log, topics.alerts);
  const alerts = [...alertEnds.values()].reduce((sum, each) => sum + each, 0);
  // What the read model of alerts has left to fold is no part of a restart.
  for (const [partition, end] of alertEnds) {
    const folded = () => call("GET", `/api/v1/alerts?limit=1&after=${topics.alerts}/${partition}/${end - 1}`);
    while (end > 0 && (await folded().catch(() => undefined)) === undefined);
  }
  clearInterval(marks);
  const stateMib = await mibOf(log, topics.ruleState, stateEnds);
  const telemetryMib = await mibOf(log, topics.telemetry, new Map([...stateEnds.keys()].map((each) => [each, 0])));
  await app.stop();
  await http.close();
  await log.close();
  return {
    readySeconds: ready.seconds,
    readyCpuSeconds: ready.cpuSeconds,
    readyHeldMs: ready.heldMs,
    ...figures,
    afterSeconds: settled.seconds,
    afterCpuSeconds: settled.cpuSeconds,
    afterHeldMs: settled.heldMs,
    afterPeakMib: settled.peakMib,
    alerts,
    stateMib,
    telemetryMib,
  };
}

async function child(name: string, folder: string): Promise<Record<string, number>> {
  const options = Object.entries(values).flatMap(([key, value]) =>
    key === "phase" || key === "folder" ? [] : [`--${key}`, value],
  );
  const nodeFlags = (process.env["BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");
  const forked = fork(import.meta.filename, [...options, "--phase", name, "--folder", folder], {
    // As `headwater` starts itself.
    execArgv: ["--max-semi-space-size=8", "--no-memory-protection-keys", ...process.execArgv, ...nodeFlags],
  });
  let figures: Record<string, number> = {};
  forked.on("message", (message) => (figures = message as Record<string, number>));
  const code = await new Promise<number | null>((resolve) => void forked.on("exit", resolve));
  if (code !== 0) throw new TypeError(`${name} ended with ${code}`);
  return figures;
}

if (values.phase !== undefined) {
  const figures = values.phase === "fill" ? await fill(values.folder!) : await phase(values.phase, values.folder!);
  // Started by hand, for a profile of one phase.
  if (process.send === undefined) console.log(figures);
  else process.send(figures ?? {}, () => process.exit(0));
} else {
  const folder = await mkdtemp(join(tmpdir(), "headwater-rules-enable-"));
  try {
    console.log(
      `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(2)}, Node ${process.version}`,
    );
    console.log(`${rules} rules (${values.condition}) × ${devices} devices, ${readings} readings each\n`);
    await child("fill", folder);
    for (const name of ["enable", "restart"]) {
      const figures = Object.entries(await child(name, folder)).map(([key, value]) => `${key} ${value.toFixed(1)}`);
      console.log(`${name.padEnd(8)} ${figures.join("  ")}`);
    }
    console.log(`log ${((await stat(join(folder, "log", "event-log.db"))).size / 2 ** 20).toFixed(0)} MiB`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
