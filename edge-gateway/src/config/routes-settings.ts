import { Type } from "@sinclair/typebox";
import { routeConfig } from "@headwater/decode";

/** Which further topics are read, by which decoder, and whose readings they are. */
export const routesSettings = Type.Array(routeConfig, {
  env: "HEADWATER_ROUTES",
  default: [],
  maxItems: 1000,
  examples: [
    [
      { profile: "tasmota", prefix: "home", device: "home:{device}" },
      { topic: "{site}/{name}/telemetry", decoder: "json", device: "{site}:{name}" },
      { topic: "legacy/{device}/{metric...}", decoder: "value" },
    ],
  ],
  description:
    "Topics beyond those of devices themselves: a profile, or a topic with a decoder; the first that fits counts",
});
