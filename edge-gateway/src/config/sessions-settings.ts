import { Type } from "@sinclair/typebox";

const day = 86_400_000;

/** Sessions that outlive their connections (clean session 0). */
export const sessionsSettings = Type.Object({
  expiryMs: Type.Integer({
    env: "HEADWATER_MQTT_SESSION_EXPIRY_MS",
    default: 7 * day,
    minimum: 1000,
    maximum: 366 * day,
    description: "A session whose client was not connected for so long is forgotten",
  }),
  maxSessions: Type.Integer({
    env: "HEADWATER_MQTT_MAX_SESSIONS",
    default: 20_000,
    minimum: 1,
    description: "Most sessions with subscriptions that are kept; beyond it those heard longest ago are forgotten",
  }),
  redeliverySync: Type.Boolean({
    env: "HEADWATER_MQTT_REDELIVERY_SYNC",
    default: true,
    description:
      "Whether what is noted of QoS 1 messages of such sessions, to know them when they are sent again, is synced before they are: a second fsync a group commit. Without it a power loss (not a kill) can make second events of them",
  }),
});
