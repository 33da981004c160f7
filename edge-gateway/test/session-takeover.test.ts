import { eventually } from "@headwater/testkit/eventually";
import { generate, type IPublishPacket } from "mqtt-packet";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createWebSocketStream, WebSocket } from "ws";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice, type RawLogin } from "./raw-device.ts";

interface Way {
  readonly version: 4 | 5;
  readonly transport: "tcp" | "ws";
}

const ways: readonly Way[] = [
  { version: 4, transport: "tcp" },
  { version: 5, transport: "tcp" },
  { version: 5, transport: "ws" },
];
const changes = ways.flatMap((from) =>
  ways.map((to) => [from.version, from.transport, to.version, to.transport] as const),
);
const messages = (device: RawDevice) => device.heard.filter(({ cmd }) => cmd === "publish") as IPublishPacket[];
const heard = (device: RawDevice) => messages(device).map(({ payload }) => String(payload));

describe("a session that another connection of its client takes over", () => {
  let gateway: GatewayUnderTest;
  let speaker: RawDevice;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true", HEADWATER_MQTT_WS_PORT: "0" });
    speaker = await RawDevice.connect(gateway.app.mqttPort, { clientId: "speaker", version: 5 });
  });
  afterAll(async () => {
    speaker.cut();
    await gateway.stop();
  });

  const connect = async (clientId: string, { version, transport }: Way, more: Partial<RawLogin> = {}) => {
    const login: RawLogin = { clientId, version, clean: false, ...more };
    if (transport === "tcp") return RawDevice.connect(gateway.app.mqttPort, login);
    const { url } = gateway.app.mqttAddresses.find((address) => address.transport === "ws")!;
    const webSocket = new WebSocket(url, "mqtt");
    const stream = createWebSocketStream(webSocket);
    // It would wait for its other half.
    webSocket.once("close", () => stream.destroy());
    return RawDevice.over(stream, login);
  };
  const say = async (topic: string, payload: string, qos: 0 | 1 | 2 = 1): Promise<void> => {
    const before = speaker.heard.length;
    speaker.publish(topic, payload, { qos, messageId: 1 });
    if (qos === 0) return;
    await eventually(() => expect(speaker.heard.length).toBeGreaterThan(before));
    if (qos === 1) return;
    speaker.send({ cmd: "pubrel", messageId: 1 });
    await eventually(() => expect(speaker.heard.length).toBeGreaterThan(before + 1));
  };

  it.each(changes)(
    "is sent what it has not settled, and nothing else: %i over %s, then %i over %s",
    async (fromVersion, fromTransport, toVersion, toTransport) => {
      const name = `${fromVersion}${fromTransport}${toVersion}${toTransport}`;
      const [from, to] = [
        { version: fromVersion, transport: fromTransport },
        { version: toVersion, transport: toTransport },
      ];
      const first = await connect(name, from);
      await first.subscribe([{ topic: `${name}/#`, qos: 2 }]);
      await say(`${name}/a`, "acked", 1);
      await say(`${name}/a`, "open", 1);
      await say(`${name}/a`, "received", 2);
      await say(`${name}/a`, "new", 2);
      await first.until("publish", 4);
      expect(heard(first)).toEqual(["acked", "open", "received", "new"]);
      const [acked, open, received, fresh] = messages(first);
      first.ack(acked!);
      first.send({ cmd: "pubrec", messageId: received!.messageId! });
      await first.until("pubrel");

      const second = await connect(name, to);
      await first.closed;
      if (fromVersion === 5) expect(first.heard.at(-1)).toMatchObject({ cmd: "disconnect", reasonCode: 0x8e });
      await second.until("publish", 2);
      await second.until("pubrel");
      expect(messages(second)).toMatchObject([
        { messageId: open!.messageId, dup: true, qos: 1 },
        { messageId: fresh!.messageId, dup: true, qos: 2 },
      ]);
      expect(second.heard.filter(({ cmd }) => cmd === "pubrel")).toMatchObject([{ messageId: received!.messageId }]);
      second.ack(open!);
      second.send({ cmd: "pubcomp", messageId: received!.messageId! });
      second.send({ cmd: "pubrec", messageId: fresh!.messageId! });
      await second.until("pubrel", 2);
      second.send({ cmd: "pubcomp", messageId: fresh!.messageId! });
      await say(`${name}/a`, "next", 1);
      await second.until("publish", 3);
      second.ack(messages(second)[2]!);

      const third = await connect(name, from);
      await second.closed;
      await say(`${name}/a`, "last", 1);
      await third.until("publish");
      expect(heard(third)).toEqual(["last"]);
      third.cut();
    },
  );

  it("gets what is new under packet identifiers that nothing unsettled has", async () => {
    // The broker's library begins to count anywhere; here where it began before.
    const random = vi.spyOn(Math, "random").mockReturnValue(0.5);
    try {
      const first = await connect("counted", ways[0]!);
      await first.subscribe([{ topic: "counted/#", qos: 2 }]);
      await say("counted/a", "one", 1);
      await say("counted/a", "two", 2);
      await first.until("publish", 2);
      const second = await connect("counted", ways[0]!);
      await say("counted/a", "three", 1);
      await say("counted/a", "four", 2);
      await second.until("publish", 4);
      expect(heard(second)).toEqual(["one", "two", "three", "four"]);
      expect(new Set(messages(second).map(({ messageId }) => messageId)).size).toBe(4);
      second.cut();
    } finally {
      random.mockRestore();
    }
  });

  it.each([4, 5] as const)("is sent the PUBREL of each message that it has received, of MQTT %i", async (version) => {
    const name = `both-${version}`;
    const way = { version, transport: "tcp" } as const;
    const first = await connect(name, way);
    await first.subscribe([{ topic: `${name}/#`, qos: 2 }]);
    const payloads = ["one", "two", "three"];
    for (const payload of payloads) await say(`${name}/a`, payload, 2);
    await first.until("publish", payloads.length);
    const ids = messages(first).map(({ messageId }) => messageId!);
    // In one read of the gateway.
    const packets = ids.map((messageId) => ({ cmd: "pubrec", messageId }) as const);
    first.sendBytes(Buffer.concat(packets.map((packet) => generate(packet, { protocolVersion: version }))));
    const released = ({ heard: packets }: RawDevice) =>
      packets.flatMap((packet) => (packet.cmd === "pubrel" ? [packet.messageId] : []));
    await first.until("pubrel", ids.length);
    expect(released(first)).toEqual(ids);
    first.cut();
    await first.closed;
    const second = await connect(name, way);
    await second.until("pubrel", ids.length);
    expect(released(second)).toEqual(ids);
    expect(messages(second)).toEqual([]);
    second.cut();
  });

  it.each([4, 5] as const)(
    "gives no message of MQTT %i the identifier of a PUBREL that is not answered",
    async (version) => {
      const name = `released-${version}`;
      const way = { version, transport: "tcp" } as const;
      const random = vi.spyOn(Math, "random").mockReturnValue(0.5);
      try {
        // The identifier that the broker would give next on the second connection.
        const id = 0x8000;
        const first = await connect(name, way);
        await first.subscribe([{ topic: `${name}/#`, qos: 2 }]);
        await say(`${name}/a`, "released", 2);
        await first.until("publish");
        const [released] = messages(first);
        expect(released!.messageId).toBe(id);
        first.send({ cmd: "pubrec", messageId: id });
        await first.until("pubrel");
        first.cut();
        await first.closed;
        const second = await connect(name, way);
        await second.until("pubrel");
        await say(`${name}/a`, "new", 1);
        await second.until("publish");
        expect(messages(second)[0]!.messageId).not.toBe(id);
        // Not a wrong acknowledgement.
        second.send({ cmd: "pubcomp", messageId: id });
        second.send({ cmd: "pingreq" });
        await second.until("pingresp");
        second.cut();
      } finally {
        random.mockRestore();
      }
    },
  );

  it.each(ways)("is sent once what comes while it is on its way in: $version over $transport", async (way) => {
    const name = `coming-${way.version}-${way.transport}`;
    let device = await connect(name, way);
    await device.subscribe([{ topic: `${name}/#`, qos: 2 }]);
    const perConnection = 40;
    for (let change = 0; change < 5; change += 1) {
      device.cut();
      await device.closed;
      const coming = connect(name, way);
      for (let i = 1; i <= perConnection; i += 1) {
        speaker.publish(`${name}/a`, `${change}/${i}`, { messageId: i });
        await new Promise(setImmediate);
      }
      device = await coming;
      await eventually(() => expect(heard(device)).toContain(`${change}/${perConnection}`));
      device.send({ cmd: "pingreq" });
      await device.until("pingresp");
      // The same again under the same identifier is no second message.
      const sent = new Map(messages(device).map(({ messageId, payload }) => [messageId, String(payload)]));
      expect([...sent.values()]).toEqual(Array.from({ length: perConnection }, (_, i) => `${change}/${i + 1}`));
      for (const messageId of sent.keys()) device.ack({ messageId });
      device.send({ cmd: "pingreq" });
      await device.until("pingresp", 2);
    }
    device.cut();
  });

  it("loses nothing and changes no order while others speak and connections come and go", async () => {
    const name = "busy";
    let device = await connect(name, ways[1]!);
    await device.subscribe([{ topic: `${name}/#`, qos: 1 }]);
    const all: string[] = [];
    let listening = device;
    const listen = (one: RawDevice): void => {
      let seen = 0;
      listening = one;
      one.onHeard = () => {
        for (; seen < one.heard.length; seen += 1) {
          const packet = one.heard[seen]!;
          if (packet.cmd !== "publish") continue;
          all.push(String(packet.payload));
          // Some are not settled before the end.
          if (!one.isClosed && all.length % 5 !== 0) one.ack(packet);
          else late.push(() => one.ack(packet));
        }
      };
    };
    const late: (() => void)[] = [];
    listen(device);
    const count = 200;
    const speaking = (async () => {
      for (let i = 0; i < count; i += 1) await say(`${name}/a`, String(i), 1);
    })();
    for (let change = 0; change < 8; change += 1) {
      await sleep(20);
      const next = await connect(name, ways[change % ways.length]!);
      listen(next);
      next.onHeard!();
      device = next;
    }
    await speaking;
    await eventually(() => {
      for (const ack of late.splice(0)) ack();
      expect(new Set(all).size).toBe(count);
    });
    // Of each its first time.
    expect([...new Set(all)]).toEqual(Array.from({ length: count }, (_, index) => String(index)));
    listening.cut();
  });

  it.each([1, 2] as const)("is sent one message of QoS %i at a time if it takes no more, in order", async (qos) => {
    const name = `slow-${qos}`;
    const properties = { sessionExpiryInterval: 600, receiveMaximum: 1 };
    const first = await connect(name, ways[1]!, { properties });
    await first.subscribe([{ topic: `${name}/#`, qos }]);
    first.cut();
    await first.closed;
    for (const payload of ["w1", "w2", "w3"]) await say(`${name}/a`, payload, qos);
    const device = await connect(name, ways[2]!, { properties });
    for (const payload of ["l1", "l2", "l3"]) await say(`${name}/a`, payload, qos);
    const expected = ["w1", "w2", "w3", "l1", "l2", "l3"];
    for (let index = 0; index < expected.length; index += 1) {
      await device.until("publish", index + 1);
      // One more would be here by now.
      device.send({ cmd: "pingreq" });
      await device.until("pingresp", index + 1);
      expect(heard(device)).toEqual(expected.slice(0, index + 1));
      const { messageId } = messages(device)[index]!;
      if (qos === 1) device.ack({ messageId });
      else {
        device.send({ cmd: "pubrec", messageId: messageId! });
        await device.until("pubrel", index + 1);
        device.send({ cmd: "pubcomp", messageId: messageId! });
      }
    }
    device.cut();
  });
});
