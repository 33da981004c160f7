import { Type } from "@sinclair/typebox";

/** The gateway's time for devices that have none of their own. */
export const timeSettings = Type.Object({
  everyMs: Type.Integer({
    env: "HEADWATER_MQTT_TIME_EVERY_MS",
    default: 0,
    minimum: 0,
    maximum: 86_400_000,
    description:
      "Between messages to devices that have subscribed to devices/{id}/time; 0: only at the subscription and when they ask",
  }),
});
