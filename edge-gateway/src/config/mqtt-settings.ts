import { Type } from "@sinclair/typebox";
import { userPropertyNames } from "@headwater/decode";
import { largestPacketBytes } from "./largest-packet.ts";
import { listenerSettings } from "./listener-settings.ts";

/** Where and how MQTT is spoken. */
export const mqttSettings = Type.Object({
  ...listenerSettings,
  anonymous: Type.Boolean({
    env: "HEADWATER_MQTT_ANONYMOUS",
    default: false,
    description: "Lets anyone connect, publish and subscribe without a login: for trials and conformance suites",
  }),
  maxPacketBytes: Type.Integer({
    env: "HEADWATER_MQTT_MAX_PACKET_BYTES",
    default: 256 * 1024,
    minimum: 1024,
    maximum: largestPacketBytes,
    description:
      "Largest MQTT packet; a connection that sends a larger one is closed. Above 800 KiB telemetry.v1, quarantine.v1 and commands.v1 need a larger max.message.bytes in Kafka, which the start checks",
  }),
  maxTopicAliases: Type.Integer({
    env: "HEADWATER_MQTT_MAX_TOPIC_ALIASES",
    default: 32,
    minimum: 0,
    maximum: 1000,
    description: "Topics for which one client of MQTT 5 may use an alias instead; 0: none",
  }),
  maxKeepAliveMs: Type.Integer({
    env: "HEADWATER_MQTT_MAX_KEEP_ALIVE_MS",
    default: 0,
    minimum: 0,
    maximum: 65_535_000,
    description:
      "Longest keep alive of a client of MQTT 5: one that asks for more, or for none, is told this one; 0: as it asks",
  }),
  serverReference: Type.Optional(
    Type.String({
      env: "HEADWATER_MQTT_SERVER_REFERENCE",
      minLength: 1,
      maxLength: 1024,
      description:
        "Another gateway (host:port, several with spaces) to which one that stops sends its clients of MQTT 5",
    }),
  ),
  userProperties: Type.Array(userPropertyNames.items, {
    env: "HEADWATER_MQTT_USER_PROPERTIES",
    default: [],
    maxItems: 16,
    uniqueItems: true,
    examples: [["firmware", "site"]],
    description:
      "User properties (MQTT 5) of messages on devices' own topics that are kept with the event, as attributes user.{name}",
  }),
  maxUnacked: Type.Integer({
    env: "HEADWATER_MQTT_MAX_UNACKED",
    default: 1000,
    minimum: 1,
    maximum: 65_535,
    description: "Messages of one client that may wait to become durable while the rest of its packets is still read",
  }),
});
