import type { Client } from "aedes";
import { generate, type IPublishPacket, type Packet } from "mqtt-packet";

export type Message = Pick<IPublishPacket, "topic" | "payload" | "qos"> & {
  readonly properties?: IPublishPacket["properties"];
};

/** Fixed header, lengths and packet identifier, and the identifier of a subscription. */
const mostOfHead = 16;

/**
 * Whether a message makes a larger packet than the client takes: it is not sent then, as if it had been (MQTT 5,
 * 3.1.2.11.4).
 */
export function isLargerThanTaken(client: Client, { topic, payload, qos, properties }: Message): boolean {
  const most = client.version === 5 ? client.maximumPacketSize : undefined;
  if (most === undefined) return false;
  const least = payload.length + topic.length;
  if (least > most) return true;
  // Four bytes of UTF-8 for a character of text at most.
  if (properties === undefined && 4 * topic.length + payload.length + mostOfHead <= most) return false;
  const packet = { cmd: "publish", topic, payload, qos, properties, messageId: 1, dup: false, retain: false } as const;
  return generate(packet, { protocolVersion: 5 }).length > most;
}

/** A packet without its properties, which only explain it, if they make it larger than the client takes. */
export function asTaken(client: Client, packet: Packet): Packet {
  const most = client.version === 5 ? (client.maximumPacketSize ?? Infinity) : Infinity;
  const isTaken = most === Infinity || generate(packet, { protocolVersion: 5 }).length <= most;
  return isTaken ? packet : ({ ...packet, properties: undefined } as Packet);
}
