import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startMosquitto, type Mosquitto } from "../../scripts/servers/mosquitto.ts";
import type { BridgeConfig } from "../src/config/bridge-settings.ts";
import { eventually, GatewayUnderTest, laneProblems } from "./gateway-under-test.ts";

const patience = 30_000;

export function bridges(...configs: BridgeConfig[]): Record<string, string> {
  return { HEADWATER_BRIDGES: JSON.stringify(configs) };
}

let dataDir: string;
let broker: Mosquitto;
let gateway: GatewayUnderTest;
const clients: MqttClient[] = [];
const folders: string[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "bridge-broker-"));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  await gateway.stop();
  await broker.stop();
  for (const folder of [dataDir, ...folders.splice(0)]) await rm(folder, { recursive: true, force: true });
});

async function device(options: mqtt.IClientOptions = {}, url = broker.url): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 100, ...options });
  client.on("error", () => {});
  clients.push(client);
  return client;
}

const connected = (name = "plant") =>
  eventually(
    () => gateway.metric("headwater_gateway_bridge_connected", `bridge="${name}"`),
    (value) => value === 1,
    patience,
  );

describe.each(["3.1.1", "5"] as const)("a bridge to Mosquitto, MQTT %s", (protocol) => {
  const plant = { name: "plant", protocol, subscriptions: [{ filter: "#" }] };

  test("takes what is published there, acknowledged when it is durable, each message once and in order", async () => {
    broker = await startMosquitto({ dataDir });
    gateway = await GatewayUnderTest.start(bridges({ ...plant, url: broker.url }));
    await connected();
    const client = await device();
    await eventually(
      async () => {
        await client.publishAsync("devices/probe/telemetry", '{"a":1}', { qos: 1 });
        return (await gateway.events()).length;
      },
      (count) => count > 0,
    );
    const sent = Array.from({ length: 3000 }, (_, i) =>
      client.publishAsync(`devices/d-${i % 7}/telemetry`, `{"i":${i}}`, { qos: (i % 3) as 0 | 1 | 2 }),
    );
    await Promise.all(sent);
    const events = await eventually(
      async () => (await gateway.events()).filter((event) => event.device !== "probe"),
      (all) => all.length >= 3000,
      patience,
    );
    expect(events).toHaveLength(3000);
    for (let d = 0; d < 7; d += 1) {
      const seen = events.filter((event) => event.device === `d-${d}`).map(({ readings }) => readings[0]!.number!);
      for (const qos of [1, 2]) {
        const own = seen.filter((i) => i % 3 === qos);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    }
    expect(await laneProblems(gateway.log)).toEqual([]);
    expect(gateway.app.warnings?.()).toEqual([]);
  });
});
