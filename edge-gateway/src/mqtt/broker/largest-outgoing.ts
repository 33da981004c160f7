import type { Client } from "aedes";
import { generate, type IPublishPacket, type Packet } from "mqtt-packet";

export type Message = Pick<IPublishPacket, "topic" | "payload" | "qos"> & {
  readonly properties?: IPublishPacket["properties"];
};

const version5 = { protocolVersion: 5 } as const;
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
  return generate(packet, version5).length > most;
}

/**
 * The bytes of a packet of MQTT 5 whose properties only explain it: it goes without them to a client that takes none so
 * large (3.2.2.3.9, 3.4.2.2.2, 3.14.2.2.3).
 */
export function withinTaken(client: Client, packet: Packet & { properties?: object }): Buffer {
  const bytes = generate(packet, version5);
  if (bytes.length <= (client.maximumPacketSize ?? Infinity)) return bytes;
  return generate({ ...packet, properties: undefined } as Packet, version5);
}

export function isWithinTaken(client: Client, packet: Packet): boolean {
  return generate(packet, version5).length <= (client.maximumPacketSize ?? Infinity);
}
