import { eventually } from "@headwater/testkit/eventually";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { PacketReader } from "./packet-reader.ts";
import { packet, packetType, text } from "./packets.ts";
import { Session } from "./session.ts";

const connackPacket = (...properties: number[]) =>
  packet(0x20, [Buffer.from([0, 0, properties.length]), Buffer.from(properties)]);
const puback = (id: number, reason: number) => packet(0x40, [Buffer.from([0, id, reason])]);

let close: () => void;
afterEach(() => close());

/** A broker of MQTT 5 that answers with what it is told to. */
async function broker(onPacket: (type: number, body: Buffer, socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    const reader = new PacketReader((first, body) => onPacket(first >>> 4, body, socket));
    socket.on("data", (chunk) => reader.take(chunk));
    socket.on("error", () => undefined);
  });
  close = () => server.close();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function session(port: number, on: Partial<ConstructorParameters<typeof Session>[0]>): Session {
  const made = new Session({
    open: () => connect(port, "127.0.0.1"),
    ...{ version: 5, clientId: "d", username: "d", password: "p", cleanSession: false, keepAlive: 30 },
    ...{ filters: [], onConnected() {}, onDown() {}, onAcked() {}, onMessage() {}, ...on },
  });
  const before = close;
  close = () => {
    made.cut();
    before();
  };
  made.connect();
  return made;
}

it("MQTT 5: heeds the receive maximum, sends again what there was no room for, and gives up what is refused", async () => {
  const published: number[] = [];
  const port = await broker((type, body, socket) => {
    if (type === 1) {
      expect([body[6], [...body.subarray(10, 16)]]).toEqual([5, [5, 0x11, 255, 255, 255, 255]]);
      // A user property, and a receive maximum of 2.
      socket.write(connackPacket(0x26, 0, 1, 97, 0, 1, 98, 0x21, 0, 2));
    }
    if (type !== packetType.publish) return;
    // Topic, identifier, no properties, payload.
    expect(body.toString("latin1", 0, 3) + body.toString("latin1", 5)).toBe("\0\x01t\0x");
    const id = body.readUInt16BE(3);
    published.push(id);
    if (id === 2) socket.write(puback(id, 0x87));
    else socket.write(puback(id, published.length === 1 ? 0x97 : 0));
  });
  const acked: number[] = [];
  const device = session(port, { onAcked: (seq) => acked.push(seq) });
  await eventually(() => expect(device.isConnected).toBe(true));
  const publish = (seq: number) => device.publish(seq, text("t"), Buffer.from("x"), 1);
  expect([publish(11), publish(12), publish(13)]).toEqual([true, true, false]);
  await eventually(() => expect(device.inFlight).toBe(0));
  expect({ acked, published }).toEqual({ acked: [11], published: [1, 2, 1] });
});

it("MQTT 5: reads what comes with properties, and says why it was refused or ended", async () => {
  const properties = [0x26, 0, 1, 97, 0, 1, 98];
  const [heard, downs]: [string[], string[]] = [[], []];
  let connects = 0;
  const port = await broker((type, _body, socket) => {
    if (type !== 1) return;
    connects += 1;
    if (connects === 1) {
      const told = Buffer.from([properties.length, ...properties]);
      socket.write(connackPacket());
      socket.write(packet(0x30, [text("devices/d/commands/c"), told, Buffer.from("do")]));
      socket.write(packet(0xe0, [Buffer.from([0x8b])]));
    } else {
      const reason = text("use the token");
      socket.write(packet(0x20, [Buffer.from([0, 0x86, reason.length + 1, 0x1f]), reason]));
    }
  });
  const device = session(port, {
    onMessage: (topic, payload) => heard.push(`${topic} ${payload.toString()}`),
    onDown: (reason) => downs.push(reason),
  });
  await eventually(() => expect(downs).toHaveLength(1));
  device.connect();
  await eventually(() => expect(downs).toHaveLength(2));
  expect(heard).toEqual(["devices/d/commands/c do"]);
  expect(downs).toEqual(["the broker ended it with reason 0x8b", "refused: bad user name or password (use the token)"]);
});
