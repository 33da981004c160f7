import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

describe("what is too much", () => {
  let gateway: GatewayUnderTest;
  let token: string;
  beforeEach(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_MAX_CONNECTIONS: "3" });
    token = await gateway.register("d");
  });
  afterEach(() => gateway.stop());

  const device = (clientId: string) =>
    RawDevice.connect(gateway.app.mqttPort, { username: "d", password: token, clientId });

  it("a packet of 10 MB cuts its connection and disturbs nobody", async () => {
    const [bad, good] = [await device("bad"), await device("good")];
    bad.publish("devices/d/telemetry", `{"t":"${"x".repeat(10 * 1024 * 1024)}"}`, { messageId: 1 });
    await bad.closed;
    good.publish("devices/d/telemetry", '{"a":1}', { messageId: 1 });
    await good.until("puback");
    expect(bad.count("puback")).toBe(0);
    expect((await gateway.events()).length).toBe(1);
    expect(await gateway.metric("headwater_gateway_refused_total", "packet-too-large")).toBe(1);
  });

  it("the largest packet that is allowed passes, as text and as readings", async () => {
    const d = await device("d");
    d.publish("devices/d/telemetry", `{"t":"${"x".repeat(255 * 1024)}"}`, { messageId: 1 });
    const many = Array.from({ length: 9000 }, (_, i) => `"m${i}":${i % 10}`).join();
    d.publish("devices/d/telemetry", `{${many}}`, { messageId: 2 });
    await d.until("puback", 2);
    expect((await gateway.events()).map(({ readings }) => readings.length).toSorted((a, b) => a - b)).toEqual([
      1, 9000,
    ]);
  });

  it("more connections than allowed are refused", async () => {
    const held = [await device("1"), await device("2"), await device("3")];
    const extra = connect(gateway.app.mqttPort, "127.0.0.1");
    extra.on("error", () => {});
    extra.resume();
    await new Promise((resolve) => extra.once("close", resolve));
    held[0]!.cut();
    await eventually(
      () => gateway.metric("headwater_gateway_connections"),
      (count) => count === 2,
    );
    expect((await device("4")).heard[0]).toMatchObject({ cmd: "connack", returnCode: 0 });
  });

  it("packets that break the protocol end their connection alone", async () => {
    const good = await device("good");
    for (const bytes of [
      [0x00, 0x00],
      [0xf0, 0x00],
      [0x36, 0x02, 0, 0],
      [0x82, 0x01, 0],
      [0x32, 0x02, 0xff, 0xff],
    ]) {
      const bad = await device("bad");
      bad.sendBytes(Buffer.from(bytes));
      await bad.closed;
    }
    good.publish("devices/d/telemetry", '{"a":1}', { messageId: 1 });
    await good.until("puback");
  });
});

describe("an anonymous gateway", () => {
  it("takes anybody's telemetry, relays what is no telemetry, and gives `me` to nobody", async () => {
    const gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
    const one = await gateway.connect();
    const two = await gateway.connect("whoever", "whatever");
    const heard: string[] = [];
    two.on("message", (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
    await two.subscribeAsync("#", { qos: 1 });
    await one.publishAsync("devices/x/telemetry", '{"a":1}', { qos: 1 });
    await one.publishAsync("some/topic", "hello", { qos: 2 });
    await eventually(
      () => heard.length,
      (count) => count === 2,
    );
    expect(heard).toEqual(['devices/x/telemetry {"a":1}', "some/topic hello"]);
    expect((await gateway.events()).map(({ device }) => device)).toEqual(["x"]);
    expect(await gateway.quarantined()).toEqual([]);
    const closed = new Promise<void>((resolve) => one.once("close", () => resolve()));
    one.publish("v1/devices/me/telemetry", '{"a":1}', { qos: 1 });
    await closed;
    await gateway.stop();
  });
});
