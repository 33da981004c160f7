import { isUtf8 } from "node:buffer";
import { agree, flag, type Connect, type Refused } from "./connect-check.ts";
import { hasPaddedLength, reasonCode } from "./packet-kinds.ts";
import { types } from "./packet-types.ts";
import { ids, willProperties } from "./properties.ts";
import type { PropertyReader } from "./property-reader.ts";
import { reasonText } from "./reason-text.ts";
import { connackRefusal } from "./refusal.ts";
import { fieldEnd, isText } from "./text-check.ts";
import { checkTopicName } from "./topic-check.ts";
import type { GuardLimits, Violation } from "./violations.ts";

/** Of the smallest CONNACK. */
const connackBytes = 5;

type Draft = { -readonly [key in keyof Connect]: Connect[key] };

/**
 * Checks CONNECT of MQTT 5 (section 3.1).
 * @param packet where the packet begins
 * @param from where its version stands
 */
export function checkConnect5(
  bytes: Uint8Array,
  packet: number,
  headerLength: number,
  from: number,
  to: number,
  limits: GuardLimits,
  reader: PropertyReader,
): Connect | Refused {
  const draft: Draft = { version: 5, clientId: "", explains: false, maxPacketBytes: Infinity, keepsSession: false };
  const violation = fill(draft, bytes, packet, headerLength, from, to, limits, reader);
  if (violation === undefined) return draft;
  // Not even a refusal can be sent.
  if (violation === "packet-size-maximum") return { violation };
  const text = draft.explains ? reasonText(violation, types.connect, reader.last) : undefined;
  return { violation, reply: connackRefusal(reasonCode(violation, types.connect), text, draft.maxPacketBytes) };
}

function fill(
  draft: Draft,
  bytes: Uint8Array,
  packet: number,
  headerLength: number,
  from: number,
  to: number,
  limits: GuardLimits,
  reader: PropertyReader,
): Violation | undefined {
  if ((bytes[packet]! & 0x0f) !== 0) return "reserved-flags";
  if (hasPaddedLength(bytes, packet, headerLength)) return "malformed-length";
  const propertiesAt = from + 4;
  if (propertiesAt > to) return "truncated-packet";
  const flags = bytes[from + 1]!;
  // A password may come without a name (3.1.2.9).
  if (!agree(flags | ((flags & flag.password) << 1))) {
    return (flags & flag.willQos) === flag.willQos ? "qos-3" : "connect-flags";
  }

  const wrong = reader.read(bytes, propertiesAt, to, types.connect, limits);
  if (wrong !== undefined) return wrong;
  draft.maxPacketBytes = reader.value(ids.maximumPacketSize, Infinity);
  if (draft.maxPacketBytes < connackBytes) return "packet-size-maximum";
  const hasMethod = reader.has(ids.authenticationMethod);
  if (!hasMethod && reader.has(ids.authenticationData)) return "misplaced-property";
  // Until it has logged in, only a client that asks for it is explained anything.
  const asks = reader.value(ids.requestProblem, -1);
  draft.explains = asks === 1;
  draft.keepsSession = reader.value(ids.sessionExpiry, 0) > 0;
  if (hasMethod) return "authentication-method";

  let at = reader.end;
  const idEnd = fieldEnd(bytes, at, to);
  if (idEnd < 0) return "truncated-packet";
  if (idEnd - at - 2 > limits.maxClientIdBytes || !isText(bytes, at + 2, idEnd)) return "client-id";
  draft.clientId = Buffer.from(bytes.buffer, bytes.byteOffset + at + 2, idEnd - at - 2).toString();
  at = idEnd;

  if ((flags & flag.will) !== 0) {
    const wrongWill = checkWill(bytes, at, to, limits, reader);
    if (wrongWill !== undefined) return wrongWill;
    at = reader.end;
  }
  for (const name of ["user", "password"] as const) {
    if ((flags & flag[name]) === 0) continue;
    const end = fieldEnd(bytes, at, to);
    if (end < 0) return "truncated-packet";
    if (name === "user" && !isText(bytes, at + 2, end)) return "invalid-text";
    at = end;
  }
  if (at !== to) return "trailing-bytes";
  // A stranger gets a bare code; whoever says who it is, is told more from here on, unless it does not want to.
  draft.explains = asks === 1 || (asks < 0 && (flags & flag.user) !== 0);
  return undefined;
}

/** The properties, topic and payload of a will (3.1.3.2 to 3.1.3.4); the reader's end is the will's then. */
function checkWill(
  bytes: Uint8Array,
  from: number,
  to: number,
  limits: GuardLimits,
  reader: PropertyReader,
): Violation | undefined {
  const wrong = reader.read(bytes, from, to, willProperties, limits);
  if (wrong !== undefined) return wrong;
  const topicAt = reader.end;
  const topicEnd = fieldEnd(bytes, topicAt, to);
  const end = topicEnd < 0 ? -1 : fieldEnd(bytes, topicEnd, to);
  if (end < 0) return "truncated-packet";
  const wrongTopic = checkTopicName(bytes, topicAt + 2, topicEnd, limits);
  if (wrongTopic !== undefined) return wrongTopic;
  if (reader.value(ids.payloadFormat, 0) === 1 && !isUtf8(bytes.subarray(topicEnd + 2, end))) return "payload-format";
  reader.end = end;
  return undefined;
}
