import { sleep } from "@headwater/core";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startKafka, type Kafka } from "../../scripts/servers/kafka.ts";
import { BrokerLoad } from "./broker-load.ts";
import { bridged, bridges, BridgeScene, patienceMs, taken } from "./bridge-under-test.ts";
import { eventually } from "@headwater/testkit/eventually";
import { laneProblems } from "./gateway-under-test.ts";
import { brokersFromEnvironment, KafkaGateway } from "./kafka-gateway.ts";
import { MqttProxy } from "./mqtt-proxy.ts";

const devices = Array.from({ length: 10 }, (_, i) => `d-${i}`);
const plant = { name: "plant", protocol: "3.1.1" as const, subscriptions: [{ filter: "devices/#" }] };

let scene: BridgeScene;
beforeEach(() => {
  scene = new BridgeScene();
});
afterEach(() => scene.close());

/** Some of those that are missing. */
const missingOf = (acked: Iterable<string>, there: ReadonlySet<string>) =>
  [...acked].filter((payload) => payload.startsWith('{"i"') && !there.has(payload)).slice(0, 5);

describe("a Mosquitto that is stopped and started again under load", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)("%s", async (signal) => {
    const broker = await scene.broker({ persistence: true });
    const proxy = await MqttProxy.start(broker.port);
    const gateway = await scene.gateway(bridges({ ...plant, url: proxy.url }));
    const probe = await scene.device(broker.url);
    await bridged(gateway, probe);
    const load = await BrokerLoad.start(broker.url, devices, 50);
    // Each round begins once the bridge takes messages again, however long its next attempt waited.
    const takesAgain = async () => {
      const before = proxy.acknowledged.size;
      await eventually(
        () => proxy.acknowledged.size,
        (size) => size > before,
        patienceMs,
      );
    };
    for (let round = 0; round < 3; round += 1) {
      await takesAgain();
      await sleep(Math.random() * 600);
      broker.kill(signal);
      await broker.restart();
    }
    await takesAgain();
    await sleep(500);
    await load.stop();
    // The probe comes last: everything that the broker still had is there before it.
    await bridged(gateway, probe);
    const onLog = async () => new Set((await taken(gateway)).map(({ readings }) => `{"i":${readings[0]!.number!}}`));
    const expected = signal === "SIGTERM" ? load.acked : proxy.acknowledged;
    const there = await eventually(onLog, (log) => missingOf(expected, log).length === 0, patienceMs);
    expect(load.acked.size).toBeGreaterThan(500);
    expect(proxy.connections).toBeGreaterThan(3);
    expect(proxy.outOfOrder).toBe(0);
    // What the bridge acknowledged is on the log whatever became of the broker; what the broker delivered and still had
    // was delivered again.
    expect(
      missingOf(
        [...proxy.acknowledged].filter((payload) => payload.startsWith('{"i"')),
        there,
      ),
    ).toEqual([]);
    if (signal === "SIGTERM") expect(missingOf(load.acked, there)).toEqual([]);
    expect(
      missingOf(
        [...proxy.delivered].filter((payload) => payload.startsWith('{"i"')),
        there,
      ),
    ).toEqual([]);
    expect(await laneProblems(gateway.log)).toEqual([]);
    proxy.close();
  });
});

it.each(["3.1.1", "5"] as const)(
  "acknowledgements that are lost with the line, MQTT %s: what the broker sends again is known",
  async (protocol) => {
    const broker = await scene.broker();
    const proxy = await MqttProxy.start(broker.port, protocol === "5" ? 5 : 4);
    const gateway = await scene.gateway(bridges({ ...plant, protocol, url: proxy.url, receiveMaximum: 500 }));
    const client = await scene.device(broker.url);
    await bridged(gateway, client);
    const publish = async (from: number, to: number): Promise<void> => {
      const numbers = Array.from({ length: to - from }, (_, i) => from + i);
      await Promise.all(numbers.map((i) => client.publishAsync("devices/a/telemetry", `{"i":${i}}`, { qos: 1 })));
      await eventually(
        async () => (await taken(gateway)).length,
        (count) => count === to,
        patienceMs,
      );
    };
    await publish(0, 300);
    await publish(300, 600);
    proxy.swallowsAcks = true;
    await publish(600, 800);
    await publish(800, 1000);
    proxy.swallowsAcks = false;
    proxy.cut();
    // Mosquitto 2.0.11 sends it again without DUP.
    const again = await eventually(
      () => gateway.metric("headwater_gateway_redelivered_total", 'qos="1"'),
      (count) => count >= 400,
      patienceMs,
    );
    // A few more of those whose acknowledgements were still on their way.
    expect(again).toBeLessThan(600);
    await publish(1000, 1200);
    expect(await gateway.metric("headwater_gateway_redelivered_total", 'qos="1"')).toBe(again);
    proxy.close();
  },
);

describe("a gateway process with a spool in front of the real Kafka", () => {
  let gateway: KafkaGateway;
  // A start that failed leaves none, and must not keep the broker from being stopped.
  afterEach(() => (gateway as KafkaGateway | undefined)?.close());

  const numbersOf = async () =>
    (await gateway.events()).filter(({ device }) => device !== "probe").map(({ readings }) => readings[0]!.number!);

  it.each(["3.1.1", "5"] as const)(
    "killed with kill -9 under load, MQTT %s: nothing is lost, nothing is there twice",
    async (protocol) => {
      const broker = await scene.broker();
      gateway = await KafkaGateway.create(brokersFromEnvironment(), []);
      const env = bridges({ ...plant, protocol, url: broker.url });
      await gateway.start(env);
      await eventually(
        async () => readFile(broker.logFile, "utf8"),
        (text) => text.includes("headwater-"),
        patienceMs,
      );
      const probe = await scene.device(broker.url);
      await eventually(
        async () => {
          await probe.publishAsync("devices/probe/telemetry", '{"a":1}', { qos: 1 });
          return (await gateway.events()).length;
        },
        (count) => count > 0,
        patienceMs,
      );
      const load = await BrokerLoad.start(broker.url, devices, 40);
      for (let round = 0; round < 3; round += 1) {
        await sleep(1000 + Math.random() * 1000);
        await gateway.kill("SIGKILL");
        await gateway.start(env);
      }
      await sleep(1000);
      await load.stop();
      expect(load.acked.size).toBeGreaterThan(1000);
      const numbers = await eventually(numbersOf, (all) => new Set(all).size >= load.acked.size, patienceMs);
      expect(missingOf(load.acked, new Set(numbers.map((i) => `{"i":${i}}`)))).toEqual([]);
      expect(numbers.length - new Set(numbers).size).toBe(0);
      expect(await laneProblems(gateway.log, gateway.topics.telemetry)).toEqual([]);
    },
  );
});

describe("a Kafka that hangs for 20 seconds, and a spool that fills meanwhile", () => {
  let kafka: Kafka;
  let gateway: KafkaGateway;
  afterEach(async () => {
    await (gateway as KafkaGateway | undefined)?.close();
    await (kafka as Kafka | undefined)?.stop();
  });

  it("the bridge stays connected, its messages wait at the broker, and all arrive", async () => {
    const broker = await scene.broker();
    const proxy = await MqttProxy.start(broker.port);
    kafka = await startKafka({ dataDir: await scene.folder() });
    gateway = await KafkaGateway.create(kafka.brokers, []);
    await gateway.start({
      ...bridges({ ...plant, url: proxy.url, keepAliveSeconds: 2 }),
      HEADWATER_SPOOL_MAX_BYTES: String(1024 * 1024),
      HEADWATER_SPOOL_SEGMENT_BYTES: String(256 * 1024),
      HEADWATER_KAFKA_REQUEST_TIMEOUT_MS: "3000",
    });
    const probe = await scene.device(broker.url);
    await eventually(
      async () => {
        await probe.publishAsync("devices/probe/telemetry", '{"a":1}', { qos: 1 });
        return (await gateway.events()).length;
      },
      (count) => count > 0,
      patienceMs,
    );
    for (const pid of kafka.pids) process.kill(pid, "SIGSTOP");
    const load = await BrokerLoad.start(broker.url, devices, 15);
    await sleep(20_000);
    const [pingsAt20s, acknowledgedAt20s] = [proxy.pings, proxy.acknowledged.size];
    await load.stop();
    // The spool is full: the broker holds far more than was acknowledged to it.
    expect(load.acked.size - acknowledgedAt20s).toBeGreaterThan(1000);
    for (const pid of kafka.pids) process.kill(pid, "SIGCONT");
    const numbers = await eventually(
      async () =>
        (await gateway.events()).filter(({ device }) => device !== "probe").map(({ readings }) => readings[0]!.number!),
      (all) => new Set(all).size >= load.acked.size,
      2 * patienceMs,
    );
    expect(missingOf(load.acked, new Set(numbers.map((i) => `{"i":${i}}`)))).toEqual([]);
    expect(numbers.length).toBe(new Set(numbers).size);
    // Pinged every two seconds, with messages waiting: one connection from beginning to end.
    expect(pingsAt20s).toBeGreaterThan(5);
    expect(proxy.connections).toBe(1);
    proxy.close();
  });
});
