import type { InboundMessage } from "../../bridge/remote-broker.ts";
import { readProperties, type PublishProperties } from "./publish-properties.ts";

/**
 * Reads the PUBLISH whose variable header begins at `start` and whose bytes end at `end` (MQTT 3.1.1 and 5, section
 * 3.3). The payload is a view. undefined if its lengths cannot be right or its identifier is 0. No topic
 * alias comes, since none is offered.
 */
export function readPublish(
  bytes: Buffer,
  flags: number,
  start: number,
  end: number,
  version: 4 | 5,
  omitted = 0,
): InboundMessage | undefined {
  const qos = (flags >> 1) & 3;
  if (qos === 3 || start + 2 > end) return undefined;
  let at = start + 2;
  const topicEnd = at + bytes.readUInt16BE(start);
  if (topicEnd > end || topicEnd === at) return undefined;
  const topic = bytes.toString("utf8", at, topicEnd);
  at = topicEnd;
  let packetId = 0;
  if (qos > 0) {
    if (at + 2 > end) return undefined;
    packetId = bytes.readUInt16BE(at);
    if (packetId === 0) return undefined;
    at += 2;
  }
  let properties: PublishProperties | undefined;
  if (version === 5) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 21) return undefined;
      const byte = bytes[at]!;
      at += 1;
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (at + length > end) return undefined;
    if (length > 0) {
      properties = readProperties(bytes, at, at + length);
      if (properties === undefined) return undefined;
    }
    at += length;
  }
  return {
    topic,
    payload: bytes.subarray(at, end),
    qos: qos as 0 | 1 | 2,
    dup: (flags & 8) !== 0,
    retain: (flags & 1) !== 0,
    packetId,
    omitted,
    ...properties,
  };
}
