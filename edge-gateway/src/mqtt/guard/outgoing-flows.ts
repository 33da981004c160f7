import type { AwaitedAcks } from "./awaited-acks.ts";
import { types } from "./packet-types.ts";
import { codes } from "./reason-codes.ts";
import type { ServerBounds } from "./server-bounds.ts";
import { reader } from "./version5-packets.ts";

/** The acknowledgement that the client owes next for a message. */
const owes = { puback: types.puback, pubrec: types.pubrec, pubcomp: types.pubcomp } as const;

const states = { type: 0, length: 1, topicLength: 2, topic: 3, packetId: 4, rest: 5, connack: 6, reason: 7 } as const;
type State = (typeof states)[keyof typeof states];

/**
 * Reads along what the gateway writes to a client, in whatever pieces: which messages of QoS 1 and 2 are on their way,
 * and so which acknowledgements the client may send (3.1.1, section 4.3). One for a packet identifier that is not in
 * use is let pass: it may be of an earlier connection.
 */
export class OutgoingFlows implements AwaitedAcks {
  /** Called when a message is done. */
  onSettled: (() => void) | undefined;
  /** A SUBSCRIBE or an UNSUBSCRIBE was read whose answer is not written. */
  isAnswering = false;
  /** Called once when that is written. */
  onAnswered: (() => void) | undefined;
  /** Most clients are never sent a message. */
  #awaited: Map<number, number> | undefined;
  #state: State = states.type;
  #type = 0;
  #qos = 0;
  #shift = 0;
  /** Bytes of the packet still to come. */
  #left = 0;
  #number = 0;
  #numberBytes = 0;
  /** Of a client of MQTT 5: what is written tells it what it may do. */
  #bounds: ServerBounds | undefined;
  /** Of CONNACK, until it is whole. */
  #connack = none;

  /** Messages that the client has not settled. */
  get size(): number {
    return this.#awaited?.size ?? 0;
  }

  has(packetId: number): boolean {
    return this.#awaited?.has(packetId) === true;
  }

  tells(bounds: ServerBounds): void {
    this.#bounds = bounds;
  }

  acknowledge(type: number, packetId: number, failed = false): boolean {
    const owed = this.#awaited?.get(packetId);
    if (owed === undefined) return true;
    if (type === owes.pubrec) {
      if (owed === owes.puback) return false;
      if (!failed) {
        this.#awaited!.set(packetId, owes.pubcomp);
        return true;
      }
      // The client does not want it: nothing more comes of it (MQTT 5, 4.3.3).
    } else if (owed !== type) return false;
    this.#awaited!.delete(packetId);
    this.onSettled?.();
    return true;
  }

  asks(): void {
    this.isAnswering = true;
  }

  /** Nothing waits for an answer any more. */
  answered(): void {
    this.isAnswering = false;
    const tell = this.onAnswered;
    this.onAnswered = undefined;
    tell?.();
  }

  /** Takes the next that is written. */
  sent(chunk: Uint8Array | string): void {
    if (typeof chunk === "string") {
      // The broker writes topics and payloads as they are.
      if (this.#state === states.topic || this.#state === states.rest) this.#skip(Buffer.byteLength(chunk));
      else this.sent(Buffer.from(chunk));
      return;
    }
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === states.topic || this.#state === states.rest) {
        const most = this.#state === states.topic ? this.#number : this.#left;
        const length = Math.min(chunk.length - at, most);
        this.#skip(length);
        at += length;
      } else {
        this.#byte(chunk[at]!);
        at += 1;
      }
    }
  }

  #byte(byte: number): void {
    switch (this.#state) {
      case states.type:
        this.#type = byte >> 4;
        this.#qos = (byte >> 1) & 3;
        this.#left = 0;
        this.#shift = 0;
        this.#state = states.length;
        return;
      case states.length:
        this.#left |= (byte & 0x7f) << this.#shift;
        this.#shift += 7;
        if (byte < 0x80) this.#body();
        return;
      case states.connack:
      case states.reason:
        this.#tell(byte);
        return;
      default:
        this.#number = (this.#number << 8) | byte;
        this.#numberBytes += 1;
        this.#left -= 1;
        if (this.#numberBytes === 2) this.#numberRead();
    }
  }

  #body(): void {
    if (this.isAnswering && (this.#type === types.suback || this.#type === types.unsuback)) this.answered();
    this.#expectNumber(states.topicLength);
    if (this.#type === types.publish && this.#qos > 0) return;
    this.#state = this.#left === 0 ? states.type : states.rest;
    if (this.#bounds !== undefined && this.#left > 0) this.#tells(this.#bounds);
  }

  /** What tells a client of MQTT 5 what it may do. */
  #tells(bounds: ServerBounds): void {
    if (this.#type === types.puback || this.#type === types.pubcomp) bounds.settle();
    else if (this.#type === types.connack) {
      this.#connack = [];
      this.#state = states.connack;
    } else if (this.#type === types.pubrec && this.#left > 2) this.#state = states.reason;
  }

  #tell(byte: number): void {
    this.#left -= 1;
    const bounds = this.#bounds!;
    if (this.#state === states.connack) {
      this.#connack.push(byte);
      if (this.#left > 0) return;
      bounds.told(Uint8Array.from(this.#connack), reader);
      this.#connack = none;
    } else {
      this.#numberBytes += 1;
      // Behind the packet identifier.
      if (this.#numberBytes < 3) return;
      if (byte >= codes.failure) bounds.settle();
    }
    this.#state = this.#left === 0 ? states.type : states.rest;
  }

  #numberRead(): void {
    if (this.#state === states.topicLength) {
      this.#state = states.topic;
      if (this.#number === 0) this.#expectNumber(states.packetId);
      return;
    }
    this.#awaited ??= new Map();
    this.#awaited.set(this.#number, this.#qos === 1 ? owes.puback : owes.pubrec);
    this.#state = this.#left === 0 ? states.type : states.rest;
  }

  #expectNumber(state: State): void {
    this.#state = state;
    this.#number = 0;
    this.#numberBytes = 0;
  }

  #skip(length: number): void {
    this.#left -= length;
    if (this.#state === states.topic) {
      this.#number -= length;
      if (this.#number === 0) this.#expectNumber(states.packetId);
    } else if (this.#left === 0) this.#state = states.type;
  }
}

const none: number[] = [];
