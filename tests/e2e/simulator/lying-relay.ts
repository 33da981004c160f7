import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { PacketReader } from "@headwater/device-sim";
import { acknowledgement, packet, packetType } from "@headwater/device-sim/packets";

/** What a relay does with the nth telemetry message of a device, counted from 1. */
export interface Lies {
  /** Acknowledged, and not passed on. */
  readonly drop: readonly number[];
  /** Passed on twice, as two messages. */
  readonly double: readonly number[];
  /** Passed on after the next one. */
  readonly swap: readonly number[];
  /** Passed on, and acknowledged, so many milliseconds later. */
  readonly delay: readonly number[];
  readonly delayMs: number;
  /** Passed on with another temperature. */
  readonly change: readonly number[];
  /** Passed on with another time of measurement, seven milliseconds later. */
  readonly shift: readonly number[];
  /** Passed on without its end. */
  readonly cut: readonly number[];
}

/** A hop between devices and their broker that does not do what it says: TCP, MQTT 3.1.1, QoS 1. */
export class LyingRelay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(target: number, lies: Lies): Promise<LyingRelay> {
    const server = createServer();
    const relay = new LyingRelay(server);
    server.on("connection", (device) => {
      const broker = connect(target, "127.0.0.1");
      for (const socket of [device, broker]) {
        relay.#sockets.add(socket);
        socket.on("error", () => undefined);
        socket.once("close", () => {
          device.destroy();
          broker.destroy();
          relay.#sockets.delete(socket);
        });
      }
      new LyingHop(device, broker, lies).begin();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return relay;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Ids that no device uses so soon. */
const foreignIds = 50_000;

class LyingHop {
  readonly #device: Socket;
  readonly #broker: Socket;
  readonly #lies: Lies;
  #telemetry = 0;
  #held: Buffer | undefined;
  #lateUntil = Promise.resolve();

  constructor(device: Socket, broker: Socket, lies: Lies) {
    this.#device = device;
    this.#broker = broker;
    this.#lies = lies;
  }

  begin(): void {
    const up = new PacketReader((first, body) => this.#up(first, Buffer.from(body)));
    const down = new PacketReader((first, body) => this.#down(first, Buffer.from(body)));
    this.#device.on("data", (chunk: Buffer) => up.take(chunk));
    this.#broker.on("data", (chunk: Buffer) => down.take(chunk));
  }

  #up(first: number, body: Buffer): void {
    // What came before is passed on before: a hop that is late is late with all that follows.
    this.#lateUntil = this.#lateUntil.then(() => this.#pass(first, body));
  }

  async #pass(first: number, body: Buffer): Promise<void> {
    const topicEnd = 2 + (body.length > 2 ? body.readUInt16BE(0) : 0);
    const isTelemetry = first >>> 4 === packetType.publish && body.toString("utf8", 2, topicEnd).endsWith("/telemetry");
    if (!isTelemetry) {
      this.#broker.write(packet(first, [body]));
      return;
    }
    const n = ++this.#telemetry;
    const whole = packet(first, [body.subarray(0, topicEnd + 2), this.#retold(n, body.subarray(topicEnd + 2))]);
    const { drop, double, swap, delay, delayMs } = this.#lies;
    if (drop.includes(n)) {
      this.#device.write(acknowledgement(packetType.puback, body.readUInt16BE(topicEnd)));
      return;
    }
    if (delay.includes(n)) await sleep(delayMs);
    if (swap.includes(n)) {
      this.#held = whole;
      return;
    }
    this.#broker.write(whole);
    if (this.#held !== undefined) this.#broker.write(this.#held);
    this.#held = undefined;
    if (!double.includes(n)) return;
    const again = Buffer.from(body);
    again.writeUInt16BE(foreignIds + n, topicEnd);
    this.#broker.write(packet(first, [again]));
  }

  /** A payload as it is passed on. */
  #retold(n: number, payload: Buffer): Buffer {
    const { change, shift, cut } = this.#lies;
    let text = payload.toString("utf8");
    if (change.includes(n)) text = text.replace(/("temperature":)[-\d.]+/, "$199.5");
    if (shift.includes(n))
      text = text.replace(/("ts":)(\d+)/, (_, name: string, ts: string) => `${name}${Number(ts) + 7}`);
    if (cut.includes(n)) text = text.slice(0, text.length / 2);
    return Buffer.from(text);
  }

  #down(first: number, body: Buffer): void {
    const isOwn = first >>> 4 === packetType.puback && body.readUInt16BE(0) >= foreignIds;
    if (!isOwn) this.#device.write(packet(first, [body]));
  }
}
