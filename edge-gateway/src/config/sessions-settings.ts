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
});
