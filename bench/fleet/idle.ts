import type { Socket } from "node:net";
import { packetTypes, pingRequest, subscribePacket } from "../raw-packets.ts";
import { dial, fleetDevice } from "./device.ts";
import { answerOrders } from "./task.ts";

export interface IdleOrder {
  readonly port: number;
  readonly secret: string;
  readonly name: string;
  readonly count: number;
  /** Connections that wait for their SUBACK at a time. */
  readonly atOnce: number;
}

export interface IdleAnswer {
  readonly connected: number;
  readonly seconds: number;
}

// Devices that are connected, subscribed to their commands, and say nothing but PINGREQ.
const sockets: Socket[] = [];
let lost = 0;
setInterval(() => {
  for (const socket of sockets) socket.write(pingRequest);
}, 30_000);

answerOrders(async ({ port, secret, name, count, atOnce }: IdleOrder): Promise<IdleAnswer> => {
  const began = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await join(port, secret, name, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { connected: sockets.length - lost, seconds: (performance.now() - began) / 1000 };
});

function join(port: number, secret: string, name: string, index: number): Promise<void> {
  const device = fleetDevice(secret, name, index);
  const socket = dial(port, device, index);
  return new Promise((resolve) => {
    socket.on("error", () => {});
    socket.once("close", () => {
      lost += sockets.includes(socket) ? 1 : 0;
      resolve();
    });
    socket.on("data", (chunk: Buffer) => {
      if (chunk[0] === packetTypes.connack && chunk[3] === 0) {
        sockets.push(socket);
        socket.write(subscribePacket(1, [`devices/${device.id}/commands/+`], 1));
      } else if (chunk[0] === packetTypes.suback) resolve();
    });
  });
}
