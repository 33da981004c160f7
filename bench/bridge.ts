// What a bridge costs: a backlog at a real Mosquitto, taken by the gateway into the real Kafka, every PUBACK after
// fsync. Beside it mqtt.js alone, which acknowledges at once and keeps nothing.
//   node bench/bridge.ts [messages]
import { openKafkaLog } from "@headwater/event-log/kafka";
import type { EventLog } from "@headwater/event-log";
import { ConfigError, randomToken, sleep } from "@headwater/core";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt from "mqtt";
import { startMosquitto, type Mosquitto } from "../scripts/servers/mosquitto.ts";
import { conditions, describe } from "./conditions.ts";
import { countEvents } from "./count-events.ts";
import { GatewayProcess } from "./gateway-process.ts";
import { cpuOf, mebibytes, memoryOf } from "./process-figures.ts";

const messages = Number(process.argv[2] ?? 200_000);
const devices = 100;
const partitions = 12;
const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS has to name a real Kafka (npm run servers)");

console.log(describe(conditions()));
console.log(`${messages} messages of ${devices} devices at QoS 1, JSON of three numbers, at most 1000 in flight`);
const folder = await mkdtemp(join(tmpdir(), "bench-bridge-"));
const broker = await startMosquitto({
  dataDir: join(folder, "mosquitto"),
  config: ["max_queued_messages 0", "max_inflight_messages 1000"],
});
const log = await openKafkaLog({ brokers: brokers.split(","), clientId: "bench-bridge" });
try {
  for (const protocol of ["3.1.1", "5"] as const) await throughGateway(protocol);
  await mqttAlone();
} finally {
  await log.close();
  await broker.stop();
  await rm(folder, { recursive: true, force: true });
}

async function throughGateway(protocol: "3.1.1" | "5"): Promise<void> {
  const prefix = `bench-bridge-${randomToken()
    .slice(0, 8)
    .replaceAll(/[^A-Za-z0-9]/g, "x")}.`;
  process.env["HEADWATER_BRIDGES"] = JSON.stringify([
    {
      name: "bench",
      protocol,
      url: broker.url,
      clientId: `headwater-bench-${protocol}`,
      subscriptions: [{ filter: "devices/#" }],
    },
  ]);
  const start = () =>
    GatewayProcess.start({
      log,
      brokers: brokers!,
      prefix,
      partitions,
      dataDir: join(folder, `gw-${protocol}`),
      devices: [],
    });
  const first = await start();
  await connectedAs(broker, `headwater-bench-${protocol}`);
  await first.stop();
  await publishBacklog();
  const gateway = await start();
  const { telemetry } = gateway.topics;
  const before = await arrived(log, telemetry, messages * 0.2);
  const cpu = cpuOf(gateway.pid);
  const at = performance.now();
  const after = await arrived(log, telemetry, messages * 0.95);
  const seconds = (performance.now() - at) / 1000;
  const used = (cpuOf(gateway.pid) - cpu) / (after - before);
  const { resident } = memoryOf(gateway.pid);
  await arrived(log, telemetry, messages);
  await gateway.stop();
  const { events, missing } = await countEvents(log, telemetry);
  console.log(
    `bridge, MQTT ${protocol}: ${used.toFixed(1)} µs CPU a message, ${Math.round((after - before) / seconds)} a second, ${mebibytes(resident)} resident; ${events} events, ${missing} missing`,
  );
}

/** What mqtt.js itself needs to receive and acknowledge, one message after the other. */
async function mqttAlone(): Promise<void> {
  const script = `
    import mqtt from "mqtt";
    const client = mqtt.connect(${JSON.stringify(broker.url)}, { clientId: "alone", clean: false, reconnectPeriod: 0 });
    let count = 0;
    client.handleMessage = (packet, done) => { count += 1; if (count % 1000 === 0) process.send(count); done(); };
    client.on("connect", () => client.subscribe("devices/#", { qos: 1 }, () => process.send("subscribed")));
    process.on("message", () => client.end(() => process.exit(0)));`;
  const run = () =>
    spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      cwd: join(import.meta.dirname, ".."),
    });
  const first = run();
  await once(first, "message");
  const ended = once(first, "exit");
  first.send("stop");
  await ended;
  await publishBacklog();
  const child = run();
  const reached = (count: number) =>
    new Promise<void>((resolve) =>
      child.on("message", (said) => typeof said === "number" && said >= count && resolve()),
    );
  await reached(messages * 0.2);
  const [cpu, at] = [cpuOf(child.pid!), performance.now()];
  await reached(Math.floor(messages * 0.95));
  const seconds = (performance.now() - at) / 1000;
  const count = messages * 0.75;
  console.log(
    `mqtt.js alone, nothing kept: ${((cpuOf(child.pid!) - cpu) / count).toFixed(1)} µs CPU a message, ${Math.round(count / seconds)} a second`,
  );
  child.kill();
}

async function publishBacklog(): Promise<void> {
  const client = await mqtt.connectAsync(broker.url);
  for (let from = 0; from < messages; from += 500) {
    await Promise.all(
      Array.from({ length: Math.min(500, messages - from) }, (_, i) =>
        client.publishAsync(
          `devices/d-${(from + i) % devices}/telemetry`,
          `{"temperature":${20 + (i % 10)}.5,"humidity":48.25,"i":${from + i}}`,
          { qos: 1 },
        ),
      ),
    );
  }
  await client.endAsync();
}

/** Resolves with how many records there are once there are so many. */
async function arrived(from: EventLog, topic: string, count: number): Promise<number> {
  for (;;) {
    const there = (await from.positions(topic)).reduce((sum, { end }) => sum + end, 0);
    if (there >= count) return there;
    await sleep(20);
  }
}

async function connectedAs({ logFile }: Mosquitto, clientId: string): Promise<void> {
  while (!(await readFile(logFile, "utf8")).includes(` as ${clientId} `)) await sleep(20);
  await sleep(500);
}
