import type { Packet } from "mqtt-packet";
import { randomToken } from "@headwater/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeviceLog } from "./device-log.ts";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";
import { RawDevice, type RawLogin } from "./raw-device.ts";

/** CONNACK of this gateway; it tells a keep alive. */
const connackBytes = 21;
const sizes = [connackBytes, 30, 48, 100];

const bytesOf = ({ length = 0 }: Packet): number => 1 + (length < 128 ? 1 : 2) + length;

describe("no packet is larger than its client takes (MQTT 5, 3.1.2.11.4)", () => {
  let gateway: GatewayUnderTest;
  let key: string;
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({
      HEADWATER_MQTT_MAX_KEEP_ALIVE_MS: "20000",
      HEADWATER_MQTT_SERVER_REFERENCE: `${"other".repeat(40)}:1883`,
    });
    key = await new DeviceLog(gateway.log, topics).provisioningKey({ id: "k", devices: "new-*" });
  });
  afterAll(() => gateway.stop());

  async function narrow(device: string, maximumPacketSize: number, login: Partial<RawLogin> = {}): Promise<RawDevice> {
    if (!tokens.has(device)) tokens.set(device, await gateway.register(device));
    const own = { username: device, password: tokens.get(device)!, clientId: device };
    const properties = { maximumPacketSize };
    return RawDevice.connect(gateway.app.mqttPort, { ...own, version: 5, properties, ...login });
  }

  const largest = ({ heard }: RawDevice): number => Math.max(...heard.map(bytesOf));

  it("a client that takes no CONNACK is told so in less, and not let in", async () => {
    const refused = await narrow("tiny", connackBytes - 1);
    expect(refused.heard).toMatchObject([{ cmd: "connack", reasonCode: 0x83 }]);
    const taken = await narrow("tiny", connackBytes);
    expect(taken.heard).toMatchObject([{ cmd: "connack", reasonCode: 0 }]);
    for (const client of [refused, taken]) expect(largest(client)).toBeLessThanOrEqual(connackBytes);
    taken.cut();
  });

  it.each(sizes)("of %i bytes: a login is refused", async (size) => {
    const client = await narrow("locked", size, { password: "wrong" });
    await client.closed;
    expect(client.heard).toMatchObject([{ cmd: "connack", reasonCode: 0x86 }]);
    expect(largest(client)).toBeLessThanOrEqual(size);
  });

  it.each(sizes)("of %i bytes: messages are refused, quarantined and acknowledged", async (size) => {
    const client = await narrow("talker", size);
    for (const qos of [1, 2] as const) {
      const cmd = qos === 1 ? "puback" : "pubrec";
      client.publish("devices/other/telemetry", "{}", { qos, messageId: 1 });
      expect(await client.until(cmd, 1)).toMatchObject({ reasonCode: 0x87 });
      client.publish("devices/talker/telemetry", "no json", { qos, messageId: 2 });
      expect(((await client.until(cmd, 2)) as { reasonCode?: number }).reasonCode ?? 0).toBe(0);
    }
    expect(largest(client)).toBeLessThanOrEqual(size);
    // What fits is said: the smallest and the largest of these sizes.
    const said = client.heard.filter(({ cmd, ...packet }) => cmd !== "connack" && "properties" in packet);
    if (size === sizes[0]) expect(said).toEqual([]);
    if (size === sizes.at(-1)) expect(said.map(({ cmd }) => cmd)).toEqual(["puback", "pubrec"]);
    client.cut();
  });

  it.each(sizes)("of %i bytes: another connection takes over", async (size) => {
    const first = await narrow("twice", size);
    const second = await narrow("twice", size);
    expect(await first.until("disconnect")).toMatchObject({ reasonCode: 0x8e });
    expect(largest(first)).toBeLessThanOrEqual(size);
    second.cut();
  });

  it.each(sizes)("of %i bytes: as many filters as its SUBACK and UNSUBACK can answer, and no more", async (size) => {
    const client = await narrow("asker", size);
    const filters = (count: number) => Array.from({ length: count }, (_, index) => `devices/asker/${index}`);
    // Behind head, packet identifier and the length of no properties.
    const most = size - 5;
    const granted = await client.subscribe(filters(most).map((topic) => ({ topic, qos: 0 })));
    expect(granted).toHaveLength(most);
    client.send({ cmd: "unsubscribe", messageId: 9, unsubscriptions: filters(most) });
    await client.until("unsuback");
    client.send({
      cmd: "subscribe",
      messageId: 8,
      subscriptions: filters(most + 1).map((topic) => ({ topic, qos: 0 as const })),
    });
    expect(await client.until("disconnect")).toMatchObject({ reasonCode: 0x95 });
    await client.closed;
    expect(client.count("suback")).toBe(1);
    expect(largest(client)).toBeLessThanOrEqual(size);
  });

  it("a new device that registers itself is not sent an answer that is larger", async () => {
    const login = { username: "provision", password: key, clientId: "" };
    // Its CONNACK names the client identifier that it was given.
    const most = 110;
    const client = await narrow("provision", most, login);
    await client.subscribe([{ topic: "provision/response", qos: 1 }]);
    const device = `new-${"x".repeat(100)}`;
    client.publish("provision/request", JSON.stringify({ device, token: randomToken() }));
    await client.until("puback");
    expect((await gateway.devices()).map(({ id }) => id)).toContain(device);
    expect(client.count("publish")).toBe(0);
    expect(largest(client)).toBeLessThanOrEqual(most);
    client.cut();
  });

  it.each(sizes)("of %i bytes: the gateway stops", async (size) => {
    const client = await narrow("stays", size);
    await gateway.restart();
    expect(await client.until("disconnect")).toMatchObject({ reasonCode: 0x9c });
    expect(largest(client)).toBeLessThanOrEqual(size);
  });
});
