import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { startMosquitto, type Mosquitto, type MosquittoOptions } from "../../scripts/servers/mosquitto.ts";
import type { BridgeConfig } from "../src/config/bridge-settings.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";

/** For what has to come, on a busy machine (milliseconds). */
export const patienceMs = 60_000;

/** As HEADWATER_BRIDGES. */
export function bridges(...configs: BridgeConfig[]): Record<string, string> {
  return { HEADWATER_BRIDGES: JSON.stringify(configs) };
}

/** A Mosquitto, gateways that are bridged to it, and devices on it: all that a test of bridges has to tidy up. */
export class BridgeScene {
  readonly #folders: string[] = [];
  readonly #brokers: Mosquitto[] = [];
  readonly #gateways: GatewayUnderTest[] = [];
  readonly #clients: MqttClient[] = [];

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "bridge-"));
    this.#folders.push(folder);
    return folder;
  }

  async broker(options: Partial<MosquittoOptions> = {}): Promise<Mosquitto> {
    const broker = await startMosquitto({
      dataDir: await this.folder(),
      ...options,
      config: ["max_queued_messages 0", "max_inflight_messages 500", ...(options.config ?? [])],
    });
    this.#brokers.push(broker);
    return broker;
  }

  /** With an embedded log; one that is given shares that of another. */
  async gateway(env: Record<string, string>, beside?: GatewayUnderTest): Promise<GatewayUnderTest> {
    const gateway = await (beside === undefined
      ? GatewayUnderTest.start(env)
      : GatewayUnderTest.start(env, { log: beside.log, dataDir: await this.folder() }));
    // Those that share a log stop before the one whose it is.
    this.#gateways.unshift(gateway);
    return gateway;
  }

  async device(url: string, options: IClientOptions = {}): Promise<MqttClient> {
    const client = await mqtt.connectAsync(url, { reconnectPeriod: 100, ...options });
    client.on("error", () => {});
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.end(true);
    for (const [index, gateway] of this.#gateways.entries()) {
      if (index === this.#gateways.length - 1) await gateway.stop();
      else await gateway.downGateway();
    }
    for (const broker of this.#brokers) await broker.stop();
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
  }
}

/** Until the gateway has subscribed: a probe comes through. */
export async function bridged(gateway: GatewayUnderTest, client: MqttClient): Promise<void> {
  const before = await gateway.metric("headwater_gateway_bridge_received_total");
  await eventually(
    async () => {
      await client.publishAsync("devices/probe/telemetry", '{"probe":1}', { qos: 0 });
      return gateway.metric("headwater_gateway_bridge_received_total");
    },
    (count) => count > before,
    patienceMs,
  );
}

/** What the log holds besides probes. */
export async function taken(gateway: GatewayUnderTest) {
  return (await gateway.events()).filter(({ device }) => device !== "probe");
}
