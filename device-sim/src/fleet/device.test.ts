import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { PacketReader } from "../mqtt/packet-reader.ts";
import { packet, packetType } from "../mqtt/packets.ts";
import { SimulatedDevice } from "./device.ts";

let server: Server;
let device: SimulatedDevice | undefined;
afterEach(async () => {
  await device?.close();
  server.close();
});

/** A broker that takes two messages at a time, if that can be said, and acknowledges each a moment later. */
async function broker() {
  const seen = { level: 0, expiry: 0, mostAtOnce: 0 };
  let unacked = 0;
  server = createServer((socket) => {
    const reader = new PacketReader((first, body) => {
      const type = first >>> 4;
      const isFive = seen.level === 5;
      if (type === 1) {
        seen.level = body[6]!;
        if (seen.level === 5) seen.expiry = body.readUInt32BE(12);
        socket.write(packet(0x20, [Buffer.from(seen.level === 5 ? [0, 0, 3, 0x21, 0, 2] : [0, 0])]));
      } else if (type === 8) {
        socket.write(packet(0x90, [body.subarray(0, 2), Buffer.from(isFive ? [0, 1] : [1])]));
      } else if (type === packetType.publish) {
        unacked += 1;
        seen.mostAtOnce = Math.max(seen.mostAtOnce, unacked);
        const id = Buffer.from(body.subarray(2 + body.readUInt16BE(0)).subarray(0, 2));
        // So late that a busy machine has read all that came at once.
        setTimeout(() => {
          unacked -= 1;
          socket.write(packet(0x40, [id]));
        }, 150);
      }
    });
    socket.on("data", (chunk) => reader.take(chunk));
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { seen, mqttUrl: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

it("speaks MQTT 5, in a session that lasts, and sends no more at once than its broker takes", async () => {
  const { seen, mqttUrl } = await broker();
  device = await SimulatedDevice.connect({ mqttUrl, id: "d", token: "t" });
  await Promise.all(Array.from({ length: 7 }, () => device!.publish("{}")));
  expect({ ...seen, acked: device.acked }).toEqual({ level: 5, expiry: 0xffff_ffff, mostAtOnce: 2, acked: 7 });
});

it("speaks MQTT 3.1.1 where it is told to", async () => {
  const { seen, mqttUrl } = await broker();
  device = await SimulatedDevice.connect({ mqttUrl, id: "d", token: "t", mqttVersion: 4 });
  await Promise.all(Array.from({ length: 7 }, () => device!.publish("{}")));
  expect({ ...seen, acked: device.acked }).toEqual({ level: 4, expiry: 0, mostAtOnce: 7, acked: 7 });
});

it("says where nobody answers", async () => {
  const { mqttUrl } = await broker();
  server.close();
  await sleep(0);
  const refused = SimulatedDevice.connect({ mqttUrl, id: "d", token: "t" });
  await expect(refused).rejects.toThrow(`d cannot connect to ${mqttUrl}; is that Headwater's MQTT address`);
});
