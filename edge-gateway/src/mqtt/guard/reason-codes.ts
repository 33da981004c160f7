import type { Violation } from "./violations.ts";

/** Reason codes of MQTT 5 (table 2-6) that the guard gives or looks for. */
export const codes = {
  success: 0x00,
  failure: 0x80,
  malformed: 0x81,
  protocolError: 0x82,
  version: 0x84,
  clientId: 0x85,
  authenticationMethod: 0x8c,
  topicFilter: 0x8f,
  topicName: 0x90,
  receiveMaximum: 0x93,
  topicAlias: 0x94,
  packetTooLarge: 0x95,
  messageRate: 0x96,
  quota: 0x97,
  payloadFormat: 0x99,
  retain: 0x9a,
  qos: 0x9b,
  shared: 0x9e,
  subscriptionIds: 0xa1,
  wildcards: 0xa2,
} as const;

export interface Reason {
  readonly code: number;
  /** What to do about it, for whoever reads the reason string. */
  readonly advice: string;
}

const reason = (code: number, advice: string): Reason => ({ code, advice });
const malformed = (advice: string): Reason => reason(codes.malformed, advice);
const protocolError = (advice: string): Reason => reason(codes.protocolError, advice);

const limit = "send less in one packet, or raise the setting";
const text = "send well-formed UTF-8 without control characters";
const library = "the client's library builds wrong packets: update it";
const reading = "read what the gateway sends, or subscribe to less";

/**
 * What a client of MQTT 5 is told. Where the specification leaves both 0x81 and 0x82 open, or names one and brokers in
 * use answer with the other, it is what Mosquitto answers; `packet-kinds.ts` has those that depend on the packet.
 */
export const reasons: Readonly<Record<Violation, Reason>> = {
  "packet-too-large": reason(codes.packetTooLarge, "send packets of no more than the maximum packet size of CONNACK"),
  "malformed-length": malformed(library),
  "wrong-length": malformed(library),
  "reserved-flags": malformed(library),
  "reserved-type": protocolError(library),
  "server-only-packet": protocolError(library),
  "no-connect": protocolError("send CONNECT first"),
  "second-connect": protocolError("send CONNECT once, and open another connection for another session"),
  "truncated-packet": malformed(library),
  "trailing-bytes": malformed(library),
  "protocol-name": reason(codes.version, "send MQTT as the protocol name"),
  "protocol-version": reason(codes.version, "speak MQTT 3.1.1"),
  "connect-flags": malformed(library),
  "client-id": reason(codes.clientId, "send a shorter client identifier, or none and take the one of CONNACK"),
  "invalid-text": malformed(text),
  "packet-id-zero": protocolError("number packets from 1"),
  "qos-3": malformed("ask for QoS 0, 1 or 2"),
  "dup-qos-0": malformed("set DUP only on what is sent again with QoS 1 or 2"),
  "topic-name": malformed("publish to a topic without wildcards that is not empty"),
  "topic-filter": malformed("use + and # as whole levels, # as the last one, and no empty filter"),
  "topic-too-long": reason(codes.topicName, "use a shorter topic, or raise the setting"),
  "topic-too-deep": reason(codes.topicName, "use a topic of fewer levels, or raise the setting"),
  "no-filter": malformed("send at least one topic filter"),
  "too-many-filters": reason(codes.quota, limit),
  "wrong-acknowledgement": protocolError("answer QoS 1 by PUBACK, QoS 2 by PUBREC and then PUBCOMP"),
  "variable-integer": malformed(library),
  "unknown-property": malformed(library),
  "misplaced-property": protocolError("leave the property out of this packet"),
  "repeated-property": protocolError("send the property once"),
  "property-value": protocolError("send a value that the specification allows"),
  "too-many-properties": reason(codes.quota, limit),
  "reason-code": protocolError("send a reason code that this packet has"),
  "subscription-options": malformed("send options with the reserved bits 0 and a retain handling of 0, 1 or 2"),
  "shared-filter": malformed("subscribe to $share/NAME/FILTER, the name without / + and #"),
  "shared-no-local": protocolError("leave No Local off a shared subscription"),
  "topic-alias": reason(codes.topicAlias, "use aliases from 1 to the topic alias maximum of CONNACK"),
  "unknown-alias": protocolError("send the topic with the alias first, on each connection anew"),
  "receive-maximum": reason(codes.receiveMaximum, "wait for acknowledgements: CONNACK told how many may be open"),
  "answer-too-large": reason(codes.packetTooLarge, "send fewer topic filters in one packet, or take larger packets"),
  "packet-size-maximum": protocolError("allow packets of at least a few hundred bytes"),
  "payload-format": reason(codes.payloadFormat, "send a will of UTF-8, or leave the payload format indicator out"),
  "session-expiry": protocolError("give a session expiry interval in CONNECT already"),
  "authentication-method": reason(codes.authenticationMethod, "log in by user name and password or by certificate"),
  "unexpected-auth": protocolError("log in by user name and password or by certificate"),
  "retain-unavailable": reason(codes.retain, "publish without retain"),
  "qos-unavailable": reason(codes.qos, "publish with a lower QoS"),
  "wildcard-unavailable": reason(codes.wildcards, "subscribe to whole topics"),
  "subscription-id-unavailable": reason(codes.subscriptionIds, "subscribe without a subscription identifier"),
  "shared-unavailable": reason(codes.shared, "subscribe without $share/"),
  "rate-exceeded": reason(codes.messageRate, "send less often, or raise the setting"),
  "unread-output": reason(codes.quota, reading),
  "stalled-output": reason(codes.quota, reading),
  "slow-subscriber": reason(codes.quota, reading),
};
