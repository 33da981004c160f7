import { eventually } from "@headwater/testkit/eventually";
import { nowMicros } from "@headwater/core";
import mqttPacket, { type IPublishPacket, type Packet } from "mqtt-packet";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { bridgeSpecs } from "../../bridge/bridge-spec.ts";
import type { OutboundMessage } from "../../bridge/remote-broker.ts";
import { MqttRemoteBroker } from "./mqtt-remote-broker.ts";

const protocolVersion = 5;

/** A broker that says what it takes, acknowledges when it is told to, and keeps what it hears. */
class Broker {
  readonly heard: Packet[] = [];
  readonly #server: Server;
  #socket: Socket | undefined;

  constructor(properties: object) {
    this.#server = createServer((socket) => {
      this.#socket = socket;
      const parser = mqttPacket.parser({ protocolVersion });
      parser.on("packet", (packet) => {
        this.heard.push(packet);
        if (packet.cmd === "connect") this.send({ cmd: "connack", reasonCode: 0, sessionPresent: false, properties });
        if (packet.cmd === "subscribe")
          this.send({ cmd: "suback", messageId: packet.messageId!, granted: packet.subscriptions.map(() => 1) });
        if (packet.cmd === "pingreq") this.send({ cmd: "pingresp" });
      });
      socket.on("data", (chunk) => parser.parse(chunk));
      socket.on("error", () => {});
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  send(packet: Packet): void {
    this.#socket!.write(mqttPacket.generate(packet, { protocolVersion }));
  }

  get published(): readonly IPublishPacket[] {
    return this.heard.filter((packet) => packet.cmd === "publish");
  }

  acknowledge(index: number): void {
    this.send({ cmd: "puback", messageId: this.published[index]!.messageId! });
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }
}

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function connected(properties: object) {
  const broker = new Broker(properties);
  const url = await broker.listen();
  open.push(() => broker.close());
  const [spec] = bridgeSpecs([{ name: "b", url, subscriptions: [{ filter: "a/#" }] }], "gateway", []);
  let remote!: MqttRemoteBroker;
  const problem = await new Promise<string | undefined>((resolve) => {
    const login = { password: undefined, ca: undefined, cert: undefined, key: undefined };
    remote = new MqttRemoteBroker(spec!, login, {
      connected: () => setImmediate(() => resolve(undefined)),
      message: () => {},
      release: () => {},
      closed: ({ text }) => resolve(text),
    });
  });
  expect(problem).toBeUndefined();
  open.push(() => remote.close());
  return { broker, remote };
}

const message = (payload: string, more: Partial<OutboundMessage> = {}): OutboundMessage => ({
  ...{ topic: "to/a", payload, qos: 1 },
  ...more,
});

it("no more messages are unacknowledged than the broker takes; the others follow in their order", async () => {
  const { broker, remote } = await connected({ receiveMaximum: 2 });
  const acked: string[] = [];
  const givenUp: string[] = [];
  const send = (payload: string, more: Partial<OutboundMessage> = {}) =>
    remote.publish(message(payload, more), (isAcked) => (isAcked ? acked : givenUp).push(payload));
  const soon = nowMicros() + 60_000_000;
  expect(["1", "2", "3"].map((payload) => send(payload))).toEqual(["awaited", "awaited", "awaited"]);
  // What is too late when there is room is not sent.
  send("late", { deadline: nowMicros() - 1 });
  send("4", { deadline: soon });
  expect(send("0", { qos: 0 })).toBe("sent");
  const heard = () => broker.published.map(({ payload }) => String(payload));
  await eventually(() => expect(heard()).toEqual(["1", "2", "0"]));
  broker.acknowledge(1);
  await eventually(() => expect(heard()).toEqual(["1", "2", "0", "3"]));
  broker.acknowledge(0);
  await eventually(() => expect(heard()).toEqual(["1", "2", "0", "3", "4"]));
  broker.acknowledge(3);
  broker.acknowledge(4);
  await eventually(() => expect(acked).toEqual(["2", "1", "3", "4"]));
  expect(givenUp).toEqual(["late"]);
});

it("no packet is larger than the broker takes", async () => {
  const { broker, remote } = await connected({ maximumPacketSize: 60 });
  const properties = {
    ...{ messageExpiryInterval: 1, contentType: "application/json", payloadFormatIndicator: true },
    ...{ responseTopic: "from/a", correlationData: Buffer.from("c") },
  };
  expect(remote.publish(message("x".repeat(60)))).toBe("too-large");
  expect(remote.publish(message("ü".repeat(30), { qos: 0 }))).toBe("too-large");
  expect(remote.publish(message("x".repeat(20), { properties }))).toBe("too-large");
  expect(remote.publish(message("x".repeat(20)))).toBe("awaited");
  const filter = (filter: string) => ({ filter, qos: 1, noLocal: true, retained: false }) as const;
  const long = `a/${"b".repeat(60)}/#`;
  expect(await remote.subscribe([filter("a/#"), filter(long), filter("c/#")])).toEqual([long]);
  await eventually(() => expect(broker.published).toHaveLength(1));
  const [, ...packets] = broker.heard;
  // The head of such a packet is two bytes.
  for (const { length } of packets) expect(length! + 2).toBeLessThanOrEqual(60);
});

it("a broker that takes QoS 0 alone is sent no other, and acknowledges nothing", async () => {
  const { broker, remote } = await connected({ maximumQoS: 0 });
  expect(remote.publish(message("1"), () => expect.unreachable())).toBe("sent");
  await eventually(() => expect(broker.published).toMatchObject([{ qos: 0 }]));
});

it("what waited for room is gone with the connection", async () => {
  const { broker, remote } = await connected({ receiveMaximum: 1 });
  remote.publish(message("1"));
  remote.publish(message("2"), () => expect.unreachable());
  await eventually(() => expect(broker.published).toHaveLength(1));
  await remote.close();
  expect(broker.published.map(({ payload }) => String(payload))).toEqual(["1"]);
});
