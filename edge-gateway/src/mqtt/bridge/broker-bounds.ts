import { generate, type Packet } from "mqtt-packet";
import type { OutboundMessage } from "../../bridge/remote-broker.ts";

/** Properties of a CONNACK of MQTT 5 (3.2.2.3). */
export interface ToldBounds {
  readonly maximumPacketSize?: number | undefined;
  readonly receiveMaximum?: number | undefined;
  readonly maximumQoS?: number | undefined;
}

/** Fixed header, length of the topic, packet identifier and length of the properties, at most. */
const mostOfHead = 5 + 2 + 2 + 4;

/** What a broker says that it takes; one of an earlier version than MQTT 5 says nothing. */
export class BrokerBounds {
  readonly receiveMaximum: number;
  readonly maximumQos: number;
  readonly #maximumPacketSize: number;

  constructor({ maximumPacketSize, receiveMaximum, maximumQoS }: ToldBounds = {}) {
    this.#maximumPacketSize = maximumPacketSize ?? Infinity;
    this.receiveMaximum = receiveMaximum ?? 65_535;
    this.maximumQos = maximumQoS ?? 2;
  }

  /** Whether the PUBLISH is as small as the broker wants it. */
  takes({ topic, payload, qos, properties }: OutboundMessage): boolean {
    const most = this.#maximumPacketSize;
    const body = typeof payload === "string" ? payload : Buffer.from(payload);
    // Four bytes of UTF-8 for a character at most.
    if (most === Infinity || (properties === undefined && 4 * (topic.length + body.length) + mostOfHead <= most))
      return true;
    const packet = { cmd: "publish", topic, payload: body, qos, properties, messageId: 1 } as const;
    return generate({ ...packet, dup: false, retain: false }, { protocolVersion: 5 }).length <= most;
  }

  /** Whether the SUBSCRIBE of one filter is. */
  takesFilter(filter: string): boolean {
    if (this.#maximumPacketSize === Infinity) return true;
    const packet: Packet = { cmd: "subscribe", messageId: 1, subscriptions: [{ topic: filter, qos: 1 }] };
    return generate(packet, { protocolVersion: 5 }).length <= this.#maximumPacketSize;
  }
}
