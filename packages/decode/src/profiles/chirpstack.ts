import type { Decoder } from "../decoder.ts";
import { deviceTime } from "../device-time.ts";
import { parseJson } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";
import type { RouteSpec } from "../routes.ts";
import { flatten, objectOf, without } from "./flatten.ts";
import { addUplink } from "./lorawan.ts";

/** An uplink of ChirpStack (version 4). */
export const chirpStackUplink: Decoder = (payload, limits) => {
  const root = objectOf(parseJson(payload));
  const builder = new MessageBuilder(limits);
  addUplink(builder, {
    decoded: root["object"],
    raw: root["data"],
    time: root["time"],
    port: root["fPort"],
    counter: root["fCnt"],
    receptions: root["rxInfo"],
  });
  return builder.finish();
};

/** The device's battery and link margin. */
const status: Decoder = (payload, limits) => {
  const root = objectOf(parseJson(payload));
  const builder = new MessageBuilder(limits);
  const time = deviceTime(root["time"]);
  flatten(builder, without(root, "time", "deduplicationId", "deviceInfo"), ["status"], { time });
  return builder.finish();
};

/** Where the network located the device. */
const location: Decoder = (payload, limits) => {
  const root = objectOf(parseJson(payload));
  const builder = new MessageBuilder(limits);
  flatten(builder, root["location"], ["location"], { time: deviceTime(root["time"]) });
  return builder.finish();
};

/** Joins, acknowledgements, logs, and what is sent to the device. */
const noUplink: Decoder = () => ({ samples: [], effects: { ignored: "no-uplink" } });

export function chirpStackRoutes(device = "{device}"): readonly RouteSpec[] {
  return [
    { pattern: "application/{application}/device/{device}/event/up", decoder: chirpStackUplink, device },
    { pattern: "application/{application}/device/{device}/event/status", decoder: status, device },
    { pattern: "application/{application}/device/{device}/event/location", decoder: location, device },
    { pattern: "application/{application}/device/{device}/event/{kind}", decoder: noUplink, device },
    { pattern: "application/{application}/device/{device}/command/{kind}", decoder: noUplink, device },
  ];
}
