import { types } from "./packet-types.ts";

/** How a value stands in a packet (MQTT 5, section 1.5). */
export const kinds = { byte: 0, twoBytes: 1, fourBytes: 2, variable: 3, text: 4, binary: 5, pair: 6 } as const;

type Kind = (typeof kinds)[keyof typeof kinds];

/** The properties of a will stand in CONNECT apart from its own. */
export const willProperties = 0;

export interface Property {
  readonly id: number;
  readonly name: string;
  readonly kind: Kind;
  /** A bit for each type of packet that may have it, `1 << type`; bit `willProperties` for a will. */
  readonly packets: number;
  /** More than once in one packet. */
  readonly repeats: boolean;
  /** Of a number. */
  readonly least: number;
  readonly most: number;
  /** A topic name: not empty, no wildcards. */
  readonly isTopic: boolean;
}

export const ids = {
  payloadFormat: 0x01,
  messageExpiry: 0x02,
  contentType: 0x03,
  responseTopic: 0x08,
  correlationData: 0x09,
  subscriptionId: 0x0b,
  sessionExpiry: 0x11,
  assignedClientId: 0x12,
  serverKeepAlive: 0x13,
  authenticationMethod: 0x15,
  authenticationData: 0x16,
  requestProblem: 0x17,
  willDelay: 0x18,
  requestResponse: 0x19,
  responseInformation: 0x1a,
  serverReference: 0x1c,
  reasonString: 0x1f,
  receiveMaximum: 0x21,
  topicAliasMaximum: 0x22,
  topicAlias: 0x23,
  maximumQos: 0x24,
  retainAvailable: 0x25,
  userProperty: 0x26,
  maximumPacketSize: 0x27,
  wildcardAvailable: 0x28,
  subscriptionIdsAvailable: 0x29,
  sharedAvailable: 0x2a,
} as const;

const { connect, connack, publish, puback, pubrec, pubrel, pubcomp } = types;
const { subscribe, suback, unsubscribe, unsuback, disconnect, auth } = types;
const will = willProperties;
const everyReason = [connack, puback, pubrec, pubrel, pubcomp, suback, unsuback, disconnect, auth];

type Bounds = Partial<Pick<Property, "repeats" | "least" | "most" | "isTopic">>;

function property(id: number, name: string, kind: Kind, packets: readonly number[], bounds: Bounds = {}): Property {
  const bits = packets.reduce((all, type) => all | (1 << type), 0);
  return { id, name, kind, packets: bits, repeats: false, least: 0, most: Infinity, isTopic: false, ...bounds };
}

const flag = { most: 1 };
const notZero = { least: 1 };

/**
 * The properties of MQTT 5 (table 2-4, and the sections of each packet): what their values are, which packets may have
 * them, and how often. Of packets that both sides send it is what a client may send: the identifier of a subscription
 * in PUBLISH and the reference to a server in DISCONNECT are the gateway's alone. An alias of 0 has a reason code of
 * its own, which the check of PUBLISH knows.
 */
const table: readonly Property[] = [
  property(ids.payloadFormat, "Payload Format Indicator", kinds.byte, [publish, will], flag),
  property(ids.messageExpiry, "Message Expiry Interval", kinds.fourBytes, [publish, will]),
  property(ids.contentType, "Content Type", kinds.text, [publish, will]),
  property(ids.responseTopic, "Response Topic", kinds.text, [publish, will], { isTopic: true }),
  property(ids.correlationData, "Correlation Data", kinds.binary, [publish, will]),
  property(ids.subscriptionId, "Subscription Identifier", kinds.variable, [subscribe], notZero),
  property(ids.sessionExpiry, "Session Expiry Interval", kinds.fourBytes, [connect, connack, disconnect]),
  property(ids.assignedClientId, "Assigned Client Identifier", kinds.text, [connack]),
  property(ids.serverKeepAlive, "Server Keep Alive", kinds.twoBytes, [connack]),
  property(ids.authenticationMethod, "Authentication Method", kinds.text, [connect, connack, auth]),
  property(ids.authenticationData, "Authentication Data", kinds.binary, [connect, connack, auth]),
  property(ids.requestProblem, "Request Problem Information", kinds.byte, [connect], flag),
  property(ids.willDelay, "Will Delay Interval", kinds.fourBytes, [will]),
  property(ids.requestResponse, "Request Response Information", kinds.byte, [connect], flag),
  property(ids.responseInformation, "Response Information", kinds.text, [connack]),
  property(ids.serverReference, "Server Reference", kinds.text, [connack]),
  property(ids.reasonString, "Reason String", kinds.text, everyReason),
  property(ids.receiveMaximum, "Receive Maximum", kinds.twoBytes, [connect, connack], notZero),
  property(ids.topicAliasMaximum, "Topic Alias Maximum", kinds.twoBytes, [connect, connack]),
  property(ids.topicAlias, "Topic Alias", kinds.twoBytes, [publish]),
  property(ids.maximumQos, "Maximum QoS", kinds.byte, [connack], flag),
  property(ids.retainAvailable, "Retain Available", kinds.byte, [connack], flag),
  property(
    ids.userProperty,
    "User Property",
    kinds.pair,
    [connect, will, publish, subscribe, unsubscribe, ...everyReason],
    { repeats: true },
  ),
  property(ids.maximumPacketSize, "Maximum Packet Size", kinds.fourBytes, [connect, connack], notZero),
  property(ids.wildcardAvailable, "Wildcard Subscription Available", kinds.byte, [connack], flag),
  property(ids.subscriptionIdsAvailable, "Subscription Identifier Available", kinds.byte, [connack], flag),
  property(ids.sharedAvailable, "Shared Subscription Available", kinds.byte, [connack], flag),
];

/** One more than the greatest identifier. */
export const idCount = Math.max(...table.map(({ id }) => id)) + 1;

/** By identifier; undefined: there is no such property. */
export const properties: readonly (Property | undefined)[] = Array.from({ length: idCount }, (_, id) =>
  table.find((it) => it.id === id),
);
