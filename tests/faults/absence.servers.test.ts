import { setInterval as each, setTimeout as delay } from "node:timers/promises";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KafkaGateway, kafkaPartitions } from "../../edge-gateway/test/kafka-gateway.ts";
import { token } from "../../rules-service/test/support/harness.ts";
import { RulesProcess } from "../../rules-service/test/support/rules-process.ts";
import { startKafka, type Kafka } from "../../scripts/servers/kafka.ts";
import { eventually } from "@headwater/testkit/eventually";
import mqtt, { type MqttClient } from "mqtt";

/** On several partitions, so that the owner of the gateway's is mostly not that of a device. */
const devices = Array.from({ length: 10 }, (_, i) => `device-${i}`);
/** Nobody is silent for so long while all is well, also on a busy machine that stops for seconds. */
const absent = "30s";
const long = 120_000;

interface Alert {
  readonly device: string;
  readonly gateway?: string;
  readonly reason?: string;
  readonly state: string;
}

let folder: string;
let kafka: Kafka;
let gateway: KafkaGateway;
let rules: RulesProcess;
const clients = new Map<string, MqttClient>();
const ended = new AbortController();
let sending: Promise<void> | undefined;
let sent = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headwater-absence-"));
  kafka = await startKafka({ dataDir: folder, heapMb: 400 });
  gateway = await KafkaGateway.create(kafka.brokers, devices);
  await gateway.start({ HEADWATER_GATEWAY_ID: "edge-1" });
  await writeFile(join(folder, "admin-token"), `${token}\n`, { mode: 0o600 });
  rules = await RulesProcess.start({
    HEADWATER_EVENT_LOG: "kafka",
    HEADWATER_KAFKA_BROKERS: kafka.brokers,
    HEADWATER_TOPIC_PREFIX: gateway.prefix,
    HEADWATER_PARTITIONS: String(kafkaPartitions),
    HEADWATER_DATA_DIR: join(folder, "rules"),
    HEADWATER_ADMIN_TOKEN_FILE: join(folder, "admin-token"),
    HEADWATER_HTTP_PORT: "0",
  });
  for (const [index, device] of devices.entries()) {
    const protocolVersion = index % 2 === 0 ? 5 : 4;
    const options = {
      ...{ username: device, password: gateway.token, clientId: device, reconnectPeriod: 500 },
      protocolVersion,
    } as const;
    clients.set(
      device,
      mqtt.connect(`mqtt://127.0.0.1:${gateway.frontPort}`, options).on("error", () => {}),
    );
  }
  sending = send();
  expect((await rules.call("POST", "/api/v1/rules", { id: "silent", condition: { absent } })).status).toBe(201);
  expect((await rules.call("POST", "/api/v1/rules/silent/enable")).status).toBe(200);
  await eventually(async () => {
    const { body } = await rules.call("GET", "/api/v1/rules/silent");
    expect((body as { state: string }).state).toBe("live");
  }, long);
}, 180_000);

afterAll(async () => {
  ended.abort();
  await sending;
  for (const client of clients.values()) client.end(true);
  await rules?.clear();
  await gateway?.close();
  kafka?.kill("SIGCONT");
  await kafka?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Each device says something every second; what is not acknowledged is sent again once it is connected. */
async function send(): Promise<void> {
  try {
    for await (const _ of each(1000, undefined, { signal: ended.signal })) {
      sent += 1;
      for (const [device, client] of clients) {
        client.publish(`devices/${device}/telemetry`, `{"sent": ${sent}}`, { qos: 1 }, () => {});
      }
    }
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  }
}

async function alerts(): Promise<readonly Alert[]> {
  const { body } = await rules.call("GET", "/api/v1/alerts?limit=1000");
  return (body as { items: Alert[] }).items.map(({ device, gateway: of, reason, state }) => ({
    ...{ device, state },
    ...(of !== undefined && { gateway: of }),
    ...(reason !== undefined && { reason }),
  }));
}

const offline = { device: "edge-1", gateway: "edge-1", reason: "gateway-offline" };

it("Kafka stopped for longer than any device may be silent, and resumed: no alert", async () => {
  kafka.kill("SIGSTOP");
  await delay(45_000);
  kafka.kill("SIGCONT");
  // All that was sent meanwhile has been written, and what is due by then would be told.
  const last = sent;
  await eventually(async () => {
    const events = await gateway.events();
    for (const device of devices) {
      const values = events.filter((event) => event.device === device).map(({ readings }) => readings[0]!.number!);
      expect(Math.max(...values)).toBeGreaterThan(last);
    }
  }, long);
  await delay(15_000);
  expect(await alerts()).toEqual([]);
}, 400_000);

it("the last gateway killed: told once, of the gateway, and cleared when it is back; its devices are not silent", async () => {
  await gateway.kill("SIGKILL");
  await eventually(async () => expect(await alerts()).toEqual([{ ...offline, state: "active" }]), long);
  // Devices would have been silent at the same time.
  await delay(10_000);
  expect(await alerts()).toEqual([{ ...offline, state: "active" }]);
  await gateway.start({ HEADWATER_GATEWAY_ID: "edge-1" });
  await eventually(async () => expect(await alerts()).toEqual([{ ...offline, state: "cleared" }]), long);
  // All of them speak again by then, and what they say tells how long they did not.
  await delay(15_000);
  expect(await alerts()).toEqual([{ ...offline, state: "cleared" }]);
}, 500_000);

it("a device that stays silent after the return is silent", async () => {
  clients.get("device-0")!.end(true);
  clients.delete("device-0");
  const silent = { device: "device-0", reason: "device-silent", state: "active" };
  await eventually(async () => {
    const all = await alerts();
    expect(all).toContainEqual(silent);
    expect(all).toHaveLength(2);
  }, long);
}, 200_000);
