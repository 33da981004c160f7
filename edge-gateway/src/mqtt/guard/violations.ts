/**
 * Why a connection is cut; the sections are those of MQTT 3.1.1, or of MQTT 5 where it says so. Each is a value of a
 * metric's label.
 */
export const violations = {
  "packet-too-large": "a packet larger than HEADWATER_MQTT_MAX_PACKET_BYTES",
  "malformed-length": "a remaining length of more than four bytes (2.2.3)",
  "wrong-length": "a remaining length that its type of packet cannot have (2.2.3)",
  "reserved-flags": "flags of a fixed header that its type of packet cannot have (2.2.2)",
  "reserved-type": "a type of packet that does not exist (2.2.1)",
  "server-only-packet": "a packet that only a server sends (2.2.1)",
  "no-connect": "something else than CONNECT first (3.1)",
  "second-connect": "a second CONNECT (3.1)",
  "truncated-packet": "a field that ends beyond its packet (1.5)",
  "trailing-bytes": "bytes after the last field of a packet (2.2.3)",
  "protocol-name": "an unknown protocol name (3.1.2.1)",
  "protocol-version": "a version of MQTT that is not spoken here (3.1.2.2)",
  "connect-flags": "flags of CONNECT that contradict each other (3.1.2.3)",
  "client-id": "a client identifier that is not allowed (3.1.3.1)",
  "invalid-text": "text that is not UTF-8, or holds control characters or surrogates (1.5.3)",
  "packet-id-zero": "packet identifier 0 (2.3.1)",
  "qos-3": "QoS 3 (3.3.1.2, 3.8.3)",
  "dup-qos-0": "DUP with QoS 0 (3.3.1.1)",
  "topic-name": "a topic name that is empty or has wildcards (3.3.2.1, 4.7)",
  "topic-filter": "a topic filter that is empty or has a wildcard in a wrong place (4.7)",
  "topic-too-long": "a topic longer than HEADWATER_MQTT_MAX_TOPIC_BYTES",
  "topic-too-deep": "a topic of more levels than HEADWATER_MQTT_MAX_TOPIC_LEVELS",
  "no-filter": "SUBSCRIBE or UNSUBSCRIBE without a topic filter (3.8.3, 3.10.3)",
  "too-many-filters": "more topic filters in one packet than HEADWATER_MQTT_MAX_FILTERS",
  "wrong-acknowledgement": "an acknowledgement that its message's QoS does not have (4.3)",
  "variable-integer": "a variable byte integer that is longer than four bytes or than it need be (MQTT 5, 1.5.5)",
  "unknown-property": "a property that does not exist (MQTT 5, 2.2.2.2)",
  "misplaced-property": "a property that its type of packet cannot have (MQTT 5, 2.2.2.2)",
  "repeated-property": "a property twice in one packet (MQTT 5, 2.2.2.2)",
  "property-value": "a value that its property cannot have (MQTT 5, 2.2.2.2)",
  "too-many-properties": "more than HEADWATER_MQTT_MAX_USER_PROPERTIES or HEADWATER_MQTT_MAX_PROPERTY_BYTES",
  "reason-code": "a reason code that its type of packet cannot have (MQTT 5, 2.4)",
  "subscription-options": "options of a subscription that are reserved (MQTT 5, 3.8.3.1)",
  "shared-filter": "a shared subscription without a name or a filter (MQTT 5, 4.8.2)",
  "shared-no-local": "No Local on a shared subscription (MQTT 5, 3.8.3.1)",
  "topic-alias": "a topic alias of 0 or above the maximum that CONNACK told (MQTT 5, 3.3.2.3.4)",
  "unknown-alias": "a topic alias that was not given a topic on this connection (MQTT 5, 3.3.2.3.4)",
  "receive-maximum": "more unacknowledged PUBLISH packets than CONNACK allowed (MQTT 5, 3.3.4)",
  "answer-too-large":
    "more topic filters in one packet than fit into an answer that the client takes (MQTT 5, 3.1.2.11.4)",
  "packet-size-maximum": "a maximum packet size in which not even CONNACK fits (MQTT 5, 3.1.2.11.4)",
  "payload-format": "a will that is not the UTF-8 that it says it is (MQTT 5, 3.1.3.2.3)",
  "session-expiry": "a session expiry at DISCONNECT of a session that was to end with it (MQTT 5, 3.14.2.2.2)",
  "authentication-method": "an authentication method, of which the gateway has none (MQTT 5, 4.12)",
  "unexpected-auth": "AUTH without an authentication method in CONNECT (MQTT 5, 4.12)",
  "retain-unavailable": "a retained message, which CONNACK said is not available (MQTT 5, 3.2.2.3.5)",
  "qos-unavailable": "a QoS above the maximum that CONNACK told (MQTT 5, 3.2.2.3.4)",
  "wildcard-unavailable": "a wildcard subscription, which CONNACK said is not available (MQTT 5, 3.2.2.3.11)",
  "subscription-id-unavailable": "a subscription identifier, which CONNACK said is not available (MQTT 5, 3.2.2.3.12)",
  "shared-unavailable": "a shared subscription, which CONNACK said is not available (MQTT 5, 3.2.2.3.13)",
  "rate-exceeded": "more than HEADWATER_MQTT_MAX_MESSAGE_RATE or _BYTE_RATE for HEADWATER_MQTT_RATE_PATIENCE_MS",
  "unread-output": "more output than HEADWATER_MQTT_MAX_UNSENT_BYTES that it does not read",
  "stalled-output": "output that it does not read for HEADWATER_MQTT_STALL_TIMEOUT_MS",
  "slow-subscriber": "more messages than HEADWATER_MQTT_MAX_QUEUED_MESSAGES or _BYTES that it does not take",
} as const;

export type Violation = keyof typeof violations;

/** The bounds that the guard enforces. */
export interface GuardLimits {
  readonly maxPacketBytes: number;
  /** Of a topic name or filter, in UTF-8. */
  readonly maxTopicBytes: number;
  readonly maxTopicLevels: number;
  /** In one SUBSCRIBE or UNSUBSCRIBE. */
  readonly maxFilters: number;
  readonly maxClientIdBytes: number;
  /** In one packet of MQTT 5. */
  readonly maxUserProperties: number;
  /** All properties of one packet of MQTT 5 together. */
  readonly maxPropertyBytes: number;
  /** Whether MQTT 5 is spoken; a client of it is refused otherwise. */
  readonly speaksVersion5?: boolean;
}
