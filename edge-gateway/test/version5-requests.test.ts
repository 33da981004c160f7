import { randomToken } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import type { IPublishPacket } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeviceLog } from "./device-log.ts";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

const heardBy = (device: RawDevice) => device.heard.filter(({ cmd }) => cmd === "publish") as IPublishPacket[];
/** As they came: the topic, and the alias that came with it or in its place. */
const named = (device: RawDevice) => heardBy(device).map(({ topic, properties }) => [topic, properties?.topicAlias]);

describe("what the gateway itself says to a client of MQTT 5", () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({
      HEADWATER_MQTT_WS_PORT: "0",
      HEADWATER_ROUTES: JSON.stringify([{ profile: "tasmota" }]),
    });
  });
  afterAll(() => gateway.stop());

  const connect = async (id: string, properties?: object) =>
    RawDevice.connect(gateway.app.mqttPort, {
      ...{ username: id, password: await gateway.register(id), clientId: "c", version: 5 as const },
      ...(properties && { properties }),
    });

  it("an answer has the correlation data of its request, and none that is asked without", async () => {
    const device = await connect("asks");
    await device.subscribe([{ topic: "devices/asks/time", qos: 0 }]);
    const ask = "devices/asks/time/request";
    device.publish(ask, "{}", { qos: 0, properties: { correlationData: Buffer.from([0, 255, 7]) } });
    device.publish(ask, "{}", { qos: 0 });
    // The first is told at the subscription.
    await device.until("publish", 3);
    expect(heardBy(device).map(({ properties }) => properties?.correlationData)).toEqual([
      undefined,
      Buffer.from([0, 255, 7]),
      undefined,
    ]);
    device.cut();
  });

  it("so has the answer to a new device", async () => {
    const key = await new DeviceLog(gateway.log, topics).provisioningKey({ id: "k", devices: "new-*" });
    const login = { username: "provision", password: key, clientId: "", version: 5 } as const;
    const device = await RawDevice.connect(gateway.app.mqttPort, login);
    await device.subscribe([{ topic: "provision/response", qos: 0 }]);
    const request = JSON.stringify({ device: "new-1", token: randomToken() });
    device.publish("provision/request", request, { properties: { correlationData: Buffer.from("mine") } });
    await device.until("publish");
    const [answer] = heardBy(device);
    expect(JSON.parse(String(answer!.payload))).toMatchObject({ status: "registered" });
    expect(String(answer!.properties?.correlationData)).toBe("mine");
    device.cut();
  });

  it("a topic that comes again has an alias, as far as the client takes them", async () => {
    const device = await connect("short", { topicAliasMaximum: 1 });
    await device.subscribe([{ topic: "devices/short/time", qos: 0 }]);
    await device.subscribe([{ topic: "cmnd/short/#", qos: 0 }]);
    for (let i = 1; i < 4; i += 1) {
      device.publish("devices/short/time/request", "{}", { qos: 0 });
      await device.until("publish", i + 1);
    }
    for (const i of [1, 2]) {
      await gateway.requestCommand("short", `s-${i}`, { name: "Power", params: '"ON"' });
      await device.until("publish", 4 + i);
      device.publish("stat/short/RESULT", '{"POWER":"ON"}', { messageId: i });
    }
    const time = "devices/short/time";
    expect(named(device)).toEqual([
      [time, undefined],
      [time, 1],
      ["", 1],
      ["", 1],
      ["cmnd/short/Power", undefined],
      ["cmnd/short/Power", undefined],
    ]);
    // On a connection of its own there is no alias yet.
    device.cut();
    const again = await connect("shorter", { topicAliasMaximum: 20 });
    await again.subscribe([{ topic: "devices/shorter/time", qos: 0 }]);
    await again.until("publish");
    expect(named(again)).toEqual([["devices/shorter/time", undefined]]);
    again.cut();
  });

  it("no alias goes to a client that takes none", async () => {
    const device = await connect("plain");
    await device.subscribe([{ topic: "devices/plain/time", qos: 0 }]);
    for (let i = 1; i < 4; i += 1) {
      device.publish("devices/plain/time/request", "{}", { qos: 0 });
      await device.until("publish", i + 1);
    }
    expect(named(device)).toEqual(Array.from({ length: 4 }, () => ["devices/plain/time", undefined]));
    device.cut();
  });

  it("mqtt.js over WebSocket hears the whole topics of commands, each once", async () => {
    const { url } = gateway.app.mqttAddresses.find(({ transport }) => transport === "ws")!;
    const client = await gateway.connectTo(url, {
      ...{ username: "plug", password: await gateway.register("plug"), protocolVersion: 5 },
      properties: { topicAliasMaximum: 10 },
    });
    const [heard, came]: [string[], string[]] = [[], []];
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "publish") came.push(packet.topic);
    });
    client.on("message", (topic, payload) => heard.push(`${topic} ${String(payload)}`));
    await client.subscribeAsync("cmnd/plug/#", { qos: 1 });
    for (let i = 1; i < 5; i += 1) {
      await gateway.requestCommand("plug", `p-${i}`, { name: "Power", params: `"${i % 2 === 0 ? "ON" : "OFF"}"` });
      await eventually(() => expect(heard).toHaveLength(i));
      await client.publishAsync("stat/plug/RESULT", `{"POWER":"${i % 2 === 0 ? "ON" : "OFF"}"}`, { qos: 1 });
    }
    expect(heard).toEqual(["cmnd/plug/Power OFF", "cmnd/plug/Power ON", "cmnd/plug/Power OFF", "cmnd/plug/Power ON"]);
    expect(came).toEqual(["cmnd/plug/Power", "cmnd/plug/Power", "", ""]);
  });
});
