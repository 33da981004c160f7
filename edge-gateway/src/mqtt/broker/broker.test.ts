import type { Client } from "aedes";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import mqttPacket from "mqtt-packet";
import { expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { Audience } from "../sessions/audience.ts";
import { GatewayBroker } from "./broker.ts";
import { slim } from "./slim-client.ts";

const everybodyListens = { mayHear: () => true } as unknown as Audience;

it("the last will of a client that is there is not sent, however long it stays", async () => {
  let wills = 0;
  const broker = new GatewayBroker(
    {
      heartbeatInterval: 20,
      authorizePublish: (_client, { topic }, done) => {
        if (topic === "will") wills += 1;
        done(null);
      },
    },
    new Audience(),
  );
  await broker.listen();
  const server = createServer((socket) => void broker.handle(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const ready = once(broker, "clientReady");
  socket.write(
    mqttPacket.generate({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clientId: "c",
      clean: true,
      keepalive: 0,
      will: { topic: "will", payload: Buffer.from("gone"), qos: 0, retain: false },
    }),
  );
  await ready;
  // Every four heartbeats aedes looks for brokers that it has not heard of.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(wills).toBe(0);
  // The line breaks: now it is.
  const gone = once(broker, "clientDisconnect");
  socket.destroy();
  await gone;
  await eventually(() => expect(wills).toBe(1));
  await new Promise<void>((resolve) => broker.close(resolve));
  server.close();
});

it("names that every object has are topics and sessions like any other", async () => {
  const broker = new GatewayBroker({}, everybodyListens);
  await broker.listen();
  const server = createServer((socket) => slim(broker.handle(socket)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const heard: string[] = [];
  const parser = mqttPacket.parser();
  parser.on("packet", (packet) => heard.push(packet.cmd === "publish" ? packet.topic : packet.cmd));
  socket.on("data", (chunk) => parser.parse(chunk));
  const send = (packet: mqttPacket.Packet) => socket.write(mqttPacket.generate(packet));
  send({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clientId: "constructor", clean: true, keepalive: 0 });
  send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "toString", qos: 0 }] });
  await eventually(() => expect(heard).toEqual(["connack", "suback"]));
  send({ cmd: "publish", topic: "toString", payload: "x", qos: 0, dup: false, retain: false });
  await eventually(() => expect(heard).toEqual(["connack", "suback", "toString"]));
  socket.destroy();
  await new Promise<void>((resolve) => broker.close(resolve));
  server.close();
});

it("a client that is gone before its login is decided is nobody whose session is to be taken over", async () => {
  const waiting: (() => void)[] = [];
  const clients: Client[] = [];
  const broker = new GatewayBroker(
    {
      authenticate: (client, _username, _password, done) => {
        clients.push(client);
        waiting.push(() => done(null, true));
      },
    },
    new Audience(),
  );
  await broker.listen();
  const server = createServer((socket) => void broker.handle(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const packet = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 0 } as const;
  const login = (clientId: string) => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.write(mqttPacket.generate({ ...packet, clientId }));
    return socket;
  };
  const socket = login("c");
  await eventually(() => expect(waiting).toHaveLength(1));
  socket.destroy();
  await eventually(() => expect(clients[0]!.closed).toBe(true));
  let goesOn = false;
  broker.takeOver(clients[0]!, () => (goesOn = true));
  expect(goesOn).toBe(false);
  waiting[0]!();
  const ready = once(broker, "clientReady");
  const other = login("d");
  await eventually(() => expect(waiting).toHaveLength(2));
  waiting[1]!();
  await ready;
  expect(["c", "d"].map((session) => broker.isConnected(session))).toEqual([false, true]);
  other.destroy();
  await new Promise<void>((resolve) => broker.close(resolve));
  server.close();
});
