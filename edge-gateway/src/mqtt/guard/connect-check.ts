import { fieldEnd, isText } from "./text-check.ts";
import { checkTopicName } from "./topic-check.ts";
import type { GuardLimits, Violation } from "./violations.ts";

/** The answer of the guard before it closes a connection that it does not let in. */
export const refusals = {
  /** CONNACK 1, unacceptable protocol version (3.1.1, section 3.1.2.2). */
  version: Uint8Array.of(0x20, 2, 0, 1),
  /**
   * CONNACK of MQTT 5 with 0x84, Unsupported Protocol Version: what a client of MQTT 5 understands (MQTT 5, section
   * 3.1.2.2).
   */
  version5: Uint8Array.of(0x20, 3, 0, 0x84, 0),
  /** CONNACK 2, identifier rejected (3.1.1, section 3.1.3.1). */
  identifier: Uint8Array.of(0x20, 2, 0, 2),
} as const;

export interface Connect {
  /** 3: MQTT 3.1, 4: MQTT 3.1.1, 5: MQTT 5. */
  readonly version: 3 | 4 | 5;
  readonly clientId: string;
  /** Whether a refusal tells more than its reason code; of MQTT 5 alone. */
  readonly explains: boolean;
  /** The largest packet that the client takes; of MQTT 5 alone. */
  readonly maxPacketBytes: number;
  /** Whether its session outlives the connection; of MQTT 5 alone. */
  readonly keepsSession: boolean;
}

export interface Refused {
  readonly violation: Violation;
  readonly reply?: Uint8Array;
}

export const flag = {
  reserved: 0x01,
  clean: 0x02,
  will: 0x04,
  willQos: 0x18,
  willRetain: 0x20,
  password: 0x40,
  user: 0x80,
};

const ofVersion5Alone = { explains: false, maxPacketBytes: Infinity, keepsSession: false };

/**
 * Checks CONNECT of MQTT 3.1 and 3.1.1 (3.1.1, section 3.1). Of MQTT 3.1, which leaves bits open that 3.1.1 reserves,
 * those bits are cleared in place, as the parser behind the guard knows 3.1.1 alone.
 * @param packet where the packet begins
 * @param from where its version stands
 */
export function checkConnect(
  bytes: Uint8Array,
  packet: number,
  from: number,
  to: number,
  limits: GuardLimits,
): Connect | Refused {
  const version = (bytes[from]! & 0x7f) as 3 | 4;
  const is31 = version === 3;
  if ((bytes[packet]! & 0x0f) !== 0 && !is31) return { violation: "reserved-flags" };
  bytes[packet] = bytes[packet]! & 0xf0;

  const flagsAt = from + 1;
  let at = flagsAt + 3;
  if (at > to) return { violation: "truncated-packet" };
  if (is31) clearUnused(bytes, flagsAt);
  const flags = bytes[flagsAt]!;
  if (!agree(flags)) return { violation: (flags & flag.willQos) === flag.willQos ? "qos-3" : "connect-flags" };

  const idEnd = fieldEnd(bytes, at, to);
  if (idEnd < 0) return { violation: "truncated-packet" };
  if (!isText(bytes, at + 2, idEnd)) return { violation: "invalid-text" };
  const idBytes = idEnd - at - 2;
  const clientId = Buffer.from(bytes.buffer, bytes.byteOffset + at + 2, idBytes).toString();
  if (idBytes > limits.maxClientIdBytes || (idBytes === 0 && (is31 || (flags & flag.clean) === 0))) {
    return { violation: "client-id", reply: refusals.identifier };
  }
  at = idEnd;

  if ((flags & flag.will) !== 0) {
    const topicEnd = fieldEnd(bytes, at, to);
    const messageEnd = topicEnd < 0 ? -1 : fieldEnd(bytes, topicEnd, to);
    if (messageEnd < 0) return { violation: "truncated-packet" };
    const wrong = checkTopicName(bytes, at + 2, topicEnd, limits);
    if (wrong !== undefined) return { violation: wrong };
    at = messageEnd;
  }
  for (const name of ["user", "password"] as const) {
    if ((flags & flag[name]) === 0) continue;
    if (is31 && at === to) {
      // MQTT 3.1: the remaining length counts, not the flag; the name is then missing and the connection goes on.
      bytes[flagsAt] = bytes[flagsAt]! & ~(name === "user" ? flag.user | flag.password : flag.password);
      break;
    }
    const end = fieldEnd(bytes, at, to);
    if (end < 0) return { violation: "truncated-packet" };
    if (name === "user" && !isText(bytes, at + 2, end)) return { violation: "invalid-text" };
    at = end;
  }
  if (at !== to) return { violation: "trailing-bytes" };
  return { version, clientId, ...ofVersion5Alone };
}

/**
 * Where the version stands, if it is one that is spoken here.
 * @param from where the variable header of CONNECT begins
 */
export function versionAt(bytes: Uint8Array, from: number, to: number, limits: GuardLimits): number | Refused {
  const end = fieldEnd(bytes, from, to);
  if (end < 0 || end >= to) return { violation: "truncated-packet" };
  const name = Buffer.from(bytes.buffer, bytes.byteOffset + from + 2, end - from - 2).toString("latin1");
  if (name !== "MQTT" && name !== "MQIsdp") return { violation: "protocol-name" };
  // The highest bit is what bridges of Mosquitto set to be known as such.
  const version = bytes[end]! & 0x7f;
  if (version === (name === "MQTT" ? 4 : 3)) return end;
  if (version === 5 && name === "MQTT" && limits.speaksVersion5 === true) return end;
  const spoken = version === 3 || version === 4;
  return { violation: "protocol-version", reply: spoken ? refusals.version : refusals.version5 };
}

/** Whether the flags agree with each other (3.1.2.3 to 3.1.2.9). */
export function agree(flags: number): boolean {
  if ((flags & flag.reserved) !== 0) return false;
  if ((flags & flag.will) === 0 && (flags & (flag.willQos | flag.willRetain)) !== 0) return false;
  if ((flags & flag.willQos) === flag.willQos) return false;
  return (flags & flag.user) !== 0 || (flags & flag.password) === 0;
}

function clearUnused(bytes: Uint8Array, flagsAt: number): void {
  const willless = (bytes[flagsAt]! & flag.will) === 0 ? flag.willQos | flag.willRetain : 0;
  bytes[flagsAt] = bytes[flagsAt]! & ~(flag.reserved | willless);
}
