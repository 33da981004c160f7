import { DecodeError } from "@headwater/core";
import type { Decoder, DecoderOfTopic } from "../decoder.ts";
import { deviceTime, type DeviceTime } from "../device-time.ts";
import { parseJson } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";
import { plainValue, textOf } from "../plain-value/plain-value.ts";
import type { RouteSpec } from "../routes.ts";
import { availability } from "./availability.ts";
import { asObject, flatten, objectOf, onOff, without } from "./flatten.ts";

/** Commands to the device, also with what they set (`command/pos`), and its announcements for discovery. */
const noTelemetry = /(?:^|\/)(?:command|announce|set)(?:\/|$)/;

/** Generation 1: a topic a value, `relay/0/power`, plain; `info` and `status` are JSON. */
const value: DecoderOfTopic = ({ names }) => {
  const path = names.get("metric")!;
  if (noTelemetry.test(path)) return () => ({ samples: [], effects: { ignored: "command-or-announcement" } });
  return (payload, limits) => {
    const text = textOf(payload);
    if (text === "") throw new DecodeError("The payload is empty");
    const builder = new MessageBuilder(limits);
    const metric = path.split("/");
    if (/^[[{]/.test(text)) flatten(builder, parseJson(payload), metric);
    else builder.add(metric.join("."), onOff(plainValue(text)));
    return builder.finishOrIgnore("no-values");
  };
};

/** Generation 2 and later: the status of one component, `switch:0`. */
const componentStatus: DecoderOfTopic = ({ names }) => {
  const component = names.get("component")!;
  return (payload, limits) => {
    const builder = new MessageBuilder(limits);
    flatten(builder, withoutId(objectOf(parseJson(payload))), [component]);
    // A component without a state says {}: `ble`, `ht_ui`.
    return builder.finishOrIgnore("no-values");
  };
};

/** Notifications over JSON RPC: what changed (NotifyStatus), all (NotifyFullStatus), or what happened (NotifyEvent). */
export const shellyNotification: Decoder = (payload, limits) => {
  const { method, params } = objectOf(parseJson(payload));
  const { ts, ...status } = objectOf(params);
  const builder = new MessageBuilder(limits);
  const time = timeOf(ts);
  if (method === "NotifyStatus" || method === "NotifyFullStatus") {
    for (const component of Object.keys(status)) {
      const own = asObject(status[component]);
      flatten(builder, own === undefined ? status[component] : withoutId(own), [component], { time });
    }
  } else if (method === "NotifyEvent") {
    addEvents(builder, status["events"], time);
  } else {
    throw new DecodeError("The notification has a method that is not known");
  }
  return builder.finishOrIgnore("no-values");
};

/** Seconds, with a fraction; 0 and less before the device has heard of the time. */
function timeOf(ts: unknown): DeviceTime | undefined {
  return typeof ts === "number" && ts > 0 ? deviceTime(ts, { unit: "s" }) : undefined;
}

/**
 * An event is a reading `input:0.event` with the event's name, and what it says besides is beside it:
 * `script:1.data.temperature`.
 */
function addEvents(builder: MessageBuilder, events: unknown, time: DeviceTime | undefined): void {
  if (!Array.isArray(events)) throw new DecodeError("A notification of events has no list of them");
  for (const item of events as unknown[]) {
    const { component, event, ts, ...rest } = objectOf(item);
    if (typeof component !== "string" || typeof event !== "string")
      throw new DecodeError("An event names no component, or not itself");
    const at = timeOf(ts) ?? time;
    builder.add(`${component}.event`, event, at);
    flatten(builder, withoutId(rest), [component], { time: at });
  }
}

/** `id` only repeats the component's number. */
function withoutId(status: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return without(status, "id");
}

const isOnline = availability("shelly", ["true"], ["false"]);

export function shellyRoutes(device = "{device}"): readonly RouteSpec[] {
  return [
    { pattern: "shellies/{device}/online", decoderOf: isOnline, device },
    { pattern: "shellies/{device}/{metric...}", decoderOf: value, device },
    { pattern: "{device}/online", decoderOf: isOnline, device },
    { pattern: "{device}/status/{component}", decoderOf: componentStatus, device },
    { pattern: "{device}/events/rpc", decoder: shellyNotification, device },
  ];
}
