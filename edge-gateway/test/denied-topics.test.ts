import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

let gateway: GatewayUnderTest;
afterEach(() => gateway.stop());

const ignored = (reason: string) => gateway.metric("headwater_gateway_ignored_total", `reason="${reason}"`);
const connect = (clientId: string, login: object = {}) =>
  RawDevice.connect(gateway.app.mqttPort, { clientId, ...login });
const heard = (device: RawDevice): string[] =>
  device.heard.flatMap((packet) => (packet.cmd === "publish" ? [packet.topic] : []));
async function subscribe(device: RawDevice, ...filters: string[]): Promise<unknown> {
  const before = device.count("suback");
  device.send({ cmd: "subscribe", messageId: 7, subscriptions: filters.map((topic) => ({ topic, qos: 2 })) } as never);
  return ((await device.until("suback", before + 1)) as { granted: unknown }).granted;
}

describe("a topic that begins with $", () => {
  it.each(["anonymous", "a device"])("of %s is acknowledged at every QoS, dropped and counted", async (who) => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
    const login = who === "anonymous" ? {} : { username: "d", password: await gateway.register("d") };
    const listener = await connect("listener");
    await subscribe(listener, "#", "+/+");
    const sender = await connect("sender", login);
    sender.publish("$Topic/A", "0", { qos: 0 });
    sender.publish("$Topic/A", "1", { qos: 1, messageId: 1 });
    sender.publish("$SYS/broker/uptime", "2", { qos: 2, messageId: 2 });
    sender.send({ cmd: "publish", topic: "$share/g/a", payload: "r", qos: 1, messageId: 3, retain: true, dup: false });
    await sender.until("pubrec");
    sender.send({ cmd: "pubrel", messageId: 2 });
    await sender.until("pubcomp");
    await sender.until("puback", 2);
    expect(await ignored("dollar-topic")).toBe(4);
    // What comes after it is heard.
    const other = await connect("other");
    other.publish("after/it", "1");
    await listener.until("publish");
    expect(heard(listener)).toEqual(["after/it"]);
    expect(sender.isClosed).toBe(false);
    expect([await gateway.events(), await gateway.quarantined()]).toEqual([[], []]);
    for (const device of [sender, listener, other]) device.cut();
  });

  it("is read where a route says so", async () => {
    gateway = await GatewayUnderTest.start({
      HEADWATER_MQTT_ANONYMOUS: "true",
      HEADWATER_ROUTES: '[{"topic":"$aws/things/{device}/shadow","decoder":"json"}]',
    });
    const device = await gateway.connectDevice("d");
    await device.publishAsync("$aws/things/d/shadow", '{"a":1}', { qos: 1 });
    expect(await gateway.events()).toMatchObject([{ device: "d" }]);
  });

  it("may be that of a last will, which nobody hears", async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
    const listener = await connect("listener");
    await subscribe(listener, "#");
    const sender = await connect("sender", { will: { topic: "$gone", payload: "1", qos: 1, retain: false } });
    sender.cut();
    await eventually(
      () => ignored("dollar-topic"),
      (count) => count === 1,
    );
    expect(heard(listener)).toEqual([]);
    listener.cut();
  });
});

describe("a rule that denies", () => {
  it("refuses a filter to someone who may do everything, and what it names to a broader one", async () => {
    gateway = await GatewayUnderTest.start({
      HEADWATER_MQTT_ANONYMOUS: "true",
      HEADWATER_ACL: '[{"deny":true,"subscribe":["test/nosubscribe"],"publish":["test/nopublish/#"]}]',
    });
    const speaker = await connect("speaker");
    const say = async (topic: string, messageId: number, retain = false) => {
      speaker.send({ cmd: "publish", topic, payload: "1", qos: 1, messageId, retain, dup: false });
      await speaker.until("puback", messageId);
    };
    await say("test/nosubscribe", 1, true);
    const listener = await connect("listener");
    expect(await subscribe(listener, "test/nosubscribe", "test/#", "#")).toEqual([128, 2, 2]);
    await say("test/nosubscribe", 2);
    await say("test/other", 3);
    await listener.until("publish");
    expect(new Set(heard(listener))).toEqual(new Set(["test/other"]));
    speaker.publish("test/nopublish/1", "1", { messageId: 4 });
    await speaker.closed;
    listener.cut();
  });

  it("keeps commands from a device by whatever filter", async () => {
    gateway = await GatewayUnderTest.start({
      HEADWATER_ACL: '[{"deny":true,"types":[""],"subscribe":["devices/{device}/commands/#"]}]',
    });
    const device = await connect("c", { username: "d", password: await gateway.register("d") });
    expect(await subscribe(device, "devices/d/commands/+", "devices/d/#")).toEqual([128, 2]);
    await gateway.requestCommand("d", "c1", { name: "shut" });
    device.publish("devices/d/marker", "1");
    await device.until("publish");
    expect(heard(device)).toEqual(["devices/d/marker"]);
    expect((await gateway.commands()).map(({ claimed }) => claimed)).toEqual([null]);
    device.cut();
  });
});

describe("a device whose firmware a profile knows", () => {
  it("stays connected with all that its firmware says, and hears its commands", async () => {
    gateway = await GatewayUnderTest.start({
      HEADWATER_MQTT_ANONYMOUS: "true",
      HEADWATER_ROUTES: '[{"profile":"tasmota"},{"profile":"shelly"}]',
    });
    const device = await connect("c", { username: "x", password: await gateway.register("x") });
    expect(await subscribe(device, "cmnd/x/#", "x/rpc", "shellies/x/command", "cmnd/y/#", "cmnd/#", "+/rpc")).toEqual([
      2, 2, 2, 128, 128, 128,
    ]);
    const listener = await connect("listener");
    await subscribe(listener, "#");
    const topics = [
      "tele/x/INFO1",
      "stat/x/POWER",
      "tasmota/discovery/AABBCC/config",
      "shellies/announce",
      "x/announce",
      "caller/rpc",
    ];
    for (const [i, topic] of topics.entries())
      device.publish(topic, '{"a":1}', { messageId: i + 1, qos: i % 2 ? 1 : 2 });
    await device.until("puback", 3);
    await device.until("pubrec", 3);
    device.publish("tele/x/SENSOR", '{"a":1}', { messageId: 50 });
    await device.until("puback", 4);
    listener.publish("cmnd/x/Power", "ON", { messageId: 9 });
    expect(await device.until("publish")).toMatchObject({ topic: "cmnd/x/Power" });
    await eventually(
      () => heard(listener).length,
      (count) => count >= 5,
    );
    expect(heard(listener).toSorted()).toEqual([
      "cmnd/x/Power",
      "stat/x/POWER",
      "tele/x/INFO1",
      "tele/x/SENSOR",
      "x/announce",
    ]);
    expect(await ignored("topic-of-firmware")).toBe(6);
    expect(await gateway.events()).toMatchObject([{ device: "x" }]);
    expect(await gateway.quarantined()).toEqual([]);
    device.publish("tele/y/INFO1", "{}", { messageId: 60 });
    await device.closed;
    listener.cut();
  });
});
