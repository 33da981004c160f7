/**
 * CPU of the gateway for a message: QoS 1 from raw MQTT connections, through the spool (fsynced before the acknowledgement), into the real Kafka. The
 * gateway, the load and Kafka share this machine, as they do when they are compared with other pairs.
 *
 *     HEADWATER_KAFKA_BROKERS=… node bench/gateway.ts [seconds] [connections] [in flight]
 */
import { openKafkaLog, topicNames, topicSpecs } from "@headwater/event-log";
import { registerDevice } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import { nowMicros, randomToken, sha256 } from "@headwater/service-kit";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const [seconds = 15, connections = 100, inFlight = 30] = process.argv.slice(2).map(Number);
const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) throw new RangeError("HEADWATER_KAFKA_BROKERS has to name a Kafka; see npm run servers");

const partitions = 12;
const prefix = `bench-gateway-${Date.now()}.`;
const dataDir = await mkdtemp(join(process.env["BENCH_DIR"] ?? tmpdir(), "bench-gateway-"));
const log = await openKafkaLog({ brokers: brokers.split(","), clientId: "bench" });
await log.ensureTopics(topicSpecs(partitions, prefix));
const password = await registerDevices();
const gateway = await startGateway();
try {
  await load(3);
  const [cpuBefore, landedBefore] = [await cpuOf(gateway.child.pid!), await landed()];
  const result = await load(seconds);
  const drainBegan = performance.now();
  const count = await drained(landedBefore + result.acked);
  const drain = (performance.now() - drainBegan) / 1000;
  const cpu = (await cpuOf(gateway.child.pid!)) - cpuBefore;
  const rate = result.acked / result.seconds;
  console.log(
    `machine      ${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}; gateway, load and Kafka on it`,
  );
  console.log(
    `load         ${connections} connections, ${inFlight} in flight each, QoS 1, JSON of three numbers, ${seconds} s`,
  );
  console.log(`throughput   ${Math.round(rate)} messages acknowledged a second, each durable before`);
  console.log(
    `to Kafka     ${count - landedBefore} records for ${result.acked} acknowledged; the rest of them ${drain.toFixed(2)} s after the load`,
  );
  console.log(`gateway CPU  ${(cpu / result.acked).toFixed(2)} µs a message, all threads`);
  console.log(`load CPU     ${result.loadCpu.toFixed(2)} µs a message`);
  console.log(
    `memory       ${Math.round((await residentBytes(gateway.child.pid!)) / 1024 / 1024)} MiB resident at the end`,
  );
} finally {
  gateway.child.kill("SIGTERM");
  await new Promise((resolve) => gateway.child.once("exit", resolve));
  await log.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function registerDevices(): Promise<string> {
  const token = randomToken();
  const credential = { id: "c1", kind: "token", hash: sha256(token), createdAt: nowMicros(), expiresAt: 0 };
  const records = Array.from({ length: connections }, (_, index) => {
    const id = `bench-${index}`;
    const event = registerDevice(
      undefined,
      { id, credentials: [credential] },
      { at: nowMicros(), by: "bench", writeId: id },
    );
    return { key: id, value: events.device.encode(event) };
  });
  await log.append(topicNames(prefix).devices, records);
  return token;
}

async function startGateway(): Promise<{ child: ChildProcess; port: number }> {
  const flags = process.env["BENCH_NODE_FLAGS"]?.split(" ") ?? [];
  const child = spawn(
    process.execPath,
    [...flags, join(import.meta.dirname, "../cli/src/main.ts"), "start", "gateway"],
    {
      env: {
        PATH: process.env["PATH"],
        HEADWATER_EVENT_LOG: "kafka",
        HEADWATER_KAFKA_BROKERS: brokers,
        HEADWATER_TOPIC_PREFIX: prefix,
        HEADWATER_PARTITIONS: String(partitions),
        HEADWATER_DATA_DIR: dataDir,
        HEADWATER_MQTT_PORT: "0",
        HEADWATER_HTTP_PORT: "0",
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("HEADWATER_GATEWAY_"))),
      },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    child.once("exit", (code) => reject(new RangeError(`the gateway ended with ${code}`)));
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const match = /^ready .*mqtt:\/\/[^:]+:(\d+)/m.exec(output);
      if (match !== null) resolve(Number(match[1]));
    });
  });
  return { child, port };
}

async function load(duration: number): Promise<{ acked: number; seconds: number; loadCpu: number }> {
  const script = join(import.meta.dirname, "mqtt-load.ts");
  const args = [script, gateway.port, connections, inFlight, duration, password].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env["PATH"], BENCH_LASTING_SESSIONS: process.env["BENCH_LASTING_SESSIONS"] },
  });
  return JSON.parse(stdout) as { acked: number; seconds: number; loadCpu: number };
}

/** User and system time of all threads, in microseconds. */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function residentBytes(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[1]) * 4096;
}

async function landed(): Promise<number> {
  const positions = await log.positions(topicNames(prefix).telemetry);
  return positions.reduce((sum, { end }) => sum + end, 0);
}

async function drained(target: number): Promise<number> {
  for (;;) {
    const count = await landed();
    if (count >= target) return count;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
