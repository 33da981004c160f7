import { types } from "./packet-types.ts";
import { ids } from "./properties.ts";
import type { PropertyReader } from "./property-reader.ts";
import { codes } from "./reason-codes.ts";

/** CONNACK is the gateway's own packet: nothing of it is beyond a limit. */
const noLimits = {
  maxPacketBytes: Infinity,
  maxTopicBytes: Infinity,
  maxTopicLevels: Infinity,
  maxFilters: Infinity,
  maxClientIdBytes: Infinity,
  maxUserProperties: Infinity,
  maxPropertyBytes: Infinity,
};

/** Before the reason codes of SUBACK and UNSUBACK: the type, the packet identifier and the length of no properties. */
const mostOfAnswer = 1 + 2 + 1;

/**
 * What the gateway has told a client of MQTT 5 in CONNACK that it may do (section 3.2.2.3), and how many of its
 * messages are unacknowledged. Read from what is written to the client, so that the guard and the client know the same.
 */
export class ServerBounds {
  /** CONNACK has let the client in. Before that the gateway sends no DISCONNECT (3.14). */
  accepted = false;
  topicAliasMaximum = 0;
  maximumQos = 2;
  retain = true;
  wildcards = true;
  subscriptionIds = true;
  shared = true;
  /** Topic filters of one packet: their answer is a packet that the client takes (3.1.2.11.4). */
  answerableFilters = Infinity;
  #receiveMaximum = 65_535;
  #open = 0;
  #onRoom: (() => void) | undefined;

  /** @param maxPacketBytes as large a packet as the client takes */
  takes(maxPacketBytes: number): void {
    if (maxPacketBytes === Infinity) return;
    for (let lengthBytes = 1; lengthBytes <= 4; lengthBytes += 1) {
      this.answerableFilters = maxPacketBytes - mostOfAnswer - lengthBytes;
      if (mostOfAnswer - 1 + this.answerableFilters < 128 ** lengthBytes) return;
    }
  }

  /** Whether one more message may be unacknowledged. */
  get hasRoom(): boolean {
    return this.#open < this.#receiveMaximum;
  }

  /** A message of QoS 1 or 2 has come; false if it is one too many. */
  open(): boolean {
    if (!this.hasRoom) return false;
    this.#open += 1;
    return true;
  }

  /**
   * A message was acknowledged for good. May be one of an earlier connection, whose PUBREL came on this one: the
   * specification (4.9) lets that count, up to the maximum.
   */
  settle(): void {
    if (this.#open > 0) this.#open -= 1;
    const tell = this.#onRoom;
    if (tell === undefined) return;
    this.#onRoom = undefined;
    tell();
  }

  /** Calls back at the next message that is acknowledged for good. */
  whenRoom(tell: () => void): void {
    this.#onRoom = tell;
  }

  /** @param body of CONNACK, behind the fixed header */
  told(body: Uint8Array, reader: PropertyReader): void {
    if (body.length < 3 || body[1] !== codes.success) return;
    if (reader.read(body, 2, body.length, types.connack, noLimits) !== undefined) return;
    this.accepted = true;
    this.topicAliasMaximum = reader.value(ids.topicAliasMaximum, 0);
    this.maximumQos = reader.value(ids.maximumQos, 2);
    this.retain = reader.value(ids.retainAvailable, 1) === 1;
    this.wildcards = reader.value(ids.wildcardAvailable, 1) === 1;
    this.subscriptionIds = reader.value(ids.subscriptionIdsAvailable, 1) === 1;
    this.shared = reader.value(ids.sharedAvailable, 1) === 1;
    this.#receiveMaximum = reader.value(ids.receiveMaximum, 65_535);
  }
}
