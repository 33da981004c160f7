import type { Connect } from "./connect-check.ts";
import { packetKinds } from "./packet-kinds.ts";
import { types } from "./packet-types.ts";
import { ids } from "./properties.ts";
import { PropertyReader } from "./property-reader.ts";
import type { PublishCheck } from "./publish-check.ts";
import { ServerBounds } from "./server-bounds.ts";
import { checkFilters5 } from "./subscribe5-check.ts";
import type { GuardLimits, Violation } from "./violations.ts";

const failureCode = 0x80;

/** Told of each acknowledgement; false if its message has another kind. */
type Acknowledge = (type: number, packetId: number, failed: boolean) => boolean;

/** One for all connections: a packet is read to its end before another begins. */
export const reader = new PropertyReader();

/** Checks the packets of one connection of MQTT 5 after its CONNECT, and keeps what they depend on. */
export class Version5Packets {
  readonly bounds = new ServerBounds();
  readonly #limits: GuardLimits;
  readonly #publish: PublishCheck;
  readonly #acknowledge: Acknowledge;
  readonly #keepsSession: boolean;
  /** Topic aliases that have a topic; most clients use none. */
  #aliases: Set<number> | undefined;

  constructor(limits: GuardLimits, connect: Connect, publish: PublishCheck, acknowledge: Acknowledge) {
    this.#limits = limits;
    this.#publish = publish;
    this.#acknowledge = acknowledge;
    this.#keepsSession = connect.keepsSession;
    this.bounds.takes(connect.maxPacketBytes);
  }

  /**
   * @param first the first byte of the packet
   * @param from where its variable header begins
   */
  check(bytes: Uint8Array, first: number, from: number, to: number): Violation | undefined {
    reader.last = -1;
    const type = first >> 4;
    switch (type) {
      case types.publish:
        return this.#checkPublish(bytes, first, from, to);
      case types.subscribe:
      case types.unsubscribe:
        return checkFilters5(bytes, from, to, type, this.#limits, reader, this.bounds);
      case types.puback:
      case types.pubrec:
      case types.pubrel:
      case types.pubcomp:
        return this.#checkAck(bytes, type, from, to);
      case types.disconnect:
        return this.#checkDisconnect(bytes, from, to);
      default:
        return undefined;
    }
  }

  /** 3.3. Whether a payload is the text that it says it is, its decoder finds: what is not goes to quarantine. */
  #checkPublish(bytes: Uint8Array, first: number, from: number, to: number): Violation | undefined {
    const qos = (first >> 1) & 3;
    if (qos === 3) return "qos-3";
    if (qos === 0 && (first & 8) !== 0) return "dup-qos-0";
    const topic = from + 2;
    const end = topic + ((bytes[from]! << 8) | bytes[from + 1]!);
    const propertiesAt = qos === 0 ? end : end + 2;
    if (propertiesAt >= to) return "truncated-packet";
    if (qos > 0 && bytes[end] === 0 && bytes[end + 1] === 0) return "packet-id-zero";
    const isNamed = end > topic;
    const wrongTopic = isNamed ? this.#publish.topic(bytes, topic, end) : undefined;
    if (wrongTopic !== undefined) return wrongTopic;
    // The usual device sends none.
    if (bytes[propertiesAt] !== 0) {
      const wrong = reader.read(bytes, propertiesAt, to, types.publish, this.#limits) ?? this.#checkAlias(isNamed);
      if (wrong !== undefined) return wrong;
    } else if (!isNamed) return "topic-name";
    if (!this.bounds.retain && (first & 1) !== 0) return "retain-unavailable";
    if (qos > this.bounds.maximumQos) return "qos-unavailable";
    return qos === 0 || this.bounds.open() ? undefined : "receive-maximum";
  }

  #checkAlias(isNamed: boolean): Violation | undefined {
    const alias = reader.value(ids.topicAlias, -1);
    if (alias < 0) return isNamed ? undefined : "topic-name";
    if (alias === 0 || alias > this.bounds.topicAliasMaximum) return "topic-alias";
    if (!isNamed) return this.#aliases?.has(alias) === true ? undefined : "unknown-alias";
    this.#aliases ??= new Set();
    this.#aliases.add(alias);
    return undefined;
  }

  /** 3.4 to 3.7. */
  #checkAck(bytes: Uint8Array, type: number, from: number, to: number): Violation | undefined {
    const packetId = (bytes[from]! << 8) | bytes[from + 1]!;
    if (packetId === 0) return "packet-id-zero";
    const wrong = this.#checkReason(bytes, type, from + 2, to);
    if (wrong !== undefined || type === types.pubrel) return wrong;
    const failed = to > from + 2 && bytes[from + 2]! >= failureCode;
    return this.#acknowledge(type, packetId, failed) ? undefined : "wrong-acknowledgement";
  }

  /** A reason code and properties, both of which may be left out at the end. */
  #checkReason(bytes: Uint8Array, type: number, at: number, to: number): Violation | undefined {
    if (at === to) return undefined;
    if (!packetKinds[type]!.reasonCodes!.has(bytes[at]!)) return "reason-code";
    if (at + 1 === to) return undefined;
    const wrong = reader.read(bytes, at + 1, to, type, this.#limits);
    if (wrong !== undefined) return wrong;
    return reader.end === to ? undefined : "trailing-bytes";
  }

  /** 3.14. */
  #checkDisconnect(bytes: Uint8Array, from: number, to: number): Violation | undefined {
    const wrong = this.#checkReason(bytes, types.disconnect, from, to);
    if (wrong !== undefined || to <= from + 1) return wrong;
    return !this.#keepsSession && reader.value(ids.sessionExpiry, 0) > 0 ? "session-expiry" : undefined;
  }
}
