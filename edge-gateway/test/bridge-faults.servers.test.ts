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
/** A broker waits half as long again for a ping: time for a busy machine. */
const keepAliveSeconds = 6;
const plant = { name: "plant", protocol: "3.1.1" as const, subscriptions: [{ filter: "devices/#" }] };

let scene: BridgeScene;
beforeEach(() => {
  scene = new BridgeScene();
});
afterEach(() => scene.close());

/** Until so many messages are acknowledged, on a busy machine too. */
const loaded = (load: BrokerLoad, count: number) =>
  eventually(
    () => load.acked.size,
    (acked) => acked > count,
    patienceMs,
  );

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
    // Each round begins once the bridge takes messages again, however long its next attempt waited. Of the connection
    // before there may be acknowledgements under way still.
    const takesAgain = async (kills: number) => {
      await eventually(
        () => proxy.connections,
        (connections) => connections > kills,
        patienceMs,
      );
      const before = proxy.acknowledged.size;
      await eventually(
        () => proxy.acknowledged.size,
        (size) => size > before,
        patienceMs,
      );
    };
    for (let round = 0; round < 3; round += 1) {
      await takesAgain(round);
      await sleep(Math.random() * 600);
      broker.kill(signal);
      await broker.restart();
    }
    await takesAgain(3);
    await loaded(load, 500);
    await load.stop();
    // It comes last: everything that the broker still had is acknowledged before it.
    await probe.publishAsync("devices/probe/telemetry", '{"last":1}', { qos: 1 });
    await eventually(
      () => proxy.acknowledged.has('{"last":1}'),
      (isLast) => isLast,
      patienceMs,
    );
    const there = new Set((await taken(gateway)).map(({ readings }) => `{"i":${readings[0]!.number!}}`));
    expect(proxy.connections).toBeGreaterThan(3);
    expect(proxy.outOfOrder).toBe(0);
    // What the bridge acknowledged is on the log whatever became of the broker; what the broker delivered and still had
    // was delivered again. A broker that is killed forgets what it had not saved yet.
    expect(missingOf(proxy.acknowledged, there)).toEqual([]);
    const forgotten = signal === "SIGKILL" ? proxy.cutOff : new Set<string>();
    const kept = [...proxy.delivered].filter((payload) => !forgotten.has(payload));
    expect(missingOf(kept, there)).toEqual([]);
    if (signal === "SIGTERM") expect(missingOf(load.acked, there)).toEqual([]);
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
    // None of these is still on its way when the others get lost.
    await eventually(
      () => proxy.acknowledged.size,
      (count) => count === 600,
      patienceMs,
    );
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
    expect(again).toBe(400);
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
      // Each round begins once the bridge takes messages again, however long the start and its next attempt took.
      const takesAgain = async () => {
        const before = (await gateway.events()).length;
        await eventually(
          async () => (await gateway.events()).length,
          (count) => count > before,
          patienceMs,
        );
      };
      for (let round = 0; round < 3; round += 1) {
        await takesAgain();
        await sleep(Math.random() * 1000);
        await gateway.kill("SIGKILL");
        await gateway.start(env);
      }
      await takesAgain();
      await loaded(load, 1000);
      await load.stop();
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
      ...bridges({ ...plant, url: proxy.url, keepAliveSeconds }),
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
    kafka.kill("SIGSTOP");
    const load = await BrokerLoad.start(broker.url, devices, 15);
    await sleep(20_000);
    await eventually(
      () => gateway.ready(),
      ({ reasons = [] }) => reasons.some((reason) => reason.includes("the spool is full")),
      2 * patienceMs,
    );
    // The broker comes to hold far more than was acknowledged to it.
    const waiting = () => load.acked.size - proxy.acknowledged.size;
    await eventually(waiting, (count) => count > 1000, patienceMs);
    await load.stop();
    // Pinged on, with messages waiting, for longer than the broker would have waited for a ping.
    const pings = proxy.pings;
    await eventually(
      () => proxy.pings - pings,
      (count) => count > 2,
      patienceMs,
    );
    expect(waiting()).toBeGreaterThan(1000);
    expect(proxy.connections).toBe(1);
    kafka.kill("SIGCONT");
    const numbers = await eventually(
      async () =>
        (await gateway.events()).filter(({ device }) => device !== "probe").map(({ readings }) => readings[0]!.number!),
      (all) => new Set(all).size >= load.acked.size,
      2 * patienceMs,
    );
    expect(missingOf(load.acked, new Set(numbers.map((i) => `{"i":${i}}`)))).toEqual([]);
    expect(numbers.length).toBe(new Set(numbers).size);
    // One connection from beginning to end.
    expect(proxy.connections).toBe(1);
    proxy.close();
  });
});
