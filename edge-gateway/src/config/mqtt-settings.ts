import { Type } from "@sinclair/typebox";
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
  maxUnacked: Type.Integer({
    env: "HEADWATER_MQTT_MAX_UNACKED",
    default: 1000,
    minimum: 1,
    maximum: 65_535,
    description: "Messages of one client that may wait to become durable while the rest of its packets is still read",
  }),
});
