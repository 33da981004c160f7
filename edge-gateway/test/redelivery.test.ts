import { afterEach, beforeEach, describe, expect, it } from "vitest";
import mqttPacket from "mqtt-packet";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, laneProblems } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

const topic = "devices/d/telemetry";

describe.each([
  ["log", 4],
  ["spool", 4],
  ["log", 5],
  ["spool", 5],
] as const)("a message that is sent again, with the %s as the durable write, of MQTT %i", (durable, version) => {
  let gateway: GatewayUnderTest;
  let token: string;
  beforeEach(async () => {
    gateway = await GatewayUnderTest.start({}, { durable });
    token = await gateway.register("d");
  });
  afterEach(() => gateway.stop());

  const device = (clean = false) =>
    RawDevice.connect(gateway.app.mqttPort, { username: "d", password: token, clientId: "c", clean, version });
  const values = async (count: number) => {
    await eventually(
      () => gateway.events(),
      (events) => events.length >= count,
    );
    return (await gateway.events()).map((event) => event.readings[0]!.number);
  };

  it("QoS 1: a DUP of the same payload is acknowledged and not taken twice, across a reconnect too", async () => {
    let d = await device();
    d.publish(topic, '{"a":1}', { messageId: 7 });
    await d.until("puback");
    d.publish(topic, '{"a":1}', { messageId: 7, dup: true });
    await d.until("puback", 2);
    d.cut();
    d = await device();
    d.publish(topic, '{"a":1}', { messageId: 7, dup: true });
    await d.until("puback");
    // The same packet identifier with something else to say is a new message, DUP or not; so is a re-send without
    // DUP.
    d.publish(topic, '{"a":2}', { messageId: 7, dup: true });
    d.publish("devices/d/telemetry/json", '{"a":2}', { messageId: 7, dup: true });
    d.publish(topic, '{"a":1}', { messageId: 7 });
    await d.until("puback", 4);
    expect(await values(4)).toEqual([1, 2, 2, 1]);
    expect(await gateway.metric("headwater_gateway_redelivered_total", 'qos="1"')).toBe(2);
  });

  it("QoS 2: a device that releases before it is told loses nothing by it", async () => {
    const d = await device();
    for (let i = 1; i <= 3; i += 1) {
      const message = { topic, payload: `{"a":${i}}`, qos: 2, messageId: 7, dup: false, retain: false } as const;
      const packets = [
        { cmd: "publish", ...message },
        { cmd: "pubrel", messageId: 7 },
      ] as const;
      // In one read of the gateway.
      d.sendBytes(Buffer.concat(packets.map((packet) => mqttPacket.generate(packet, { protocolVersion: version }))));
      await d.until("pubcomp", i);
      expect(await gateway.metric("headwater_gateway_redelivered_total", 'qos="2"')).toBe(0);
    }
    await d.until("pubrec", 3);
    expect(await values(3)).toEqual([1, 2, 3]);
    d.cut();
  });

  it("QoS 1: what a device had under way is known, however few of them the gateway had at a time", async () => {
    const count = 100;
    let d = await device();
    for (let i = 0; i < count; i += 1) {
      d.publish(topic, `{"a":${i}}`, { messageId: i + 1 });
      await d.until("puback", i + 1);
    }
    // As if the acknowledgements were lost with the line.
    d.cut();
    d = await device();
    for (let i = 0; i < count; i += 1) d.publish(topic, `{"a":${i}}`, { messageId: i + 1, dup: true });
    await d.until("puback", count);
    expect(await gateway.metric("headwater_gateway_redelivered_total", 'qos="1"')).toBe(count);
    expect(await values(count)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it("QoS 1: a DUP is known across a restart; not for a session that ended with its connection", async () => {
    let d = await device();
    d.publish(topic, '{"a":1}', { messageId: 7 });
    d.publish(topic, "{", { messageId: 8 });
    await d.until("puback", 2);
    d.cut();
    await gateway.restart();
    d = await device();
    d.publish(topic, '{"a":1}', { messageId: 7, dup: true });
    d.publish(topic, "{", { messageId: 8, dup: true });
    d.publish(topic, '{"a":2}', { messageId: 9, dup: true });
    await d.until("puback", 3);
    expect(await values(2)).toEqual([1, 2]);
    expect(await gateway.quarantined()).toHaveLength(1);

    d = await device(true);
    d.publish(topic, '{"a":2}', { messageId: 9, dup: true });
    await d.until("puback");
    d = await device();
    d.publish(topic, '{"a":2}', { messageId: 9, dup: true });
    await d.until("puback");
    expect(await values(4)).toEqual([1, 2, 2, 2]);
  });

  it("QoS 1: the same packet identifier and payload of another device, or another client id, is another message", async () => {
    const other = await gateway.register("e");
    const d = await device();
    d.publish(topic, '{"a":1}', { messageId: 7 });
    await d.until("puback");
    const second = await RawDevice.connect(gateway.app.mqttPort, {
      username: "d",
      password: token,
      clientId: "c2",
      clean: false,
      version,
    });
    second.publish(topic, '{"a":1}', { messageId: 7, dup: true });
    await second.until("puback");
    const third = await RawDevice.connect(gateway.app.mqttPort, {
      username: "e",
      password: other,
      clientId: "c",
      clean: false,
      version,
    });
    third.publish("v1/devices/me/telemetry", '{"a":1}', { messageId: 7, dup: true });
    await third.until("puback");
    expect(await values(3)).toEqual([1, 1, 1]);
  });

  it("QoS 2: the same until its PUBREL, across a reconnect and a restart", async () => {
    let d = await device();
    d.publish(topic, '{"a":1}', { qos: 2, messageId: 9 });
    await d.until("pubrec");
    d.publish(topic, '{"a":1}', { qos: 2, messageId: 9, dup: true });
    await d.until("pubrec", 2);
    d.cut();
    d = await device();
    d.publish(topic, '{"a":1}', { qos: 2, messageId: 9, dup: true });
    await d.until("pubrec");
    d.cut();

    await gateway.restart();
    d = await device();
    d.publish(topic, '{"a":1}', { qos: 2, messageId: 9, dup: true });
    await d.until("pubrec");
    d.send({ cmd: "pubrel", messageId: 9 });
    await d.until("pubcomp");
    d.cut();
    expect(await values(1)).toEqual([1]);

    await gateway.restart();
    d = await device();
    // Released: the packet identifier stands for a new message now.
    d.publish(topic, '{"a":2}', { qos: 2, messageId: 9 });
    await d.until("pubrec");
    d.send({ cmd: "pubrel", messageId: 9 });
    await d.until("pubcomp");
    expect(await values(2)).toEqual([1, 2]);
    expect(await laneProblems(gateway.log)).toEqual([]);
  });

  it("QoS 2: subscribers hear it once, however often it is sent again before its PUBREL", async () => {
    let d = await device();
    d.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "devices/d/#", qos: 2 }] } as never);
    await d.until("suback");
    const say = async (count: number) => {
      d.publish(topic, '{"a":1}', { qos: 2, messageId: 9, dup: count > 1 });
      await d.until("pubrec", count);
    };
    await say(1);
    await say(2);
    for (const messageId of [10, 10, 10]) d.publish(topic, '{"a":2}', { qos: 2, messageId, dup: true });
    await d.until("pubrec", 5);
    d.send({ cmd: "pubrel", messageId: 10 });
    await d.until("pubcomp");
    await d.until("publish", 2);
    expect(d.count("publish")).toBe(2);
    d.cut();
    d = await device();
    d.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "devices/d/#", qos: 2 }] } as never);
    await d.until("suback");
    // Its own, that it did not acknowledge.
    await d.until("publish", 2);
    await say(1);
    d.send({ cmd: "pubrel", messageId: 9 });
    await d.until("pubcomp");
    expect(d.count("publish")).toBe(2);
    // Released: the packet identifier stands for a new message.
    await say(2);
    await d.until("publish", 3);
  });

  it("QoS 2: a clean session forgets what an earlier one left open", async () => {
    let d = await device();
    d.publish(topic, '{"a":1}', { qos: 2, messageId: 9 });
    await d.until("pubrec");
    d.cut();
    d = await device(true);
    d.publish(topic, '{"a":1}', { qos: 2, messageId: 9 });
    await d.until("pubrec");
    expect(await values(2)).toEqual([1, 1]);
  });

  it("QoS 2: what cannot be decoded is set aside once", async () => {
    const d = await device();
    d.publish(topic, "{", { qos: 2, messageId: 3 });
    d.publish(topic, "{", { qos: 2, messageId: 3, dup: true });
    await d.until("pubrec", 2);
    d.send({ cmd: "pubrel", messageId: 3 });
    await d.until("pubcomp");
    const set = await eventually(
      () => gateway.quarantined(),
      (all) => all.length > 0,
    );
    expect(set.length).toBe(1);
  });

  it("QoS 2: what cannot be decoded is set aside once, across a restart too, until its PUBREL", async () => {
    let d = await device();
    d.publish(topic, "{", { qos: 2, messageId: 3 });
    await d.until("pubrec");
    d.cut();
    await gateway.restart();
    d = await device();
    d.publish(topic, "{", { qos: 2, messageId: 3, dup: true });
    await d.until("pubrec");
    d.cut();
    await gateway.restart();
    d = await device();
    d.publish(topic, "{", { qos: 2, messageId: 3, dup: true });
    await d.until("pubrec");
    d.send({ cmd: "pubrel", messageId: 3 });
    await d.until("pubcomp");
    // Released: the packet identifier stands for a new message now.
    d.publish(topic, "[", { qos: 2, messageId: 3 });
    await d.until("pubrec", 2);
    const set = await eventually(
      () => gateway.quarantined(),
      (all) => all.some(({ payload }) => String.fromCharCode(...payload) === "["),
    );
    expect(set.map(({ payload }) => String.fromCharCode(...payload))).toEqual(["{", "["]);
    expect(await laneProblems(gateway.log)).toEqual([]);
  });

  it("PUBREL of something unknown is answered", async () => {
    const d = await device();
    d.send({ cmd: "pubrel", messageId: 77 });
    await d.until("pubcomp");
  });
});
