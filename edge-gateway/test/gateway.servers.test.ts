import { sleep } from "@headwater/core";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt from "mqtt";
import { afterEach, describe, expect, it } from "vitest";
import { startKafka, type Kafka } from "../../scripts/servers/kafka.ts";
import { eventually } from "@headwater/testkit/eventually";
import { AckedLoad } from "./acked-load.ts";
import { laneProblems } from "./gateway-under-test.ts";
import { brokersFromEnvironment, KafkaGateway } from "./kafka-gateway.ts";

const devices = Array.from({ length: 10 }, (_, i) => `device-${i}`);

/** For what has to come, on a busy machine (milliseconds). */
const patienceMs = 90_000;

async function ackedMore(load: AckedLoad, count: number): Promise<void> {
  const before = load.total;
  await eventually(
    () => load.total,
    (total) => total > before + count,
    patienceMs,
  );
}

/** What the log has of every device must hold all that was acknowledged, in the order in which it was sent. */
async function expectNothingLost(gateway: KafkaGateway, load: AckedLoad, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  let missing: string[];
  let stored = new Map<string, number[]>();
  do {
    const all = await gateway.events();
    stored = new Map(devices.map((device) => [device, [] as number[]]));
    for (const record of all) stored.get(record.device)!.push(record.readings[0]!.number!);
    missing = [...load.acked].flatMap(([device, acked]) => {
      const there = new Set(stored.get(device));
      return [...acked].filter((i) => !there.has(i)).map((i) => `${device}/${i}`);
    });
  } while (missing.length > 0 && performance.now() < deadline);
  expect(missing.length === 0 ? [] : missing.slice(0, 5)).toEqual([]);
  for (const counters of stored.values()) expect(counters).toEqual(counters.toSorted((a, b) => a - b));
  expect(await laneProblems(gateway.log, gateway.topics.telemetry)).toEqual([]);
}

describe("a gateway process in front of the real Kafka", () => {
  let gateway: KafkaGateway;
  afterEach(() => gateway.close());

  it("loses nothing acknowledged by kill -9 under load, and its lanes stay dense", async () => {
    gateway = await KafkaGateway.create(brokersFromEnvironment(), devices);
    const load = new AckedLoad(devices);
    for (let round = 0; round < 4; round += 1) {
      await gateway.start();
      await load.start(gateway.url, () => gateway.token, 20);
      await ackedMore(load, 500);
      await sleep(Math.random() * 1000);
      await gateway.kill("SIGKILL");
      await load.stop(true);
    }
    await gateway.start();
    await expectNothingLost(gateway, load, patienceMs);
    expect(new Set((await gateway.events()).map(({ epoch }) => epoch)).size).toBe(1);
  });

  it("SIGTERM under load: what was acknowledged is in Kafka when the process has ended", async () => {
    gateway = await KafkaGateway.create(brokersFromEnvironment(), devices);
    const load = new AckedLoad(devices);
    await gateway.start();
    await load.start(gateway.url, () => gateway.token, 20);
    await ackedMore(load, 1000);
    await gateway.kill("SIGTERM");
    await load.stop(true);
    await expectNothingLost(gateway, load, 0);
  });
});

describe("a Kafka that does not answer", () => {
  let kafka: Kafka;
  let dataDir: string;
  let gateway: KafkaGateway;
  const signal = (name: NodeJS.Signals): void => {
    kafka.kill(name);
  };
  afterEach(async () => {
    await gateway.close();
    await kafka.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it("hangs for ten seconds: no connection is lost, messages are acknowledged meanwhile, and all arrive without a restart", async () => {
    dataDir = await mkdtemp(join(tmpdir(), "gateway-hung-kafka-"));
    kafka = await startKafka({ dataDir });
    gateway = await KafkaGateway.create(kafka.brokers, devices);
    await gateway.start({ HEADWATER_KAFKA_REQUEST_TIMEOUT_MS: "3000" });
    const closed: string[] = [];
    const watch = await mqtt.connectAsync(gateway.url, {
      username: devices[0],
      password: gateway.token,
      clientId: "watch",
      keepalive: 5,
      reconnectPeriod: 0,
    });
    watch.on("close", () => closed.push("closed"));
    const load = new AckedLoad(devices);
    await load.start(gateway.url, () => gateway.token, 5);
    await ackedMore(load, 500);
    signal("SIGSTOP");
    // What it had taken before is answered.
    await sleep(1000);
    await Promise.all([ackedMore(load, 1000), sleep(9000)]);
    signal("SIGCONT");
    await ackedMore(load, 500);
    await load.stop(false);
    expect(closed).toEqual([]);
    await watch.endAsync();
    await expectNothingLost(gateway, load, patienceMs);
  });

  it("is away at the start: devices that were known log in, and what they say arrives when it is there", async () => {
    dataDir = await mkdtemp(join(tmpdir(), "gateway-late-kafka-"));
    kafka = await startKafka({ dataDir });
    gateway = await KafkaGateway.create(kafka.brokers, devices);
    await gateway.start();
    const first = new AckedLoad(devices);
    await first.start(gateway.url, () => gateway.token, 1);
    await first.stop(false);
    await gateway.kill("SIGTERM");

    signal("SIGSTOP");
    await gateway.start({ HEADWATER_KAFKA_REQUEST_TIMEOUT_MS: "2000" });
    const load = new AckedLoad(devices);
    await load.start(gateway.url, () => gateway.token, 5);
    await ackedMore(load, 100);
    await load.stop(false);
    signal("SIGCONT");
    const deadline = performance.now() + patienceMs;
    let arrived = 0;
    while (arrived < load.total + first.total && performance.now() < deadline) {
      arrived = (await gateway.events()).length;
    }
    expect(arrived).toBe(load.total + first.total);
    expect(await laneProblems(gateway.log, gateway.topics.telemetry)).toEqual([]);
  });
});
