import { requiredFlags, types } from "./packet-types.ts";
import { codes, reasons } from "./reason-codes.ts";
import type { Violation } from "./violations.ts";

/** A type of packet of MQTT 5, as far as a client may send it or is told that it may not. */
export interface PacketKind {
  readonly name: string;
  /** The lower half of its first byte; -1: it has flags of its own. */
  readonly flags: number;
  /** What is wrong with one that comes after CONNECT, whatever it holds. */
  readonly never: Violation | undefined;
  readonly least: number;
  readonly most: number;
  /** Reason codes of a client; undefined: it has none. */
  readonly reasonCodes: ReadonlySet<number> | undefined;
  /** Reason codes of violations that differ by type. */
  readonly answers: Readonly<Partial<Record<Violation, number>>>;
}

const { malformed, protocolError, success } = codes;
const ofAck = new Set([success, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]);
const ofRelease = new Set([success, 0x92]);
const ofDisconnect = new Set([
  ...[success, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93],
  ...[0x94, 0x95, 0x96, 0x97, 0x98, 0x99],
]);

function kind(type: number, name: string, rest: Partial<PacketKind> = {}): PacketKind {
  return {
    name,
    flags: requiredFlags[type]!,
    never: undefined,
    least: 0,
    most: Infinity,
    reasonCodes: undefined,
    answers: {},
    ...rest,
  };
}

/** SUBSCRIBE and UNSUBSCRIBE: all that is wrong with their form is malformed. */
const ofForm = { "misplaced-property": malformed, "packet-id-zero": malformed } as const;
const flagsAreProtocol = { "reserved-flags": protocolError } as const;
const ofServer = { never: "server-only-packet" } as const;

/** By type (section 2.1.2). Its reason codes are those of 3.4.2.1, 3.5.2.1, 3.6.2.1, 3.7.2.1 and 3.14.2.1. */
export const packetKinds: readonly PacketKind[] = [
  kind(0, "a packet of type 0", { flags: -1, never: "reserved-type" }),
  kind(types.connect, "CONNECT", { flags: -1, never: "second-connect" }),
  kind(types.connack, "CONNACK", { flags: -1, ...ofServer }),
  kind(types.publish, "PUBLISH", { flags: -1, least: 3 }),
  kind(types.puback, "PUBACK", { least: 2, reasonCodes: ofAck }),
  kind(types.pubrec, "PUBREC", { least: 2, reasonCodes: ofAck }),
  kind(types.pubrel, "PUBREL", { least: 2, reasonCodes: ofRelease, answers: flagsAreProtocol }),
  kind(types.pubcomp, "PUBCOMP", { least: 2, reasonCodes: ofRelease }),
  kind(types.subscribe, "SUBSCRIBE", { least: 3, answers: ofForm }),
  kind(types.suback, "SUBACK", ofServer),
  kind(types.unsubscribe, "UNSUBSCRIBE", { least: 3, answers: ofForm }),
  kind(types.unsuback, "UNSUBACK", ofServer),
  kind(types.pingreq, "PINGREQ", { most: 0 }),
  kind(types.pingresp, "PINGRESP", ofServer),
  kind(types.disconnect, "DISCONNECT", { reasonCodes: ofDisconnect, answers: flagsAreProtocol }),
  kind(types.auth, "AUTH", { flags: -1, never: "unexpected-auth" }),
];

/** The reason code of a violation in a packet of this type. */
export function reasonCode(violation: Violation, type: number): number {
  return packetKinds[type]!.answers[violation] ?? reasons[violation].code;
}

/** What the first byte of a packet tells. */
export function checkFirstByte(first: number): Violation | undefined {
  const { flags, never } = packetKinds[first >> 4]!;
  return flags >= 0 && (first & 0x0f) !== flags ? "reserved-flags" : never;
}

/** What the length of a packet tells, before its body is there. */
export function checkLength(first: number, length: number): Violation | undefined {
  const { least, most } = packetKinds[first >> 4]!;
  return length < least || length > most ? "wrong-length" : undefined;
}

/** Whether the remaining length takes more bytes than it need (1.5.5). */
export function hasPaddedLength(bytes: Uint8Array, at: number, headerLength: number): boolean {
  return headerLength > 2 && bytes[at + headerLength - 1] === 0;
}
