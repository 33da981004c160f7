import type { FormatName } from "./format-names.ts";
import { lineMeasurement, payloads, type WritePayload } from "./payload.ts";
import * as others from "./profile-payloads.ts";

/** How a device of a fleet writes its messages, and where they are found. */
export interface Format {
  /** undefined: its messages build on each other, and an edge node writes them. */
  readonly write?: WritePayload;
  /** Before the name of each device. */
  readonly idBefore?: string;
  /** With `{id}`, and `{identity}` for the name of what numbers messages. */
  readonly topic: string;
  /** Before the name of each metric once it is stored. */
  readonly storedBefore?: string;
  /** It says no time: what is stored has the time at which it came. */
  readonly isUntimed?: boolean;
  /** A message is its number alone. */
  readonly isNumberAlone?: boolean;
}

/** A new format is a function that writes it, its name in the fleet's schema, and a line here. */
export const formats: Readonly<Record<FormatName, Format>> = {
  json: { write: payloads.json, topic: "devices/{id}/telemetry" },
  senml: { write: payloads.senml, topic: "devices/{id}/telemetry/senml" },
  "senml-cbor": { write: payloads.senmlCbor, topic: "devices/{id}/telemetry/senml-cbor" },
  cbor: { write: payloads.cbor, topic: "devices/{id}/telemetry/cbor" },
  line: { write: payloads.line, topic: "devices/{id}/telemetry/line", storedBefore: `${lineMeasurement}.` },
  protobuf: { write: payloads.protobuf, topic: "devices/{id}/telemetry/protobuf" },
  value: {
    ...{ write: payloads.value, topic: "devices/{id}/telemetry/value/{identity}" },
    ...{ isUntimed: true, isNumberAlone: true },
  },
  thingsboard: { write: payloads.json, topic: "v1/devices/me/telemetry" },
  sparkplug: { topic: "spBv1.0", idBefore: "sim:" },
  tasmota: { write: others.tasmota, topic: "tele/{id}/SENSOR" },
  shelly: { write: others.shelly, topic: "{id}/events/rpc", storedBefore: `${others.shellyComponent}.` },
  zigbee2mqtt: { write: others.zigbee2mqtt, topic: "zigbee2mqtt/{id}" },
  "home-assistant": {
    ...{ write: others.homeAssistant, topic: `homeassistant/sensor/{id}/${others.homeAssistantAttribute}` },
    ...{ storedBefore: `${others.homeAssistantAttribute}.`, isUntimed: true },
  },
  "the-things-stack": { write: others.theThingsStack, topic: "v3/sim/devices/{id}/up" },
  chirpstack: { write: others.chirpStack, topic: "application/sim/device/{id}/event/up" },
};

/** What the store calls a metric of a device that writes so. */
export function storedName(format: FormatName, metric: string): string {
  return `${formats[format].storedBefore ?? ""}${metric}`;
}
