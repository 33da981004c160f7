import mqttPacket, { type Packet } from "mqtt-packet";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

export interface RawLogin {
  readonly username?: string;
  readonly password?: string;
  readonly clientId: string;
  readonly clean?: boolean;
  /** Default: 4, MQTT 3.1.1. A session of MQTT 5 that is not clean lives on without end. */
  readonly version?: 4 | 5;
  /** Of MQTT 5. */
  readonly properties?: object;
  readonly keepalive?: number;
  readonly will?: object;
  /** For CONNACK to come; default: `limitMs`. */
  readonly withinMs?: number;
}

interface RawPublish {
  readonly qos?: 0 | 1 | 2;
  readonly messageId?: number;
  readonly dup?: boolean;
  readonly retain?: boolean;
  readonly properties?: object;
}

/** A limit against hanging, not a measure of speed (milliseconds). */
const limitMs = 60_000;

/** A device that sends exactly the packets a test wants, and keeps what it hears. */
export class RawDevice {
  readonly heard: Packet[] = [];
  readonly closed: Promise<void>;
  readonly #socket: Duplex;
  readonly #version: 4 | 5;
  #waiting: (() => void)[] = [];
  isClosed = false;
  /** Told of every packet. */
  onHeard?: () => void;

  private constructor(socket: Duplex, version: 4 | 5) {
    this.#socket = socket;
    this.#version = version;
    const parser = mqttPacket.parser({ protocolVersion: version });
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
    const { username, password, clientId, clean = true, keepalive = 0, will, withinMs, version = 4 } = login;
    const { properties = clean ? undefined : { sessionExpiryInterval: 0xffff_ffff } } = login;
    const device = new RawDevice(stream, version);
    device.send({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: version,
      properties: version === 5 ? properties : undefined,
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
    this.#socket.write(mqttPacket.generate(packet, { protocolVersion: this.#version }));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  publish(topic: string, payload: string, options: RawPublish = {}): void {
    const { qos = 1, messageId = 1, dup = false, retain = false, properties } = options;
    this.send({ cmd: "publish", topic, payload, qos, messageId, dup, retain, ...(properties && { properties }) });
  }

  async subscribe(subscriptions: readonly object[], properties?: object): Promise<unknown[]> {
    const before = this.count("suback");
    this.send({ cmd: "subscribe", messageId: 7, subscriptions, ...(properties && { properties }) } as never);
    return ((await this.until("suback", before + 1)) as { granted: unknown[] }).granted;
  }

  /** Acknowledges a message of QoS 1. */
  ack({ messageId }: { readonly messageId?: number | undefined }): void {
    this.send({ cmd: "puback", messageId });
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
