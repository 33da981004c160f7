/**
 * CPU of the ingest service for an event of three fields: from the real Kafka into the real InfluxDB, a backlog as fast
 * as it goes. Service, Kafka and InfluxDB share this machine, as they do when they are compared with other pairs.
 *
 *     HEADWATER_KAFKA_BROKERS=… HEADWATER_INFLUX_URL=… _ORG=… _TOKEN=… node bench/ingest.ts [events] [devices]
 *
 * HEADWATER_INGEST_* settings are passed on; BENCH_NODE_FLAGS are flags for the service's node.
 */
import { openKafkaLog } from "@headwater/event-log/kafka";
import { type OutgoingRecord, partitionFor, topicNames, topicSpecs } from "@headwater/event-log";
import { events, telemetryHeaders } from "@headwater/proto";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

const [count = 1_000_000, devices = 1000] = process.argv.slice(2).map(Number);
const { HEADWATER_KAFKA_BROKERS: brokers, HEADWATER_INFLUX_URL: url, HEADWATER_INFLUX_TOKEN: token } = process.env;
if (brokers === undefined || url === undefined || token === undefined) {
  throw new RangeError(
    "HEADWATER_KAFKA_BROKERS, HEADWATER_INFLUX_URL, _ORG and _TOKEN have to be set; see npm run servers",
  );
}

const partitions = 12;
const run = `bench-ingest-${Date.now()}`;
const prefix = `${run}.`;
const topics = topicNames(prefix);
const group = "ingest";
/** The start of the process and the first, unoptimised records are not what a service does all day. */
const warmUp = count / 5;

const dataDir = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-ingest-"));
const log = await openKafkaLog({ brokers: brokers.split(","), clientId: "bench" });
await log.ensureTopics(topicSpecs(partitions, prefix));
const bucketId = await createBucket();
await fill();
const started = performance.now();
const child = startIngest();
try {
  const samples = [await sample()];
  while (samples.at(-1)!.stored < count) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    samples.push(await sample());
  }
  const last = samples.find(({ stored }) => stored >= count)!;
  const first = samples.find(({ stored }) => stored >= warmUp)!;
  const stored = last.stored - first.stored;
  const rate = stored / (last.at - first.at);
  console.log(
    `machine     ${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}; service, Kafka and InfluxDB on it`,
  );
  console.log(
    `backlog     ${count} events of three fields, ${devices} devices, ${partitions} partitions; measured after the first ${warmUp}`,
  );
  console.log(
    `CPU         ${(((last.cpu - first.cpu) / stored) * 1e6).toFixed(2)} µs an event, all threads of the service`,
  );
  console.log(`throughput  ${Math.round(rate * 1000)} events a second, each stored and its offset committed`);
  console.log(
    `from start  ${((last.at - started) / 1000).toFixed(1)} s to the last event, ${last.cpu.toFixed(1)} s of CPU`,
  );
  console.log(`memory      ${Math.round(last.memory / 1024 / 1024)} MiB resident at the end`);
} finally {
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  await log.close();
  await influx("DELETE", `/api/v2/buckets/${bucketId}`);
  await rm(dataDir, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  const lanes = new Array<number>(partitions).fill(0);
  const ids = Array.from({ length: devices }, (_, index) => `${run}-${index}`);
  const now = Date.now() * 1000 - count * 1000;
  for (let at = 0; at < count;) {
    const records: OutgoingRecord[] = [];
    for (; at < count && records.length < 5000; at += 1) {
      const device = ids[at % devices]!;
      const partition = partitionFor(device, partitions);
      lanes[partition]! += 1;
      const value = events.telemetry.encode({
        gateway: "bench",
        epoch: 4_503_599_627_370_001,
        n: lanes[partition],
        receivedAt: now + at * 1000,
        device,
        eventTime: now + at * 1000,
        readings: [
          { metric: "temperature", number: 20 + (at % 100) / 10 },
          { metric: "pressure", number: 1000 + (at % 1000) },
          { metric: "humidity", number: (at % 10_000) / 100 },
        ],
      });
      records.push({ key: device, value, headers: telemetryHeaders.event });
    }
    await log.append(topics.telemetry, records);
  }
}

function startIngest(): ChildProcess {
  const flags = process.env["BENCH_NODE_FLAGS"]?.split(" ") ?? [];
  const own = Object.entries(process.env).filter(([name]) => name.startsWith("HEADWATER_INGEST_"));
  return spawn(process.execPath, [...flags, join(import.meta.dirname, "../cli/src/main.ts"), "start", "ingest"], {
    env: {
      PATH: process.env["PATH"],
      HEADWATER_EVENT_LOG: "kafka",
      HEADWATER_KAFKA_BROKERS: brokers,
      HEADWATER_TOPIC_PREFIX: prefix,
      HEADWATER_PARTITIONS: String(partitions),
      HEADWATER_TIME_SERIES: "influx",
      HEADWATER_INFLUX_URL: url,
      HEADWATER_INFLUX_ORG: org(),
      HEADWATER_INFLUX_BUCKET: run,
      HEADWATER_INFLUX_TOKEN: token,
      HEADWATER_DATA_DIR: dataDir,
      HEADWATER_HTTP_PORT: "0",
      HEADWATER_LOG_LEVEL: "warn",
      HEADWATER_INGEST_COMMIT_MS: "100",
      ...Object.fromEntries(own),
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function sample(): Promise<{ at: number; stored: number; cpu: number; memory: number }> {
  if (child.exitCode !== null) throw new RangeError(`the service ended with ${child.exitCode}`);
  const committed = await log.committed(group, [topics.telemetry]);
  const stat = await readFile(`/proc/${child.pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    at: performance.now(),
    stored: committed.reduce((sum, { offset }) => sum + offset, 0),
    // Seconds of user and system time of all threads.
    cpu: (Number(fields[11]) + Number(fields[12])) / 100,
    memory: Number((await readFile(`/proc/${child.pid}/statm`, "utf8")).split(" ")[1]) * 4096,
  };
}

function org(): string {
  return process.env["HEADWATER_INFLUX_ORG"] ?? "headwater";
}

async function createBucket(): Promise<string> {
  const { orgs } = (await influx("GET", `/api/v2/orgs?org=${encodeURIComponent(org())}`)) as { orgs: { id: string }[] };
  const bucket = { name: run, orgID: orgs[0]!.id, retentionRules: [] };
  return ((await influx("POST", "/api/v2/buckets", bucket)) as { id: string }).id;
}

async function influx(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Token ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new RangeError(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}
