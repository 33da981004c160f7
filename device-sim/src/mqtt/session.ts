import type { Duplex } from "node:stream";
import {
  acknowledgement,
  connectPacket,
  disconnectPacket,
  packetType,
  pingPacket,
  publishPacket,
  subscribePacket,
} from "./packets.ts";
import { PacketReader } from "./packet-reader.ts";

export interface SessionOptions {
  /** Opens TCP, TLS or a WebSocket; the stream may fail by itself. */
  readonly open: () => Duplex;
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  readonly cleanSession: boolean;
  /** Seconds */
  readonly keepAlive: number;
  /** Subscribed to once connected; undefined: nothing. */
  readonly filter: string | undefined;
  readonly onConnected: () => void;
  /** A CONNACK with a reason, or a connection that was lost or never came about. */
  readonly onDown: (reason: string, isRefused: boolean) => void;
  /** The broker has taken it: its PUBACK, or PUBCOMP. */
  readonly onAcked: (seq: number) => void;
  readonly onMessage: (topic: string, payload: Buffer) => void;
}

interface InFlight {
  readonly seq: number;
  readonly topic: Buffer;
  readonly payload: Buffer;
  readonly qos: 1 | 2;
  /** Of QoS 2: PUBREC has come. */
  isReceived: boolean;
}

/**
 * A device's session over as many connections as it takes: what was not acknowledged is sent again with DUP, as the
 * standard demands of QoS 1 and 2 (MQTT 3.1.1, 4.4). Nothing is copied a message but its packet.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #inFlight = new Map<number, InFlight>();
  #stream: Duplex | undefined;
  #isConnected = false;
  #lastId = 0;
  #heardAt = 0;
  #sentAt = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  connect(): void {
    if (this.#stream !== undefined) return;
    const { open, clientId, username, password, cleanSession, keepAlive } = this.#options;
    const stream = open();
    this.#stream = stream;
    this.#heardAt = performance.now();
    const reader = new PacketReader((first, body) => this.#packet(first, body));
    stream.on("data", (chunk: Buffer) => {
      // The last words of a connection that this side has ended.
      if (this.#stream !== stream) return;
      this.#heardAt = performance.now();
      try {
        reader.take(chunk);
      } catch (error) {
        stream.destroy(error as Error);
      }
    });
    let reason = "the connection was closed";
    stream.on("error", (error) => (reason = error.message));
    stream.once("close", () => {
      if (this.#stream === stream) this.#down(reason, false);
    });
    stream.write(connectPacket({ clientId, username, password, cleanSession, keepAlive }));
  }

  /** Whether it was written; it is not without a connection or a free packet identifier. */
  publish(seq: number, topic: Buffer, payload: Buffer, qos: 0 | 1 | 2): boolean {
    if (!this.#isConnected) return false;
    if (qos === 0) {
      this.#write(publishPacket(topic, payload, 0, 0, false));
      return true;
    }
    if (this.#inFlight.size >= 60_000) return false;
    const id = this.#freeId();
    this.#inFlight.set(id, { seq, topic, payload, qos, isReceived: false });
    this.#write(publishPacket(topic, payload, qos, id, false));
    return true;
  }

  /** Pings when it is time to, and gives up a connection on which nothing was heard for one and a half keep-alives. */
  keepAlive(now: number): void {
    const interval = this.#options.keepAlive * 1_000;
    if (this.#stream === undefined || interval === 0) return;
    if (now - this.#heardAt > 1.5 * interval) this.#stream.destroy(new Error("nothing was heard for a keep-alive"));
    else if (this.#isConnected && now - this.#sentAt > interval / 2) this.#write(pingPacket);
  }

  /** Ends TCP without a DISCONNECT, as a network does. */
  cut(): void {
    this.#stream?.destroy();
  }

  /** A DISCONNECT, for as long as the device sleeps or for ever. */
  disconnect(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#stream = undefined;
    this.#isConnected = false;
    stream.end(disconnectPacket);
    setTimeout(() => stream.destroy(), 2_000).unref();
  }

  #write(packet: Buffer): void {
    this.#sentAt = performance.now();
    const stream = this.#stream!;
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    stream.write(packet);
  }

  #packet(first: number, body: Buffer): void {
    switch (first >>> 4) {
      case packetType.connack:
        this.#connack(body);
        break;
      case packetType.puback:
      case packetType.pubcomp: {
        const id = body.readUInt16BE(0);
        const message = this.#inFlight.get(id);
        if (!this.#inFlight.delete(id)) break;
        this.#options.onAcked(message!.seq);
        break;
      }
      case packetType.pubrec: {
        const id = body.readUInt16BE(0);
        const message = this.#inFlight.get(id);
        if (message !== undefined) message.isReceived = true;
        this.#write(acknowledgement(packetType.pubrel, id));
        break;
      }
      case packetType.pubrel:
        this.#write(acknowledgement(packetType.pubcomp, body.readUInt16BE(0)));
        break;
      case packetType.publish:
        this.#received(first, body);
        break;
    }
  }

  #received(first: number, body: Buffer): void {
    const qos = (first >>> 1) & 3;
    const end = 2 + body.readUInt16BE(0);
    const topic = body.toString("utf8", 2, end);
    const payload = Buffer.from(body.subarray(end + (qos === 0 ? 0 : 2)));
    if (qos === 1) this.#write(acknowledgement(packetType.puback, body.readUInt16BE(end)));
    if (qos === 2) this.#write(acknowledgement(packetType.pubrec, body.readUInt16BE(end)));
    this.#options.onMessage(topic, payload);
  }

  #connack(body: Buffer): void {
    const code = body[1] ?? 255;
    if (code !== 0) {
      this.#down(refusals[code] ?? `refused with code ${code}`, true);
      return;
    }
    this.#isConnected = true;
    if (this.#options.filter !== undefined) this.#write(subscribePacket(this.#freeId(), this.#options.filter, 1));
    for (const [id, { topic, payload, qos, isReceived }] of this.#inFlight) {
      this.#write(isReceived ? acknowledgement(packetType.pubrel, id) : publishPacket(topic, payload, qos, id, true));
    }
    this.#options.onConnected();
  }

  #down(reason: string, isRefused: boolean): void {
    const stream = this.#stream;
    this.#stream = undefined;
    this.#isConnected = false;
    stream?.destroy();
    this.#options.onDown(reason, isRefused);
  }

  #freeId(): number {
    do this.#lastId = (this.#lastId % 65_535) + 1;
    while (this.#inFlight.has(this.#lastId));
    return this.#lastId;
  }
}

/** MQTT 3.1.1, table 3.1. */
const refusals: Readonly<Record<number, string>> = {
  1: "refused: the protocol version is not served",
  2: "refused: the client identifier is not allowed",
  3: "refused: the server is unavailable",
  4: "refused: bad user name or password",
  5: "refused: not authorized",
};
