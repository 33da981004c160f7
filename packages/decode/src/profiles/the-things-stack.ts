import type { Decoder } from "../decoder.ts";
import { deviceTime } from "../device-time.ts";
import { parseJson } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";
import type { RouteSpec } from "../routes.ts";
import { flatten, objectOf } from "./flatten.ts";
import { addUplink } from "./lorawan.ts";

/** An uplink of The Things Stack (version 3). */
export const theThingsStackUplink: Decoder = (payload, limits) => {
  const root = objectOf(parseJson(payload));
  const message = objectOf(root["uplink_message"]);
  const builder = new MessageBuilder(limits);
  addUplink(builder, {
    decoded: message["decoded_payload"],
    raw: message["frm_payload"],
    time: message["received_at"] ?? root["received_at"],
    port: message["f_port"],
    counter: message["f_cnt"],
    receptions: message["rx_metadata"],
  });
  if (root["simulated"] === true) builder.fact("simulated", "true");
  return builder.finish();
};

/** Where the network located the device. */
const location: Decoder = (payload, limits) => {
  const root = objectOf(parseJson(payload));
  const builder = new MessageBuilder(limits);
  const time = deviceTime(root["received_at"]);
  flatten(builder, objectOf(root["location_solved"])["location"], ["location"], { time });
  return builder.finish();
};

/** Joins, the queue towards the device, and messages of the network itself. */
const noUplink: Decoder = () => ({ samples: [], effects: { ignored: "no-uplink" } });

/** `application` has the tenant in it: `app@ttn`. */
export function theThingsStackRoutes(device = "{device}"): readonly RouteSpec[] {
  return [
    { pattern: "v3/{application}/devices/{device}/up", decoder: theThingsStackUplink, device },
    { pattern: "v3/{application}/devices/{device}/location/solved", decoder: location, device },
    { pattern: "v3/{application}/devices/{device}/{rest...}", decoder: noUplink, device },
  ];
}
