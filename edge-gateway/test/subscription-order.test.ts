import mqttPacket, { type IPublishPacket, type Packet } from "mqtt-packet";
import { once } from "node:events";
import { connect as connectTo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

describe.each(["log", "spool"] as const)("what comes in one piece, with the %s as the durable write", (durable) => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" }, { durable });
  });
  afterAll(() => gateway.stop());

  const cases = ([4, 5] as const).flatMap((version) =>
    [true, false].flatMap((clean) =>
      // One topic is telemetry, and the other nobody's but the subscribers'.
      ["devices/d/telemetry", "free/a"].map((topic) => ({ version, clean, topic })),
    ),
  );

  async function connect({ version, clean }: { readonly version: 4 | 5; readonly clean: boolean }) {
    const clientId = `c${Math.random()}`;
    const device = await RawDevice.connect(gateway.app.mqttPort, { clientId, version, clean });
    const send = (...packets: readonly object[]): void =>
      device.sendBytes(
        Buffer.concat(packets.map((packet) => mqttPacket.generate(packet as Packet, { protocolVersion: version }))),
      );
    const heard = (): string[] =>
      device.heard.filter(({ cmd }) => cmd === "publish").map((packet) => String((packet as IPublishPacket).payload));
    const kinds = (): string[] => device.heard.map(({ cmd }) => cmd);
    return { device, send, heard, kinds };
  }
  const publishes = (topic: string) =>
    ([0, 1, 2] as const).map((qos) => ({
      ...{ cmd: "publish", topic, payload: `{"q":${qos}}`, qos, messageId: 10 + qos, dup: false, retain: false },
    }));
  const subscribe = (topic: string) => ({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 2 }] });
  const unsubscribe = (topic: string) => ({ cmd: "unsubscribe", messageId: 2, unsubscriptions: [topic] });

  it.each(cases)("a client hears what it says behind its SUBSCRIBE: %o", async ({ topic, ...login }) => {
    const { device, send, heard, kinds } = await connect(login);
    send(subscribe(topic), ...publishes(topic), { cmd: "pingreq" });
    await Promise.all([device.until("puback"), device.until("pubrec"), device.until("publish", 3)]);
    await device.until("pingresp");
    expect(heard().toSorted()).toEqual(['{"q":0}', '{"q":1}', '{"q":2}']);
    expect(kinds().indexOf("suback")).toBeLessThan(kinds().indexOf("puback"));
    expect(kinds().indexOf("suback")).toBeLessThan(kinds().indexOf("pubrec"));
    device.cut();
  });

  it.each(cases)("the last of SUBSCRIBE and UNSUBSCRIBE is in force: %o", async ({ topic, ...login }) => {
    const { device, send, heard, kinds } = await connect(login);
    send(subscribe(topic), ...publishes(topic), unsubscribe(topic));
    await Promise.all([device.until("suback"), device.until("unsuback")]);
    await Promise.all([device.until("puback"), device.until("pubrec")]);
    expect(kinds().indexOf("suback")).toBeLessThan(kinds().indexOf("unsuback"));
    device.publish(topic, '{"after":1}', { messageId: 20 });
    await device.until("puback", 2);
    expect(heard()).not.toContain('{"after":1}');
    // And the other way round.
    send(unsubscribe(topic), subscribe(topic), { ...publishes(topic)[1]!, payload: '{"again":1}' });
    await device.until("suback", 2);
    await device.until("puback", 3);
    expect(heard()).toContain('{"again":1}');
    device.cut();
  });

  it("all of it may come with CONNECT", async () => {
    const socket = connectTo(gateway.app.mqttPort, "127.0.0.1");
    await once(socket, "connect");
    const connecting = RawDevice.over(socket, { clientId: "hasty", clean: false });
    for (const packet of [subscribe("free/b"), ...publishes("free/b"), unsubscribe("free/b"), subscribe("free/b")])
      socket.write(mqttPacket.generate(packet as Packet));
    const device = await connecting;
    await Promise.all([device.until("suback", 2), device.until("puback"), device.until("pubrec")]);
    expect(device.heard.map(({ cmd }) => cmd).filter((cmd) => cmd.endsWith("suback"))).toEqual([
      ...["suback", "unsuback", "suback"],
    ]);
    device.publish("free/b", "after", { messageId: 20 });
    await device.until("puback", 2);
    expect(device.heard.some((packet) => packet.cmd === "publish" && String(packet.payload) === "after")).toBe(true);
    device.cut();
  });
});
