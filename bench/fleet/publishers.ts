import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { packetTypes, publishPacket } from "../raw-packets.ts";
import { dial, fleetDevice } from "./device.ts";
import { answerOrders } from "./task.ts";

export interface PublishersOrder {
  readonly port: number;
  readonly secret: string;
  readonly name: string;
  readonly count: number;
  /** Of all together. */
  readonly perSecond: number;
  readonly seconds: number;
}

export interface PublishersAnswer {
  readonly sent: number;
  readonly acked: number;
  readonly disconnected: number;
  /** From when a message was due until its PUBACK (milliseconds). */
  readonly latencies: readonly number[];
}

const payload = '{"temperature":21.57,"pressure":1013.2,"humidity":48.25}';
const patienceMs = 30_000;
const publishers: Publisher[] = [];

// Devices that go on with their work, by the clock.
answerOrders(async ({ port, secret, name, count, perSecond, seconds }: PublishersOrder): Promise<PublishersAnswer> => {
  for (let index = publishers.length; index < count; index += 1) {
    publishers.push(await Publisher.connect(port, secret, name, index));
  }
  const total = Math.round(perSecond * seconds);
  const latencies: number[] = [];
  for (const publisher of publishers) publisher.latencies = latencies;
  const began = performance.now();
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - began) * perSecond) / 1000) + 1);
    for (; sent < due; sent += 1) publishers[sent % count]!.publish(began + (sent * 1000) / perSecond);
    await sleep(5);
  }
  const deadline = performance.now() + patienceMs;
  while (latencies.length < total && performance.now() < deadline) await sleep(20);
  const disconnected = publishers.filter(({ closed }) => closed).length;
  return { sent: total, acked: latencies.length, disconnected, latencies };
});

class Publisher {
  latencies: number[] = [];
  closed = false;
  readonly #socket: Socket;
  readonly #packet: Buffer;
  /** When each message that is not acknowledged was due: acknowledgements come in the order of the messages. */
  readonly #due: number[] = [];
  #acked = 0;
  #nextId = 1;
  #rest = 0;

  private constructor(socket: Socket, id: string) {
    this.#socket = socket;
    this.#packet = publishPacket(`devices/${id}/telemetry`, payload);
    socket.on("data", (chunk: Buffer) => this.#acks(chunk));
    socket.once("close", () => (this.closed = true));
  }

  static async connect(port: number, secret: string, name: string, index: number): Promise<Publisher> {
    const device = fleetDevice(secret, name, index);
    const socket = dial(port, device, index);
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.once("data", (chunk: Buffer) => {
        if (chunk[0] === packetTypes.connack && chunk[3] === 0) resolve();
        else reject(new RangeError(`CONNACK ${chunk.toString("hex")}`));
      });
    });
    return new Publisher(socket, device.id);
  }

  publish(dueAt: number): void {
    const bytes = Buffer.from(this.#packet);
    bytes.writeUInt16BE(this.#nextId, bytes.length - payload.length - 2);
    this.#nextId = this.#nextId === 65_535 ? 1 : this.#nextId + 1;
    this.#due.push(dueAt);
    this.#socket.write(bytes);
  }

  /** PUBACKs are four bytes each. */
  #acks(chunk: Buffer): void {
    const bytes = chunk.length + this.#rest;
    this.#rest = bytes & 3;
    const now = performance.now();
    for (let count = bytes >>> 2; count > 0; count -= 1) {
      this.latencies.push(now - this.#due[this.#acked]!);
      this.#acked += 1;
    }
  }
}
