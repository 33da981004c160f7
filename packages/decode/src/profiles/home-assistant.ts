import { DecodeError } from "@headwater/core";
import type { Decoder, DecoderOfTopic } from "../decoder.ts";
import { parseJson } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";
import { plainValue, textOf } from "../plain-value/plain-value.ts";
import type { RouteSpec } from "../routes.ts";
import { flatten, onOff } from "./flatten.ts";

/** Words of Home Assistant for that there is no value. */
const noValue = new Set(["unavailable", "unknown", "none", "None", ""]);

/**
 * Home Assistant's mqtt_statestream: a topic an entity's state, plain, or one of its attributes, as JSON.
 */
const stream: DecoderOfTopic = ({ names }) => {
  const attribute = names.get("attribute")!;
  if (attribute === "config") return discovery;
  return (payload, limits) => {
    const builder = new MessageBuilder(limits);
    const text = textOf(payload);
    if (attribute === "state") {
      if (noValue.has(text)) builder.note("without-value", "state");
      else builder.add("state", onOff(plainValue(text)));
    } else {
      flatten(builder, attributeOf(payload, text), [attribute]);
    }
    return builder.finishOrIgnore("no-values");
  };
};

/** What devices announce of themselves so that Home Assistant finds them: `{component}/{object}/config`. */
const discovery: Decoder = () => ({ samples: [], effects: { ignored: "discovery" } });

/** Older versions send text without its quotes. */
function attributeOf(payload: Uint8Array, text: string): unknown {
  if (text === "") throw new DecodeError("The payload is empty");
  return /^(?:["[{]|null$)/.test(text) ? parseJson(payload) : plainValue(text);
}

const entityId = "{domain}.{entity}";

/** An entity is a device: `sensor.kitchen_temperature`. All is sent by Home Assistant, the device `homeassistant`. */
export function homeAssistantRoutes(device = entityId): readonly RouteSpec[] {
  const sender = homeAssistantOf(device);
  const routes: readonly RouteSpec[] = [
    { pattern: "homeassistant/{domain}/{entity}/{attribute}", decoderOf: stream, device },
    { pattern: "homeassistant/{component}/{node}/{object}/config", decoder: discovery, device: sender },
    {
      pattern: "homeassistant/status",
      decoder: () => ({ samples: [], effects: { ignored: "state-of-a-host" } }),
      device: sender,
    },
  ];
  return routes.map((route) => ({ ...route, sender, ownToo: true }));
}

/** The id of the Home Assistant that speaks for all entities whose ids are made by this template. */
export function homeAssistantOf(device = entityId): string {
  return device.includes(entityId) ? device.replaceAll(entityId, "homeassistant") : "homeassistant";
}
