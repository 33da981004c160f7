import type { Readings, WritePayload } from "./payload.ts";

/** What firmwares and networks of others publish, each as its own documentation has it. */

/** A component of a Shelly's status. */
export const shellyComponent = "sim:0";
/** An attribute of an entity of Home Assistant. */
export const homeAssistantAttribute = "values";

/** `tele/…/SENSOR`, with SetOption52: the time carries its offset. */
export const tasmota = json((time, values) => ({ Time: iso(time), ...values }));

/** The state of a device, with `last_seen` switched on. */
export const zigbee2mqtt = json((time, values) => ({ ...values, last_seen: time }));

/** A notification of Generation 2 and later. */
export const shelly = json((time, values) => ({
  ...{ src: "sim", dst: "sim/events", method: "NotifyStatus" },
  params: { ts: time / 1_000, [shellyComponent]: values },
}));

/** An attribute by mqtt_statestream: it says no time. */
export const homeAssistant = json((_time, values) => values);

/** An uplink whose payload the network has decoded. */
export const theThingsStack = json((time, values) => ({
  received_at: iso(time),
  uplink_message: { f_port: 1, decoded_payload: values, received_at: iso(time) },
}));

export const chirpStack = json((time, values) => ({ time: iso(time), fPort: 1, object: values }));

/** Spaces behind a value are nothing in JSON. */
function json(bodyOf: (time: number, values: Readonly<Record<string, unknown>>) => unknown): WritePayload {
  return (time, readings: Readings, least) =>
    Buffer.from(JSON.stringify(bodyOf(time, Object.fromEntries(readings))).padEnd(least));
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
