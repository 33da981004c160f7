import mqttPacket, { type Packet } from "mqtt-packet";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

export interface RawLogin {
  readonly username?: string;
  readonly password?: string;
  readonly clientId: string;
  readonly clean?: boolean;
  readonly keepalive?: number;
  readonly will?: object;
  /** For CONNACK to come; default: `limitMs`. */
  readonly withinMs?: number;
}

/** A limit against hanging, not a measure of speed (milliseconds). */
const limitMs = 60_000;

/** A device that sends exactly the packets a test wants, and keeps what it hears. */
export class RawDevice {
  readonly heard: Packet[] = [];
  readonly closed: Promise<void>;
  readonly #socket: Duplex;
  #waiting: (() => void)[] = [];
  isClosed = false;
  /** Told of every packet. */
  onHeard?: () => void;

  private constructor(socket: Duplex) {
    this.#socket = socket;
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    parser.on("packet", (packet) => {
      this.heard.push(packet);
      this.onHeard?.();
      this.#wake();
    });
    socket.on("data", (chunk) => parser.parse(chunk));
    socket.on("error", () => {});
    this.closed = new Promise((resolve) =>
      socket.once("close", () => {
        this.isClosed = true;
        this.#wake();
        resolve();
      }),
    );
  }

  static async connect(port: number, login: RawLogin): Promise<RawDevice> {
    const socket = connect(port, "127.0.0.1");
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    return RawDevice.over(socket, login);
  }

  /** Over a stream that is connected already. */
  static async over(stream: Duplex, login: RawLogin): Promise<RawDevice> {
    const device = new RawDevice(stream);
    const { username, password, clientId, clean = true, keepalive = 0, will, withinMs } = login;
    device.send({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clientId,
      clean,
      keepalive,
      username,
      password: password === undefined ? undefined : Buffer.from(password),
      ...(will !== undefined && { will }),
    } as Packet);
    await device.until("connack", 1, withinMs);
    return device;
  }

  send(packet: Packet): void {
    this.#socket.write(mqttPacket.generate(packet));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  publish(topic: string, payload: string, options: { qos?: 0 | 1 | 2; messageId?: number; dup?: boolean } = {}): void {
    const { qos = 1, messageId = 1, dup = false } = options;
    this.send({ cmd: "publish", topic, payload, qos, messageId, dup, retain: false });
  }

  /** Waits for the count-th packet of a kind. */
  async until(cmd: Packet["cmd"], count = 1, timeoutMs = limitMs): Promise<Packet> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = this.heard.filter((packet) => packet.cmd === cmd);
      if (found.length >= count) return found[count - 1]!;
      if (this.isClosed || performance.now() > deadline) {
        throw new RangeError(`${found.length} of ${count} ${cmd} came; closed: ${this.isClosed}`);
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, 50);
      });
    }
  }

  count(cmd: Packet["cmd"]): number {
    return this.heard.filter((packet) => packet.cmd === cmd).length;
  }

  /** As if the line broke. */
  cut(): void {
    this.#socket.destroy();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
