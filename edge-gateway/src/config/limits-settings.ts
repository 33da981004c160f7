import { Type } from "@sinclair/typebox";

const mebibyte = 1024 * 1024;

/**
 * How much one client may ask of the gateway; the size of packets and the number of connections are settings of MQTT
 * itself.
 */
export const limitsSettings = Type.Object({
  messagesPerSecond: Type.Integer({
    env: "HEADWATER_MQTT_MAX_MESSAGE_RATE",
    default: 0,
    minimum: 0,
    description: "Messages a second that one client may send; it is read more slowly when it sends more; 0: any number",
  }),
  bytesPerSecond: Type.Integer({
    env: "HEADWATER_MQTT_MAX_BYTE_RATE",
    default: 0,
    minimum: 0,
    description: "Bytes a second that one client may send; it is read more slowly when it sends more; 0: any number",
  }),
  burstMs: Type.Integer({
    env: "HEADWATER_MQTT_RATE_BURST_MS",
    default: 10_000,
    minimum: 1000,
    maximum: 3_600_000,
    description: "What a client did not use of its rates in this time it may send at once",
  }),
  patienceMs: Type.Integer({
    env: "HEADWATER_MQTT_RATE_PATIENCE_MS",
    default: 60_000,
    minimum: 100,
    description: "A client that is slowed for so long without a pause is cut",
  }),
  maxTopicBytes: Type.Integer({
    env: "HEADWATER_MQTT_MAX_TOPIC_BYTES",
    default: 1024,
    minimum: 64,
    maximum: 65_535,
    description: "Longest topic or topic filter, in UTF-8",
  }),
  maxTopicLevels: Type.Integer({
    env: "HEADWATER_MQTT_MAX_TOPIC_LEVELS",
    default: 32,
    minimum: 4,
    maximum: 100,
    description: "Most levels of a topic or topic filter",
  }),
  maxClientIdBytes: Type.Integer({
    env: "HEADWATER_MQTT_MAX_CLIENT_ID_BYTES",
    default: 512,
    minimum: 23,
    maximum: 65_535,
    description: "Longest client identifier, in UTF-8; a longer one is rejected by CONNACK",
  }),
  maxFilters: Type.Integer({
    env: "HEADWATER_MQTT_MAX_FILTERS",
    default: 100,
    minimum: 1,
    description: "Most topic filters in one SUBSCRIBE or UNSUBSCRIBE",
  }),
  maxUserProperties: Type.Integer({
    env: "HEADWATER_MQTT_MAX_USER_PROPERTIES",
    default: 100,
    minimum: 1,
    description: "Most user properties of one packet of MQTT 5",
  }),
  maxPropertyBytes: Type.Integer({
    env: "HEADWATER_MQTT_MAX_PROPERTY_BYTES",
    default: 16 * 1024,
    minimum: 256,
    description: "Most bytes of all properties of one packet of MQTT 5",
  }),
  maxSubscriptions: Type.Integer({
    env: "HEADWATER_MQTT_MAX_SUBSCRIPTIONS",
    default: 200,
    minimum: 1,
    description: "Most subscriptions of one session; more are refused in SUBACK",
  }),
  maxRetained: Type.Integer({
    env: "HEADWATER_MQTT_MAX_RETAINED",
    default: 10_000,
    minimum: 0,
    description: "Most retained messages in all; one more is passed on but not retained",
  }),
  maxRetainedBytes: Type.Integer({
    env: "HEADWATER_MQTT_MAX_RETAINED_BYTES",
    default: 16 * mebibyte,
    minimum: 0,
    description: "Most bytes of retained messages in all, topics and payloads",
  }),
  maxQueued: Type.Integer({
    env: "HEADWATER_MQTT_MAX_QUEUED_MESSAGES",
    default: 1000,
    minimum: 1,
    description: "Most messages that wait for one session, connected or not",
  }),
  maxQueuedBytes: Type.Integer({
    env: "HEADWATER_MQTT_MAX_QUEUED_BYTES",
    default: mebibyte,
    minimum: 1024,
    description: "Most bytes of messages that wait for one session, topics and payloads",
  }),
  maxInflight: Type.Integer({
    env: "HEADWATER_MQTT_MAX_INFLIGHT",
    default: 100,
    minimum: 1,
    maximum: 65_535,
    description: "Most messages of QoS 1 and 2 that one client was sent and has not acknowledged; more wait",
  }),
  maxUnsentBytes: Type.Integer({
    env: "HEADWATER_MQTT_MAX_UNSENT_BYTES",
    default: 2 * mebibyte,
    minimum: 64 * 1024,
    description: "Most output that waits because a client does not read; more cuts it",
  }),
  stallTimeoutMs: Type.Integer({
    env: "HEADWATER_MQTT_STALL_TIMEOUT_MS",
    default: 30_000,
    minimum: 200,
    // The broker's own timer is ten times as long, and has to be one that Node can keep (at most 24.8 days).
    maximum: 86_400_000,
    description: "A client that reads nothing of the output that waits for it for so long is cut",
  }),
});
