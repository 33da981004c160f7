import type { Decoder, DecoderOfTopic } from "../decoder.ts";
import { deviceTime } from "../device-time.ts";
import { headwaterForm, type JsonForm } from "../json-form.ts";
import { parseJson } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";
import { textOf } from "../plain-value/plain-value.ts";
import type { RouteSpec } from "../routes.ts";
import { availability } from "./availability.ts";
import { flatten, objectOf, onOff, without } from "./flatten.ts";

const state = /^state(?:_|$)/;
/** Commands to a device, as a whole or to one of its values, and requests to read them. */
const command = /\/(?:set|get)(?:\/[^/]+)?$/;
/** Beside the states, where a route takes all that is below the base topic. */
const noState = /^(?:bridge(?:\/|$)|.*\/availability$)/;

/** A device's state below its friendly name, which may have several levels. */
export function zigbee2mqttState(form: JsonForm = headwaterForm): DecoderOfTopic {
  const decoder = stateDecoder(form);
  return ({ topic, names }) => {
    const name = names.get("device") ?? topic;
    if (command.test(`/${name}`)) return () => ({ samples: [], effects: { ignored: "command" } });
    if (noState.test(name)) return () => ({ samples: [], effects: { ignored: "message-of-the-bridge" } });
    return decoder;
  };
}

/**
 * The exposes of a device as metrics, nested ones by path. `last_seen`, where it is switched on, is the time:
 * milliseconds or ISO 8601.
 */
function stateDecoder({ timeZone }: JsonForm): Decoder {
  return (payload, limits) => {
    const root = objectOf(parseJson(payload));
    const builder = new MessageBuilder(limits);
    const time = deviceTime(root["last_seen"], { unit: "ms", timeZone });
    flatten(builder, without(root, "last_seen"), [], {
      time,
      meaning: (value, path) => (path.length === 1 && state.test(path[0]!) ? onOff(value) : value),
    });
    return builder.finishOrIgnore("no-values");
  };
}

/** What was pressed, as plain text for Home Assistant; empty when it is over. */
const action: Decoder = (payload, limits) => {
  const builder = new MessageBuilder(limits);
  const text = textOf(payload);
  builder.add("action", text === "" ? null : text);
  return builder.finish();
};

/** Friendly names may have several levels: `living room/lamp`. All is sent by the bridge, the device `zigbee2mqtt`. */
export function zigbee2mqttRoutes(device = "{device}", form = headwaterForm): readonly RouteSpec[] {
  const sender = bridgeOf(device);
  const routes: readonly RouteSpec[] = [
    {
      pattern: "zigbee2mqtt/bridge/{rest...}",
      decoder: () => ({ samples: [], effects: { ignored: "message-of-the-bridge" } }),
      device: sender,
    },
    {
      pattern: "zigbee2mqtt/{device...}/availability",
      decoderOf: availability("zigbee2mqtt", ["online"], ["offline"]),
      device,
    },
    { pattern: "zigbee2mqtt/{device...}/action", decoder: action, device },
    { pattern: "zigbee2mqtt/{device...}", decoderOf: zigbee2mqttState(form), device },
  ];
  return routes.map((route) => ({ ...route, sender, ownToo: true }));
}

/** The id of the bridge that speaks for all devices whose ids are made by this template. */
export function bridgeOf(device = "{device}"): string {
  return device.replaceAll("{device}", "zigbee2mqtt");
}
