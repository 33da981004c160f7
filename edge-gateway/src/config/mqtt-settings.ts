import { Type } from "@sinclair/typebox";

/** Where and how MQTT is spoken. */
export const mqttSettings = Type.Object({
  host: Type.String({
    env: "HEADWATER_MQTT_HOST",
    default: "127.0.0.1",
    description: "Address that MQTT listens on",
  }),
  port: Type.Integer({
    env: "HEADWATER_MQTT_PORT",
    default: 1883,
    minimum: 0,
    maximum: 65535,
    description: "MQTT port; 0 takes a free one",
  }),
  anonymous: Type.Boolean({
    env: "HEADWATER_MQTT_ANONYMOUS",
    default: false,
    description: "Lets anyone connect, publish and subscribe without a login: for trials and conformance suites",
  }),
  maxPacketBytes: Type.Integer({
    env: "HEADWATER_MQTT_MAX_PACKET_BYTES",
    default: 256 * 1024,
    minimum: 1024,
    maximum: 512 * 1024,
    description: "Largest MQTT packet; a connection that sends a larger one is closed",
  }),
  connectTimeoutMs: Type.Integer({
    env: "HEADWATER_MQTT_CONNECT_TIMEOUT_MS",
    default: 10_000,
    minimum: 100,
    maximum: 600_000,
    description: "Time within which a new connection has to send CONNECT",
  }),
  maxConnections: Type.Integer({
    env: "HEADWATER_MQTT_MAX_CONNECTIONS",
    default: 20_000,
    minimum: 1,
    description: "Most connections at a time",
  }),
  maxUnacked: Type.Integer({
    env: "HEADWATER_MQTT_MAX_UNACKED",
    default: 1000,
    minimum: 1,
    maximum: 65_535,
    description: "Messages of one client that may wait to become durable while the rest of its packets is still read",
  }),
});
