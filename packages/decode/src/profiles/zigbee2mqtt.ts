import { microsFromIso } from "@headwater/core";
import type { Decoder } from "../decoder.ts";
import { parseJson } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";
import type { RouteSpec } from "../routes.ts";
import { availability } from "./availability.ts";
import { flatten, objectOf, onOff, without } from "./flatten.ts";

const state = /^state(?:_|$)/;

/**
 * A device's state: its exposes as metrics, nested ones by path. `last_seen`, where it is switched on and names an
 * instant, is the time.
 */
const deviceState: Decoder = (payload, limits) => {
  const root = objectOf(parseJson(payload));
  const builder = new MessageBuilder(limits);
  const seen = root["last_seen"];
  const time =
    typeof seen === "number" ? Math.round(seen * 1000) : typeof seen === "string" ? microsFromIso(seen) : undefined;
  if (time === undefined && typeof seen === "string") builder.fact("device-time-local", seen.slice(0, 64));
  flatten(builder, without(root, "last_seen"), [], {
    time,
    meaning: (value, path) => (path.length === 1 && state.test(path[0]!) ? onOff(value) : value),
  });
  return builder.finish();
};

/** Friendly names of one level; where yours have more, add a route with `zigbee2mqtt/{floor}/{device}`. */
export function zigbee2mqttRoutes(device = "{device}"): readonly RouteSpec[] {
  return [
    {
      pattern: "zigbee2mqtt/bridge/{rest...}",
      decoder: () => ({ samples: [], effects: { ignored: "message-of-the-bridge" } }),
      device: "zigbee2mqtt",
    },
    {
      pattern: "zigbee2mqtt/{device}/availability",
      decoderOf: availability("zigbee2mqtt", ["online"], ["offline"]),
      device,
    },
    { pattern: "zigbee2mqtt/{device}", decoder: deviceState, device },
  ];
}

export { deviceState as zigbee2mqttState };
