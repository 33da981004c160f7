import type { AwaitedAcks } from "./awaited-acks.ts";
import { checkConnect, versionAt, type Connect, type Refused } from "./connect-check.ts";
import { checkConnect5 } from "./connect5-check.ts";
import { checkHeader } from "./header-check.ts";
import { checkFirstByte, checkLength, hasPaddedLength, reasonCode } from "./packet-kinds.ts";
import { PartialPacket } from "./partial-packet.ts";
import { requiredFlags, types } from "./packet-types.ts";
import { PublishCheck } from "./publish-check.ts";
import { reasonText } from "./reason-text.ts";
import { disconnectRefusal } from "./refusal.ts";
import type { ServerBounds } from "./server-bounds.ts";
import { checkFilters } from "./subscribe-check.ts";
import { reader, Version5Packets } from "./version5-packets.ts";
import type { GuardLimits, Violation } from "./violations.ts";

const longestHeader = 5;
/** Reason code of MQTT 5. */
const disconnectWithWill = 0x04;

/**
 * Follows what one client sends and hands on only whole packets that hold to its version of MQTT. Packets that lie
 * whole in a chunk are checked in place; only the one that is cut by its end is copied. What is handed on does not
 * depend on how the bytes were cut.
 */
export class PacketGuard {
  /** Set once something was wrong: nothing more is handed on. */
  violation: Violation | undefined;
  /** What to tell the client before its connection is closed. */
  reply: Uint8Array | undefined;
  /** Of its CONNECT, once that has passed. */
  connect: Connect | undefined;
  /** PUBLISH packets that passed. */
  publishes = 0;
  /** What `take` did not look at, as there was no budget for it; to be given to it again. */
  rest: Buffer | undefined;
  readonly #limits: GuardLimits;
  readonly #acks: AwaitedAcks | undefined;
  readonly #publish: PublishCheck;
  readonly #partial = new PartialPacket();
  /** Of its CONNECT; 0 before that. */
  #version: 0 | 3 | 4 | 5 = 0;
  #version5: Version5Packets | undefined;
  /** After DISCONNECT nothing counts (3.14.4). */
  #ended = false;
  /** Its DISCONNECT asks for its last will (MQTT 5). */
  endsWithWill = false;
  /** The bounds that a PUBLISH waits for, which is the first of `rest`: one more would be too many. */
  heldBy: ServerBounds | undefined;
  /** The first packet of `rest` waits for the answer to the last SUBSCRIBE or UNSUBSCRIBE. */
  waitsForAnswer = false;
  /** Of the packet whose header was read last: -1 if the header is not whole. */
  #total = -1;
  #headerLength = 0;

  constructor(limits: GuardLimits, acks?: AwaitedAcks) {
    this.#limits = limits;
    this.#acks = acks;
    this.#publish = new PublishCheck(limits);
  }

  /** Bytes of a packet that is not whole yet. */
  get partialBytes(): number {
    return this.#partial.length;
  }

  /**
   * Takes the next bytes; answers with the packets that are whole now, or null if there are none. May change unused
   * bits in place.
   * @param messages after so many PUBLISH packets the rest is left for later
   * @param bytes after so many bytes, or a packet beyond, the rest is left for later
   */
  take(chunk: Buffer, messages = Infinity, bytes = Infinity): Buffer | null {
    this.rest = undefined;
    this.heldBy = undefined;
    this.waitsForAnswer = false;
    if (this.violation !== undefined || this.#ended) return null;
    const lastPublish = this.publishes + messages;
    let at = 0;
    let first: Buffer | undefined;
    if (this.#partial.length > 0) {
      at = this.#fill(chunk);
      if (at < 0) return null;
      const whole = this.#partial.take();
      if (this.#waits(whole[0]!)) {
        this.rest = Buffer.concat([whole, chunk.subarray(at)]);
        return null;
      }
      if (!this.#passes(whole, 0, whole.length)) {
        if (this.heldBy !== undefined) this.rest = Buffer.concat([whole, chunk.subarray(at)]);
        return null;
      }
      first = whole;
    }
    const from = at;
    while (at < chunk.length && !this.#ended) {
      if (this.publishes >= lastPublish || at >= bytes || this.#waits(chunk[at]!)) {
        this.rest = chunk.subarray(at);
        break;
      }
      if (!this.#readHeader(chunk, at)) break;
      const end = this.#total < 0 ? Infinity : at + this.#total;
      if (end > chunk.length) {
        this.#partial.add(chunk, at, chunk.length, this.#limits.maxPacketBytes);
        break;
      }
      if (!this.#passes(chunk, at, end)) {
        if (this.heldBy !== undefined) this.rest = chunk.subarray(at);
        break;
      }
      at = end;
    }
    if (first === undefined) return at === from ? null : chunk.subarray(from, at);
    return at === from ? first : Buffer.concat([first, chunk.subarray(from, at)]);
  }

  /**
   * What changes subscriptions takes effect in its turn: neither another such packet nor a message, which the client
   * itself may be to hear, overtakes it. All else may.
   */
  #waits(first: number): boolean {
    if (this.#acks?.isAnswering !== true) return false;
    const type = first >> 4;
    this.waitsForAnswer = type === types.publish || type === types.subscribe || type === types.unsubscribe;
    return this.waitsForAnswer;
  }

  /**
   * Completes the packet that is partly there; answers with how many bytes of the chunk belong to it, or -1 if it is
   * not whole even so.
   */
  #fill(chunk: Buffer): number {
    const partial = this.#partial;
    let at = 0;
    for (;;) {
      if (!this.#readHeader(partial.bytes, 0)) return -1;
      if (this.#total >= 0) break;
      if (at === chunk.length) return -1;
      partial.add(chunk, at, at + 1, longestHeader);
      at += 1;
    }
    const to = Math.min(chunk.length, at + this.#total - partial.length);
    partial.add(chunk, at, to, this.#total);
    return partial.length === this.#total ? to : -1;
  }

  /** Reads the header of the packet that begins there, as far as it has come; false if it is wrong. */
  #readHeader(bytes: Uint8Array, at: number): boolean {
    const first = bytes[at]!;
    if (this.#version !== 4 && !this.#mayBegin(first)) return false;
    const available = bytes.length - at;
    let length = 0;
    let headerLength = 1;
    for (;;) {
      if (headerLength === available) {
        this.#total = -1;
        return true;
      }
      const byte = bytes[at + headerLength]!;
      length += (byte & 0x7f) << (7 * (headerLength - 1));
      headerLength += 1;
      if (byte < 0x80) break;
      if (headerLength === longestHeader) return this.#refuse("malformed-length", first >> 4);
    }
    this.#headerLength = headerLength;
    this.#total = headerLength + length;
    if (this.#total > this.#limits.maxPacketBytes) return this.#refuse("packet-too-large", first >> 4);
    if (this.#version === 4 && first >> 4 === types.publish && length >= 2) return true;
    if (this.#version === 5) return this.#refuse(this.#check5Header(bytes, first, at, length), first >> 4);
    return this.#refuse(checkHeader(first, length, this.#state));
  }

  /** Whether a packet may come now, by its first byte; of MQTT 5 its length, is not waited for. */
  #mayBegin(first: number): boolean {
    if (this.#version === 0) return first >> 4 === types.connect || this.#refuse("no-connect");
    return this.#version !== 5 || this.#refuse(checkFirstByte(first), first >> 4);
  }

  #check5Header(bytes: Uint8Array, first: number, at: number, length: number): Violation | undefined {
    return hasPaddedLength(bytes, at, this.#headerLength) ? "malformed-length" : checkLength(first, length);
  }

  #passes(bytes: Buffer, at: number, end: number): boolean {
    const first = bytes[at]!;
    const body = at + this.#headerLength;
    if (this.#version === 5) return this.#passes5(bytes, first, body, end);
    switch (first >> 4) {
      case types.publish:
        if (!this.#refuse(this.#publish.check(bytes, first, body, end))) return false;
        this.publishes += 1;
        return true;
      case types.subscribe:
      case types.unsubscribe:
        this.#normalize(bytes, at);
        if (!this.#refuse(checkFilters(bytes, body, end, first >> 4 === types.subscribe, this.#limits))) return false;
        this.#acks?.asks();
        return true;
      case types.puback:
      case types.pubrec:
      case types.pubrel:
      case types.pubcomp:
        this.#normalize(bytes, at);
        return this.#refuse(this.#checkAck(first >> 4, (bytes[body]! << 8) | bytes[body + 1]!));
      case types.connect:
        return this.#checkConnect(bytes, at, body, end);
      default:
        this.#normalize(bytes, at);
        this.#ended = first >> 4 === types.disconnect;
        return true;
    }
  }

  #passes5(bytes: Buffer, first: number, body: number, end: number): boolean {
    const five = this.#version5!;
    const violation = five.check(bytes, first, body, end);
    if (violation === "receive-maximum") {
      this.heldBy = five.bounds;
      return false;
    }
    if (!this.#refuse(violation, first >> 4)) return false;
    const type = first >> 4;
    if (type === types.publish) this.publishes += 1;
    else if (type === types.subscribe || type === types.unsubscribe) this.#acks?.asks();
    else if (type === types.disconnect) {
      this.#ended = true;
      if (end > body) this.#keepWill(bytes, body);
    }
    return true;
  }

  /**
   * A DISCONNECT for any other reason than 0 leaves the last will to be published (MQTT 5, 3.14.4). The broker knows
   * this of 0x04 alone, so it reads that.
   */
  #keepWill(bytes: Buffer, reasonAt: number): void {
    if (bytes[reasonAt] === 0) return;
    this.endsWithWill = bytes[reasonAt] === disconnectWithWill;
    bytes[reasonAt] = disconnectWithWill;
  }

  #checkAck(type: number, packetId: number): Violation | undefined {
    if (packetId === 0) return "packet-id-zero";
    if (type === types.pubrel || this.#acks?.acknowledge(type, packetId, false) !== false) return undefined;
    return "wrong-acknowledgement";
  }

  #checkConnect(bytes: Buffer, at: number, body: number, end: number): boolean {
    const from = versionAt(bytes, body, end, this.#limits);
    const connect = typeof from === "object" ? from : this.#readConnect(bytes, at, from, end);
    if ("violation" in connect) {
      this.reply = connect.reply;
      return this.#refuse(connect.violation);
    }
    this.connect = connect;
    this.#version = connect.version;
    if (connect.version === 5) this.#speak5(connect);
    return true;
  }

  #readConnect(bytes: Buffer, at: number, from: number, end: number): Connect | Refused {
    const is5 = (bytes[from]! & 0x7f) === 5;
    if (is5) return checkConnect5(bytes, at, this.#headerLength, from, end, this.#limits, reader);
    return checkConnect(bytes, at, from, end, this.#limits);
  }

  #speak5(connect: Connect): void {
    const acks = this.#acks;
    const acknowledge = (type: number, packetId: number, failed: boolean): boolean =>
      acks?.acknowledge(type, packetId, failed) !== false;
    this.#version5 = new Version5Packets(this.#limits, connect, this.#publish, acknowledge);
    acks?.tells(this.#version5.bounds);
  }

  /** Flags that MQTT 3.1 does not use are what 3.1.1 wants, for the parser that comes next. */
  #normalize(bytes: Buffer, at: number): void {
    const first = bytes[at]!;
    bytes[at] = (first & 0xf0) | requiredFlags[first >> 4]!;
  }

  /** @param type of the packet */
  #refuse(violation: Violation | undefined, type = 0): boolean {
    this.violation = violation;
    if (violation === undefined) return true;
    if (this.#version === 5) this.reply = this.replyTo(violation, type);
    return false;
  }

  /** DISCONNECT with the reason, for a client of MQTT 5 that has been let in. */
  replyTo(violation: Violation, type: number): Uint8Array | undefined {
    if (this.#version5?.bounds.accepted !== true) return undefined;
    const { explains, maxPacketBytes } = this.connect!;
    const sizes =
      violation === "packet-too-large" ? { bytes: this.#total, most: this.#limits.maxPacketBytes } : undefined;
    const text = explains ? reasonText(violation, type, reader.last, sizes) : undefined;
    return disconnectRefusal(reasonCode(violation, type), text, maxPacketBytes);
  }

  get #state(): { connected: boolean; is31: boolean } {
    return { connected: this.#version > 0, is31: this.#version === 3 };
  }
}
