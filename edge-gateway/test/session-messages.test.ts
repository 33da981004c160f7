import { eventually } from "@headwater/testkit/eventually";
import type { IPublishPacket } from "mqtt-packet";
import { silentLogger } from "@headwater/core";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WaitingWills } from "../src/mqtt/sessions/waiting-wills.ts";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice, type RawLogin } from "./raw-device.ts";

const heardBy = (device: RawDevice) => device.heard.filter(({ cmd }) => cmd === "publish") as IPublishPacket[];
const texts = (device: RawDevice): string[] => heardBy(device).map(({ payload }) => String(payload));

describe("messages for sessions that come and go", () => {
  let gateway: GatewayUnderTest;
  let speaker: RawDevice;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true", HEADWATER_MQTT_USER_PROPERTIES: "b" });
    speaker = await RawDevice.connect(gateway.app.mqttPort, { clientId: "speaker", version: 5 });
  });
  afterAll(async () => {
    speaker.cut();
    await gateway.stop();
  });

  const connect = (clientId: string, login: Partial<RawLogin> = {}) =>
    RawDevice.connect(gateway.app.mqttPort, { clientId, version: 5, clean: false, ...login });
  const say = async (topic: string, payload: string, options: object = {}): Promise<void> => {
    const before = speaker.count("puback");
    speaker.publish(topic, payload, options);
    await speaker.until("puback", before + 1);
  };
  const leave = async (device: RawDevice): Promise<void> => {
    device.cut();
    await device.closed;
  };
  /** What the device hears up to a last message; it acknowledges all of it. */
  const allHeard = async (device: RawDevice, topic: string): Promise<string[]> => {
    let seen = 0;
    await say(topic, "last");
    await eventually(() => {
      for (const message of heardBy(device).slice(seen)) {
        seen += 1;
        if (message.qos === 1) device.ack(message);
      }
      expect(texts(device)).toContain("last");
    });
    return texts(device);
  };

  it.each([4, 5] as const)("come once, whatever matches them, with the most QoS; version %i", async (version) => {
    const topic = `o${version}/a/b`;
    const first = await connect(`over-${version}`, { version });
    for (const [filter, qos] of [
      [`o${version}/#`, 0],
      [`o${version}/a/b`, 1],
      [`o${version}/+/b`, 2],
      [`o${version}/a/#`, 1],
    ] as const)
      await first.subscribe([{ topic: filter, qos }]);
    await say(topic, "live", { qos: 1 });
    speaker.publish(topic, "twice", { qos: 2, messageId: 5 });
    speaker.send({ cmd: "pubrel", messageId: 5 });
    await speaker.until("pubcomp", version === 4 ? 1 : 2);
    await first.until("publish", 2);
    expect(heardBy(first).map(({ payload, qos }) => [String(payload), qos])).toEqual([
      ["live", 1],
      ["twice", 2],
    ]);
    first.ack(heardBy(first)[0]!);
    first.send({ cmd: "pubrec", messageId: heardBy(first)[1]!.messageId! });
    await first.until("pubrel");
    first.send({ cmd: "pubcomp", messageId: heardBy(first)[1]!.messageId! });
    first.send({ cmd: "pingreq" });
    await first.until("pingresp");
    await leave(first);
    await say(topic, "away");
    const second = await connect(`over-${version}`, { version });
    expect(await allHeard(second, topic)).toEqual(["away", "last"]);
    second.cut();
  });

  it("tell the identifiers of all subscriptions that match, also of what waited", async () => {
    const first = await connect("identified");
    await first.subscribe([{ topic: "i/#", qos: 1 }], { subscriptionIdentifier: 1 });
    await first.subscribe([{ topic: "i/+", qos: 1 }]);
    await first.subscribe([{ topic: "i/a", qos: 0 }], { subscriptionIdentifier: 200_000 });
    const identifiers = (device: RawDevice) => heardBy(device)[0]!.properties?.subscriptionIdentifier;
    await say("i/a", "live", { properties: { contentType: "text/plain" } });
    await first.until("publish");
    expect(identifiers(first)).toEqual([1, 200_000]);
    first.ack(heardBy(first)[0]!);
    first.send({ cmd: "pingreq" });
    await first.until("pingresp");
    await leave(first);
    await say("i/a", "away");
    await say("i/b", "other");
    const second = await connect("identified");
    await second.until("publish", 2);
    expect(heardBy(second).map(({ properties }) => properties?.subscriptionIdentifier)).toEqual([[1, 200_000], 1]);
    second.cut();
  });

  it.each([false, true])(
    "are retained ones only as their subscription asks (%s), and then acknowledged",
    async (rap) => {
      const first = await connect(`retained-${rap}`);
      const topic = `r/${rap}`;
      await first.subscribe([{ topic, qos: 1, rap, rh: 2 }]);
      await say(topic, "live", { retain: true });
      await first.until("publish");
      first.ack(heardBy(first)[0]!);
      first.send({ cmd: "pingreq" });
      await first.until("pingresp");
      await leave(first);
      await say(topic, "away", { retain: true });
      const second = await connect(`retained-${rap}`);
      expect(await allHeard(second, topic)).toEqual(["away", "last"]);
      expect([...heardBy(first), ...heardBy(second)].map(({ retain }) => retain)).toEqual([rap, rap, false]);
      second.cut();
    },
  );

  it("are not what the client says itself where it wants none of that, and nothing else goes with them", async () => {
    const first = await connect("no-local", { properties: { sessionExpiryInterval: 600, receiveMaximum: 1 } });
    await first.subscribe([{ topic: "n/#", qos: 1, nl: true }]);
    await say("n/a", "1");
    await say("n/a", "2");
    first.publish("n/a", "own", { messageId: 3 });
    await first.until("puback");
    await leave(first);
    const second = await connect("no-local");
    expect(await allHeard(second, "n/a")).toEqual(["1", "2", "last"]);
    second.cut();
  });

  it("come whatever QoS they have and in what order they are said", async () => {
    const device = await connect("mixed");
    await device.subscribe([{ topic: "m/#", qos: 1 }]);
    for (let i = 0; i < 20; i += 1) speaker.publish("m/a", `${i}`, { qos: (1 - (i % 2)) as 0 | 1, messageId: 100 + i });
    await device.until("publish", 20);
    expect(new Set(texts(device)).size).toBe(20);
    device.cut();
  });

  it("that waited come to a session that is to end with its connection, and then no more", async () => {
    const first = await connect("ends", { properties: { sessionExpiryInterval: 600 } });
    await first.subscribe([{ topic: "e/#", qos: 1 }]);
    await leave(first);
    await say("e/a", "1");
    const second = await connect("ends", { properties: {} });
    expect(await second.until("connack")).toMatchObject({ sessionPresent: true });
    expect(await allHeard(second, "e/a")).toEqual(["1", "last"]);
    await leave(second);
    const third = await connect("ends");
    expect(await third.until("connack")).toMatchObject({ sessionPresent: false });
    await third.subscribe([{ topic: "e/#", qos: 1 }]);
    expect((await allHeard(third, "e/a")).slice(-2)).toEqual(["last"]);
    third.cut();
  });

  it("that waited for a session that is over come to no later one", async () => {
    const first = await connect("over", { properties: { sessionExpiryInterval: 1 } });
    await first.subscribe([{ topic: "x/#", qos: 1 }]);
    await leave(first);
    for (const payload of ["1", "2", "3"]) await say("x/a", payload);
    await sleep(2000);
    const second = await connect("over", { properties: { sessionExpiryInterval: 600, receiveMaximum: 1 } });
    expect(await second.until("connack")).toMatchObject({ sessionPresent: false });
    await second.subscribe([{ topic: "x/#", qos: 1 }]);
    expect(await allHeard(second, "x/a")).toEqual(["last"]);
    second.cut();
  });

  it("say what is left of their time after they waited", async () => {
    const device = await connect("waits", { properties: { sessionExpiryInterval: 600, receiveMaximum: 1 } });
    await device.subscribe([{ topic: "w/#", qos: 1 }]);
    const properties = { messageExpiryInterval: 100 };
    for (const payload of ["1", "2"]) await say("w/a", payload, { properties });
    await device.until("publish");
    await sleep(1100);
    device.ack(heardBy(device)[0]!);
    await device.until("publish", 2);
    expect(heardBy(device)[1]!.properties!.messageExpiryInterval).toBeLessThan(100);
    device.cut();
  });

  it("have their user properties in order, and the log has those that are asked for", async () => {
    const device = await connect("ordered", { clean: true });
    await device.subscribe([{ topic: "devices/ordered/#", qos: 1 }]);
    const userProperties = [{ b: "1" }, { a: "2" }, { b: "3" }, { 7: "" }, { 7: "x" }];
    await say("devices/ordered/telemetry", '{"t":1}', { properties: { userProperties } });
    await say("devices/ordered/x", "plain", { properties: { userProperties: { b: "1", a: ["2", "3"] } } });
    await device.until("publish", 2);
    expect(heardBy(device).map(({ properties }) => properties?.userProperties)).toEqual([
      userProperties,
      { b: "1", a: ["2", "3"] },
    ]);
    const events = (await gateway.events()).filter((event) => event.device === "ordered");
    expect(events.map(({ attributes }) => ({ ...attributes }))).toEqual([{ "user.b": "1,3" }]);
    device.cut();
  });

  it("a command and the time have the identifiers too, and a command what is left of its time", async () => {
    const username = "counts";
    const password = await gateway.register(username);
    const device = await connect(username, { username, password, clean: true, properties: { receiveMaximum: 1 } });
    await device.subscribe([{ topic: "devices/counts/time", qos: 0 }], { subscriptionIdentifier: 8 });
    await device.subscribe([{ topic: "devices/counts/commands/+", qos: 1 }], { subscriptionIdentifier: 7 });
    await device.subscribe([{ topic: "devices/counts/x", qos: 1 }]);
    await say("devices/counts/x", "1");
    await device.until("publish", 2);
    await gateway.requestCommand(username, "c-1", { name: "shut", ttlMs: 60_000 });
    await sleep(1100);
    device.ack(heardBy(device)[1]!);
    await device.until("publish", 3);
    expect(heardBy(device).map(({ properties }) => properties?.subscriptionIdentifier)).toEqual([8, undefined, 7]);
    expect(heardBy(device)[2]!.properties!.messageExpiryInterval).toBeLessThan(60);
    device.cut();
  });

  it("a last will that waits is sent when a new session takes the place of its own, not when that goes on", async () => {
    const listener = await connect("listener", { clean: true });
    await listener.subscribe([{ topic: "will/#", qos: 1 }]);
    const dying = (clientId: string) =>
      connect(clientId, {
        properties: { sessionExpiryInterval: 600 },
        will: {
          ...{ topic: `will/${clientId}`, payload: Buffer.from(clientId), qos: 1, retain: false },
          properties: { willDelayInterval: 300 },
        },
      });
    for (const clientId of ["dead", "alive", "same"]) {
      const device = await dying(clientId);
      if (clientId !== "alive") await leave(device);
      (await connect(clientId, { clean: clientId !== "same" })).send({ cmd: "disconnect", reasonCode: 0 } as never);
    }
    expect(await allHeard(listener, "will/last")).toEqual(["dead", "alive", "last"]);
    listener.cut();
  });

  it("a last will that waits outlives the gateway, unless its client came back", async () => {
    const password = await gateway.register("mortal");
    const login = { username: "mortal", password, properties: { sessionExpiryInterval: 600 } };
    const listener = await connect("hears", login);
    await listener.subscribe([{ topic: "devices/mortal/#", qos: 1 }]);
    await leave(listener);
    for (const name of ["gone", "back"]) {
      const payload = Buffer.from(`{"${name}":1}`);
      const properties = { willDelayInterval: 300, contentType: "application/json" };
      const will = { topic: "devices/mortal/telemetry", payload, qos: 1, retain: false, properties };
      await leave(await connect(name, { ...login, will }));
    }
    await leave(await connect("back", login));
    await gateway.downGateway();
    const wills = await WaitingWills.open({
      file: join(gateway.dataDir, "gateway/wills.journal"),
      logger: silentLogger,
    });
    expect(wills.all.map(({ session }) => session)).toEqual([expect.stringMatching(/^mortal.*\/gone$/)]);
    for (const will of wills.all) wills.add({ ...will, dueAt: Date.now() });
    await wills.close();
    await gateway.upGateway();
    const again = await connect("hears", login);
    await again.until("publish");
    expect(heardBy(again)[0]).toMatchObject({ qos: 1, properties: { contentType: "application/json" } });
    expect(texts(again)).toEqual(['{"gone":1}']);
    await eventually(async () =>
      expect((await gateway.presence()).filter(({ device, lastWill }) => device === "mortal" && lastWill)).toHaveLength(
        1,
      ),
    );
    const events = (await gateway.events()).filter(({ device }) => device === "mortal");
    expect(events.map(({ readings }) => readings.map(({ metric }) => metric))).toEqual([["gone"]]);
    again.cut();
  });
});
