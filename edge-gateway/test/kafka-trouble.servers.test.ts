import { openKafkaLog } from "@headwater/event-log/kafka";
import { sleep } from "@headwater/core";
import { mkdtemp, readdir, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { freePorts } from "../../scripts/servers/free-port.ts";
import { startKafka, type Kafka } from "../../scripts/servers/kafka.ts";
import { ResendingLoad } from "@headwater/testkit/resending-load";
import { settledVerdict, verdict } from "@headwater/testkit/log-verdict";
import { eventually } from "@headwater/testkit/eventually";
import { kafkaPartitions, KafkaGateway } from "./kafka-gateway.ts";
import { TcpRelay } from "@headwater/testkit/tcp-relay";

const devices = Array.from({ length: 10 }, (_, i) => `device-${i}`);
/** For what has to come, on a busy machine (milliseconds). */
const patienceMs = 90_000;
const whole = { lost: [], reordered: [], taken2: [], holes: [], named: 0 };

let gateway: KafkaGateway | undefined;
let load: ResendingLoad | undefined;

/** A broker of MQTT waits half as long again for a ping: time for a busy machine. */
const watchKeepAliveSeconds = 5;

async function up(brokers: string, env: Record<string, string> = {}): Promise<void> {
  gateway ??= await KafkaGateway.create(brokers, devices);
  await gateway.start({
    HEADWATER_KAFKA_REQUEST_TIMEOUT_MS: "3000",
    ...env,
  });
  load = new ResendingLoad(devices, { port: gateway.frontPort, password: gateway.token }, 1);
  load.start();
  while (load.acked < 100) await sleep(10);
}

async function down(): Promise<void> {
  load?.stop();
  await gateway?.close();
  gateway = load = undefined;
}

const health = () => gateway!.ready();
const metric = (name: string, label?: string) => gateway!.metric(name, label);

async function ackedMore(count: number): Promise<void> {
  const acked = load!.acked;
  await eventually(
    () => load!.acked,
    (now) => now > acked + count,
    patienceMs,
  );
}

/** The state that health and metrics come to tell; meanwhile devices are answered. */
async function expectState(state: string): Promise<void> {
  const seen = await eventually(
    health,
    ({ warnings }) => warnings?.some((each) => each.includes(`(${state}`)) === true,
    patienceMs,
  );
  expect(seen.status).toBe("ready");
  await eventually(
    () => metric("headwater_gateway_log_state", `state="${state}"`),
    (value) => value === 1,
    patienceMs,
  );
  await ackedMore(100);
}

/** Without a restart everything arrives, in order, and health is well again. */
async function expectDrained(): Promise<void> {
  await load!.settle(patienceMs);
  const found = await settledVerdict(() => verdict(gateway!.log, gateway!.topics.telemetry, load!), patienceMs);
  expect(found).toMatchObject(whole);
  expect(load!.losses).toBe(0);
  expect(await eventually(health, ({ warnings }) => warnings === undefined, patienceMs)).toEqual({ status: "ready" });
  await eventually(
    () => metric("headwater_gateway_spool_records"),
    (records) => records === 0,
    patienceMs,
  );
}

/** As after a power failure: Kafka had not synced the second half of each partition. */
async function loseHalf(folder: string, topic: string): Promise<void> {
  const logs = join(folder, "node-1", "log");
  const names = (await readdir(logs)).filter((name) => name.startsWith(`${topic}-`));
  expect(names).toHaveLength(kafkaPartitions);
  for (const name of names) {
    const file = join(logs, name, "00000000000000000000.log");
    await truncate(file, Math.floor((await stat(file)).size / 2));
  }
}

describe("one Kafka", () => {
  let folder: string;
  let kafka: Kafka;
  let proxy: TcpRelay;
  let brokers: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kafka-trouble-"));
    // Kafka has to know its port, and the address that it tells clients, before it starts.
    const [broker = 0] = await freePorts(1);
    proxy = await TcpRelay.start(broker);
    brokers = `127.0.0.1:${proxy.port}`;
    kafka = await startKafka({
      ...{ dataDir: folder, ports: [broker], heapMb: 400 },
      // Whoever asks is sent through the proxy.
      properties: { "advertised.listeners": `BROKER://${brokers}` },
    });
  });
  afterEach(async () => {
    kafka.kill("SIGCONT");
    Object.assign(proxy, { swallows: false, delayMs: 0 });
    await down();
  });
  afterAll(async () => {
    await proxy.stop();
    await kafka.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("that hangs, and one behind a line that swallows everything: said so, devices are answered, drained when it answers", async () => {
    await up(brokers);
    kafka.kill("SIGSTOP");
    await expectState("hanging");
    // While it comes back, the line does not.
    proxy.swallows = true;
    kafka.kill("SIGCONT");
    await expectState("hanging");
    proxy.swallows = false;
    await expectDrained();
  });

  it("that answers late: said so, and messages go on all the same", async () => {
    await up(brokers, { HEADWATER_KAFKA_REQUEST_TIMEOUT_MS: "20000" });
    proxy.delayMs = 2500;
    await expectState("slow");
    const appended = await metric("headwater_gateway_appended_total");
    expect(
      await eventually(
        () => metric("headwater_gateway_appended_total"),
        (now) => now > appended,
        patienceMs,
      ),
    ).toBeGreaterThan(appended);
    proxy.delayMs = 0;
    await expectDrained();
  });

  it("that is killed, and comes back without the end of what it had acknowledged: said so, and it is given that again", async () => {
    await up(brokers);
    await eventually(
      () => load!.acked,
      (count) => count > 2000,
      patienceMs,
    );
    kafka.kill("SIGKILL");
    await expectState("refusing");
    await loseHalf(folder, gateway!.topics.telemetry);
    await kafka.restart();
    await expectDrained();
  });

  it("the same while the gateway was down", async () => {
    await up(brokers);
    const { telemetry } = gateway!.topics;
    await load!.settle(patienceMs);
    await settledVerdict(() => verdict(gateway!.log, telemetry, load!), patienceMs);
    await gateway!.kill("SIGTERM");
    kafka.kill("SIGKILL");
    // It resolves once the process is gone.
    await kafka.stop();
    await loseHalf(folder, telemetry);
    await kafka.restart();
    const all = load!;
    all.stop();
    await gateway!.start({ HEADWATER_MQTT_PORT: "0" });
    const log = await openKafkaLog({ brokers: [brokers], clientId: "looks" });
    const found = await settledVerdict(() => verdict(log, telemetry, all), patienceMs);
    expect(found).toMatchObject(whole);
    await log.close();
  });
});

describe("a cluster of three, nothing replicated", () => {
  let folder: string;
  let kafka: Kafka;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kafka-leaderless-"));
    kafka = await startKafka({ dataDir: folder, nodes: 3, heapMb: 320 });
  });
  afterEach(down);
  afterAll(async () => {
    await kafka.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("that loses a broker: its partitions are held up and said to be without a leader, the others go on; all arrives when it is back", async () => {
    gateway = await KafkaGateway.create(kafka.brokers, devices, { replication: 1 });
    await up(kafka.brokers);
    const watch = await mqtt.connectAsync(gateway.url, {
      ...{
        username: devices[0],
        password: gateway.token,
        clientId: "watch",
        keepalive: watchKeepAliveSeconds,
        reconnectPeriod: 0,
      },
    });
    let pongs = 0;
    watch.on("packetreceive", ({ cmd }) => (pongs += cmd === "pingresp" ? 1 : 0));
    process.kill(kafka.pids[0]!, "SIGKILL");
    await expectState("leaderless");
    expect(
      await eventually(
        () => metric("headwater_gateway_held_partitions"),
        (held) => held > 0,
        patienceMs,
      ),
    ).toBeGreaterThan(0);
    const ends = async () => metric("headwater_gateway_appended_total");
    const appended = await ends();
    expect(await eventually(ends, (now) => now > appended + 200, patienceMs)).toBeGreaterThan(appended + 200);
    expect(kafkaPartitions).toBeGreaterThan(3);
    const before = pongs;
    await eventually(
      () => pongs,
      (count) => count > before + 1,
      patienceMs,
    );
    expect(watch.connected).toBe(true);
    watch.end(true);
    await kafka.restart();
    await expectDrained();
  });
});
