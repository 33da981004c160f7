import type { FirmwareTopics } from "@headwater/decode";
import { filterMatches } from "../../devices/access/topic-filter.ts";
import type { CommandDialect } from "./dialect.ts";
import { shellyDialect } from "./shelly.ts";
import { shellyGen1Dialect } from "./shelly-gen1.ts";
import { tasmotaDialect } from "./tasmota.ts";
import { thingsBoardDialect } from "./thingsboard.ts";
import { zigbee2mqttDialect } from "./zigbee2mqtt.ts";

const ofThingsBoard = "v1/devices/me/";

/** How the device takes commands on what it has subscribed to; undefined if it takes none there. */
export function dialectOf(firmware: FirmwareTopics, device: string, filter: string): CommandDialect | undefined {
  if (filter.startsWith(ofThingsBoard))
    return filterMatches(filter, `${ofThingsBoard}rpc/request/1`) ? thingsBoardDialect : undefined;
  switch (firmware.commandsOf(device, filter)) {
    case "tasmota":
      // A device that listens for one command alone takes no others.
      return /[+#]$/.test(filter) ? tasmotaDialect(filter) : undefined;
    case "shelly-rpc":
      return shellyDialect(filter);
    case "shelly-gen1":
      return shellyGen1Dialect(filter);
    case "zigbee2mqtt":
      return filter.endsWith("/#") ? zigbee2mqttDialect(filter) : undefined;
    default:
      return undefined;
  }
}
