import { afterEach, describe, expect, it } from "vitest";
import { silentLogger, type Logger } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

interface Line {
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

let gateway: GatewayUnderTest;
let lines: Line[];
afterEach(() => gateway.stop());

async function start(env: Record<string, string> = {}) {
  lines = [];
  const note = (facts: unknown, text: unknown): void => {
    lines.push({ text: text as string, facts: facts as Line["facts"] });
  };
  const logger = { ...silentLogger, warn: note, info: note } as Logger;
  gateway = await GatewayUnderTest.start(env, { logger });
  return gateway.register("d");
}

const refused = (unit: string, reason: string) =>
  gateway
    .metric("headwater_gateway_refused_total", `reason="${reason}",unit="${unit}"`)
    .then(
      async (count) =>
        count || (await gateway.metric("headwater_gateway_refused_total", `unit="${unit}",reason="${reason}"`)),
    );
const told = (reason: string): Line[] => lines.filter(({ facts }) => facts["reason"] === reason);
const connect = (password: string, login: object = {}) =>
  RawDevice.connect(gateway.app.mqttPort, { username: "d", password, clientId: "client-1", ...login });

describe("what is refused is counted by unit and reason and told once, with the device and its client id", () => {
  it("a packet that is too large: in the metric by device, and in health until it stops", async () => {
    const password = await start({ HEADWATER_MQTT_MAX_PACKET_BYTES: "2048" });
    for (let i = 0; i < 3; i += 1) {
      const device = await connect(password, { clean: false });
      device.publish("devices/d/telemetry", `{"t":"${"x".repeat(3000)}"}`);
      await device.closed;
    }
    expect(await refused("connection", "packet-too-large")).toBe(3);
    expect(await gateway.metric("headwater_gateway_oversized_packets_total", 'device="d"')).toBe(3);
    expect(told("packet-too-large")).toMatchObject([{ facts: { device: "d", client: "client-1" } }]);
    expect(gateway.app.warnings?.()).toEqual([expect.stringMatching(/packets of d are larger than 2048 bytes/)]);
    expect(gateway.app.notReady?.()).toEqual([]);
  });

  it("a last will that is not allowed", async () => {
    const password = await start();
    const will = { topic: "devices/other/gone", payload: "1", qos: 1, retain: false };
    const device = await connect(password, { will });
    expect(device.heard[0]).toMatchObject({ cmd: "connack", returnCode: 5 });
    expect(await refused("login", "will-not-allowed")).toBe(1);
    expect(await gateway.metric("headwater_gateway_connects_total", "will-not-allowed")).toBe(1);
    expect(told("will-not-allowed")).toMatchObject([
      { facts: { device: "d", client: "client-1", topic: "devices/other/gone", code: 5 } },
    ]);
  });

  it("messages of QoS 2 without PUBREL, beyond what may be open", async () => {
    const password = await start();
    const device = await connect(password);
    for (let id = 1; id <= 1500; id += 1) {
      device.publish("devices/d/telemetry", '{"a":1}', { qos: 2, messageId: id });
    }
    await device.closed;
    await eventually(
      () => refused("connection", "too-many-unreleased"),
      (count) => count > 0,
    );
    expect(told("too-many-unreleased")).toMatchObject([{ facts: { device: "d", client: "client-1" } }]);
    // A unit of one connection, however many messages it had sent ahead.
    expect(await refused("connection", "too-many-unreleased")).toBe(1);
  });

  it("a message, a subscription and a login without a right", async () => {
    const password = await start();
    const device = await connect(password);
    for (const messageId of [1, 2]) {
      device.send({ cmd: "subscribe", messageId, subscriptions: [{ topic: "devices/other/#", qos: 1 }] } as never);
    }
    await device.until("suback", 2);
    device.publish("devices/other/telemetry", "1");
    await device.closed;
    await connect("wrong");
    expect([
      await refused("subscription", "subscription"),
      await refused("message", "topic"),
      await refused("login", "unknown"),
    ]).toEqual([2, 1, expect.any(Number)]);
    const facts = { device: "d", client: "client-1" };
    expect(told("subscription")).toMatchObject([{ facts: { ...facts, filter: "devices/other/#" } }]);
    expect(told("topic")).toMatchObject([{ facts: { ...facts, topic: "devices/other/telemetry" } }]);
    expect(lines.filter(({ text }) => text === "a login was refused")).toMatchObject([
      { facts: { user: "d", client: "client-1", code: 4 } },
    ]);
  });
});
