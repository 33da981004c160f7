/** Why a connection is cut; the sections are those of MQTT 3.1.1. Each is a value of a metric's label. */
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
  "protocol-version": "a version of MQTT other than 3.1 and 3.1.1 (3.1.2.2)",
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
}
