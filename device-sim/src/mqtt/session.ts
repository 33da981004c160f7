import type { Duplex } from "node:stream";
import {
  acknowledgement,
  type MqttVersion,
  connectPacket,
  disconnectPacket,
  packetType,
  pingPacket,
  publishPacket,
  subscribePacket,
  type Will,
} from "./packets.ts";
import { endOfProperties, readConnack } from "./connack.ts";
import { PacketReader } from "./packet-reader.ts";

export interface SessionOptions {
  /** Opens TCP, TLS or a WebSocket; the stream may fail by itself. */
  readonly open: () => Duplex;
  readonly version: MqttVersion;
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  readonly cleanSession: boolean;
  /** Seconds */
  readonly keepAlive: number;
  /** Subscribed to once connected. */
  readonly filters: readonly string[];
  /** The last will of a connection that is about to be made. */
  readonly will?: (() => Will) | undefined;
  readonly onConnected: () => void;
  /**
   * Of a device whose messages make sense on their own connection alone: the numbers of those that the last one left
   * unacknowledged are handed over, before `onConnected`, instead of being sent again as they were. Those without a
   * number (0) are sent again.
   */
  readonly onLeft?: ((seqs: readonly number[]) => void) | undefined;
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

/** Reason code of MQTT 5: there is no room for the message. */
const quotaExceeded = 0x97;
const againAfterMs = 1_000;

/**
 * A device's session over as many connections as it takes: what was not acknowledged is sent again with DUP, as the
 * standard demands of QoS 1 and 2 (MQTT 3.1.1, 4.4). Nothing is copied a message but its packet. In version 5 no more
 * messages are on their way than the broker says it takes, and one for which it has no room is sent again later.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #inFlight = new Map<number, InFlight>();
  #stream: Duplex | undefined;
  #isConnected = false;
  #lastId = 0;
  #receiveMaximum = 65_535;
  /** Seconds */
  #keepAlive: number;
  #heardAt = 0;
  #sentAt = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#keepAlive = options.keepAlive;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  connect(): void {
    if (this.#stream !== undefined) return;
    const { open, version, clientId, username, password, cleanSession, keepAlive } = this.#options;
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
    const will = this.#options.will?.();
    stream.write(connectPacket({ version, clientId, username, password, cleanSession, keepAlive, will }));
  }

  /** Whether a message could be written: there is a connection, a free packet identifier and the broker's leave. */
  hasRoom(qos: 0 | 1 | 2): boolean {
    return this.#isConnected && (qos === 0 || this.#inFlight.size < Math.min(60_000, this.#receiveMaximum));
  }

  /** Whether it was written. */
  publish(seq: number, topic: Buffer, payload: Buffer, qos: 0 | 1 | 2): boolean {
    if (!this.hasRoom(qos)) return false;
    const { version } = this.#options;
    if (qos === 0) {
      this.#write(publishPacket(topic, payload, 0, 0, false, version));
      return true;
    }
    const id = this.#freeId();
    this.#inFlight.set(id, { seq, topic, payload, qos, isReceived: false });
    this.#write(publishPacket(topic, payload, qos, id, false, version));
    return true;
  }

  /** Pings when it is time to, and gives up a connection on which nothing was heard for one and a half keep-alives. */
  keepAlive(now: number): void {
    const interval = this.#keepAlive * 1_000;
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
    // Without more it is what it is in 3.1.1: reason 0, and no property.
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
        if (first >>> 4 === packetType.puback && this.#isRefused(id, body)) break;
        const message = this.#inFlight.get(id);
        if (!this.#inFlight.delete(id)) break;
        this.#options.onAcked(message!.seq);
        break;
      }
      case packetType.pubrec: {
        const id = body.readUInt16BE(0);
        if (this.#isRefused(id, body)) break;
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
      case packetType.disconnect:
        this.#down(`the broker ended it with reason 0x${(body[0] ?? 0).toString(16)}`, false);
        break;
    }
  }

  /**
   * Whether PUBACK or PUBREC says that the message was not taken (MQTT 5). One for which there was no room is sent
   * again; any other is never acknowledged.
   */
  #isRefused(id: number, body: Buffer): boolean {
    const reason = body[2] ?? 0;
    if (reason < 0x80) return false;
    const message = this.#inFlight.get(id);
    if (message === undefined) return true;
    if (reason !== quotaExceeded) {
      this.#inFlight.delete(id);
      return true;
    }
    const stream = this.#stream;
    setTimeout(() => {
      // On another connection it has been sent already.
      if (this.#stream !== stream || this.#inFlight.get(id) !== message) return;
      this.#write(publishPacket(message.topic, message.payload, message.qos, id, false, this.#options.version));
    }, againAfterMs).unref();
    return true;
  }

  #received(first: number, body: Buffer): void {
    const qos = (first >>> 1) & 3;
    const end = 2 + body.readUInt16BE(0);
    const topic = body.toString("utf8", 2, end);
    const properties = end + (qos === 0 ? 0 : 2);
    const from = this.#options.version === 5 ? endOfProperties(body, properties) : properties;
    const payload = Buffer.from(body.subarray(from));
    if (qos === 1) this.#write(acknowledgement(packetType.puback, body.readUInt16BE(end)));
    if (qos === 2) this.#write(acknowledgement(packetType.pubrec, body.readUInt16BE(end)));
    this.#options.onMessage(topic, payload);
  }

  #connack(body: Buffer): void {
    const { version, filters, keepAlive, onLeft } = this.#options;
    const connack = readConnack(body, version);
    if (connack.refusal !== undefined) {
      this.#down(connack.refusal, true);
      return;
    }
    this.#receiveMaximum = connack.receiveMaximum;
    this.#keepAlive = connack.keepAlive ?? keepAlive;
    this.#isConnected = true;
    if (filters.length > 0) this.#write(subscribePacket(this.#freeId(), filters, 1, version));
    if (onLeft !== undefined) onLeft(this.#takeNumbered());
    for (const [id, { topic, payload, qos, isReceived }] of this.#inFlight) {
      const again = isReceived
        ? acknowledgement(packetType.pubrel, id)
        : publishPacket(topic, payload, qos, id, true, version);
      this.#write(again);
    }
    this.#options.onConnected();
  }

  #takeNumbered(): number[] {
    const numbered = [...this.#inFlight].filter(([, { seq }]) => seq > 0);
    for (const [id] of numbered) this.#inFlight.delete(id);
    return numbered.map(([, { seq }]) => seq);
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
