import { Aedes } from "aedes";
import { readFileSync } from "node:fs";
import { createServer, connect, type AddressInfo } from "node:net";
import mqttPacket from "mqtt-packet";
import { eventually } from "@headwater/testkit/eventually";
import { expect, it } from "vitest";
import { countPacketIds, internals, nextPacketId, readOn } from "./aedes-internals.ts";

it("aedes is the version whose insides are known", () => {
  const { version } = JSON.parse(
    readFileSync(new URL("../../../../node_modules/aedes/package.json", import.meta.url), "utf8"),
  ) as { version: string };
  expect(version).toBe("2.0.0-beta.1");
});

it("while a PUBLISH waits aedes reads nothing more of its connection, until it is told to read on", async () => {
  let waiting = 0;
  const broker = await Aedes.createBroker({ authorizePublish: () => (waiting += 1) });
  const server = createServer((socket) => void broker.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const heard: string[] = [];
  const parser = mqttPacket.parser();
  parser.on("packet", ({ cmd }) => heard.push(cmd));
  socket.on("data", (chunk) => parser.parse(chunk));
  const client = new Promise<Parameters<typeof readOn>[0]>((resolve) => broker.once("clientReady", resolve));
  socket.write(
    mqttPacket.generate({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: "c",
      keepalive: 5,
    }),
  );
  const known = await client;
  await eventually(() => expect(heard).toEqual(["connack"]));
  const publish = (messageId: number) =>
    mqttPacket.generate({ cmd: "publish", topic: "t", payload: "x", qos: 1, messageId, dup: false, retain: false });
  socket.write(Buffer.concat([1, 2, 3, 4, 5].map(publish)));
  await eventually(() => expect(waiting).toBe(5));
  socket.write(mqttPacket.generate({ cmd: "pingreq" }));
  // Time in which the ping would be answered.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard).toEqual(["connack"]);
  readOn(known, 5);
  await eventually(() => expect(heard).toEqual(["connack", "pingresp"]));

  expect(internals(known)._disconnected).toBe(false);
  expect(internals(known)._requestProblemInformation).toBe(true);
  expect(internals(known)._keepaliveTimer).not.toBeNull();
  expect(internals(known)._keepaliveInterval).toBe(7501);
  expect(["deliver0", "deliverQoS", "waitForDrain"].map((name) => typeof Reflect.get(known, name))).toEqual([
    "function",
    "function",
    "function",
  ]);
  const [first, second] = [nextPacketId(known), nextPacketId(known)];
  expect(second).toBe(first === 65_535 ? 1 : first + 1);
  countPacketIds(known, true, new Set([2, 3]));
  expect([nextPacketId(known), nextPacketId(known), nextPacketId(known)]).toEqual([1, 4, 5]);
  socket.destroy();
  await new Promise<void>((resolve) => broker.close(resolve));
  server.close();
});
