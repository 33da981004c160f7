import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomToken } from "@headwater/core";
import mqtt from "mqtt";
import { afterEach, describe, expect, it } from "vitest";
import { startKafka, type Kafka } from "../../scripts/servers/kafka.ts";
import { DeviceLog, passwordCredential } from "./device-log.ts";
import { eventually } from "@headwater/testkit/eventually";
import { brokersFromEnvironment, KafkaGateway } from "./kafka-gateway.ts";
import { NewDevice } from "./new-device.ts";

async function publishesAs(gateway: KafkaGateway, device: string, password: string): Promise<boolean> {
  const client = await mqtt.connectAsync(gateway.url, { username: device, password, reconnectPeriod: 0 });
  client.on("error", () => {});
  await client.publishAsync(`devices/${device}/telemetry`, '{"a":1}', { qos: 1 });
  await client.endAsync();
  return true;
}

describe("a new device in front of the real Kafka", () => {
  let gateway: KafkaGateway;
  afterEach(() => gateway.close());

  it("registers itself, and logs in at another gateway too", async () => {
    gateway = await KafkaGateway.create(brokersFromEnvironment(), []);
    const key = await new DeviceLog(gateway.log, gateway.topics).provisioningKey({ id: "k1", devices: "line4-*" });
    await gateway.start();
    const token = randomToken();
    const asking = await NewDevice.connect(gateway.port, key);
    expect(await asking.ask({ device: "line4-7", token })).toEqual({ device: "line4-7", status: "registered" });
    expect(await asking.ask({ device: "line4-7", token: randomToken() })).toMatchObject({ status: "exists" });
    asking.close();
    expect(await publishesAs(gateway, "line4-7", token)).toBe(true);
    // Its spool goes with its folder: the message has to be in Kafka before.
    await eventually(
      async () => (await gateway.events()).length,
      (count) => count >= 1,
    );
    await gateway.kill("SIGKILL");
    // Nothing of what the first has learnt.
    await rm(gateway.dataDir, { recursive: true });
    await gateway.start();
    expect(await publishesAs(gateway, "line4-7", token)).toBe(true);
    const arrived = await eventually(
      async () => (await gateway.events()).length,
      (count) => count >= 2,
    );
    expect(arrived).toBe(2);
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

  it("has new devices told to come again; those that are known log in, from a cold start too", async () => {
    dataDir = await mkdtemp(join(tmpdir(), "provisioning-hung-kafka-"));
    kafka = await startKafka({ dataDir });
    gateway = await KafkaGateway.create(kafka.brokers, []);
    const devices = new DeviceLog(gateway.log, gateway.topics);
    const key = await devices.provisioningKey({ id: "k1" });
    const password = "correct horse battery";
    await devices.register("chosen", { credentials: [passwordCredential(password)] });
    await gateway.start({ HEADWATER_KAFKA_REQUEST_TIMEOUT_MS: "3000" });
    const [first, second] = [randomToken(), randomToken()];
    const asking = await NewDevice.connect(gateway.port, key);
    expect(await asking.ask({ device: "first", token: first })).toMatchObject({ status: "registered" });

    signal("SIGSTOP");
    expect(await asking.ask({ device: "second", token: second })).toMatchObject({ status: "later" });
    expect(await publishesAs(gateway, "first", first)).toBe(true);
    await gateway.kill("SIGKILL");
    await gateway.start({ HEADWATER_KAFKA_REQUEST_TIMEOUT_MS: "2000" });
    expect(await publishesAs(gateway, "first", first)).toBe(true);
    expect(await publishesAs(gateway, "chosen", password)).toBe(true);
    // The key is known, too; only what has to be written waits.
    const again = await NewDevice.connect(gateway.port, key);
    expect(await again.ask({ device: "second", token: second })).toMatchObject({ status: "later" });

    signal("SIGCONT");
    const answer = await eventually(
      () => again.ask({ device: "second", token: second }),
      ({ status }) => status !== "later",
      120_000,
    );
    expect(answer).toEqual({ device: "second", status: "registered" });
    expect(await publishesAs(gateway, "second", second)).toBe(true);
  });
});
