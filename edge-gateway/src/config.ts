import { Type, type Static } from "@sinclair/typebox";

const mebibyte = 1024 * 1024;

/** The settings of the gateway; merged with those of the log, and with those of the other services in the all-in-one. */
export const gatewayConfig = Type.Object({
  mqtt: Type.Object({
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
  }),
  gateway: Type.Object({
    id: Type.Optional(
      Type.String({
        env: "HEADWATER_GATEWAY_ID",
        pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description:
          "Name of this gateway, part of every event's identity; default: made once and kept in the data folder",
      }),
    ),
    spoolMaxBytes: Type.Integer({
      env: "HEADWATER_SPOOL_MAX_BYTES",
      default: 4096 * mebibyte,
      minimum: mebibyte,
      description: "Most bytes that wait on disk for the event log; when full, messages stay unacknowledged",
    }),
    spoolSegmentBytes: Type.Integer({
      env: "HEADWATER_SPOOL_SEGMENT_BYTES",
      default: 64 * mebibyte,
      minimum: 64 * 1024,
      maximum: 1024 * mebibyte,
      description: "Size of a spool file, the unit in which space comes back",
    }),
    commitDelayMs: Type.Number({
      env: "HEADWATER_GATEWAY_COMMIT_DELAY_MS",
      default: 2,
      minimum: 0,
      maximum: 1000,
      description: "Under load, how long a group commit waits for more messages",
    }),
    forwardDelayMs: Type.Number({
      env: "HEADWATER_GATEWAY_FORWARD_DELAY_MS",
      default: 5,
      minimum: 0,
      maximum: 1000,
      description: "Under load, how long an append to the event log waits for more records",
    }),
    markBusyMs: Type.Integer({
      env: "HEADWATER_MARK_BUSY_MS",
      default: 1000,
      minimum: 20,
      description: "Between marks of a partition where data flows",
    }),
    markQuietMs: Type.Integer({
      env: "HEADWATER_MARK_QUIET_MS",
      default: 10_000,
      minimum: 20,
      description: "Between marks of a quiet partition",
    }),
    maxPastMs: Type.Integer({
      env: "HEADWATER_EVENT_TIME_MAX_PAST_MS",
      default: 366 * 86_400_000,
      minimum: 0,
      description: "How old a device's own time may be to be believed",
    }),
    maxFutureMs: Type.Integer({
      env: "HEADWATER_EVENT_TIME_MAX_FUTURE_MS",
      default: 600_000,
      minimum: 0,
      description: "How far ahead a device's own time may be to be believed",
    }),
    commandsInFlight: Type.Integer({
      env: "HEADWATER_COMMANDS_IN_FLIGHT",
      default: 1,
      minimum: 1,
      maximum: 100,
      description: "Commands that may be on their way to one device, unacknowledged, at a time",
    }),
  }),
});

export type GatewayConfig = Static<typeof gatewayConfig>;
