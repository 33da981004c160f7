import type { DecodedMessage, Decoder } from "../decoder.ts";
import { deviceTime } from "../device-time.ts";
import { headwaterForm, type JsonForm } from "../json-form.ts";
import { parseJson } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";
import { textOf } from "../plain-value/plain-value.ts";
import type { RouteSpec } from "../routes.ts";
import { availability } from "./availability.ts";
import { asObject, flatten, objectOf, onOff, without, type JsonObject } from "./flatten.ts";

const power = /^POWER\d*$/;
/** Below `tele`: what sensors and inputs say, and what was received over radio, infrared or a serial line. */
const measured = new Set(["SENSOR", "STATE", "RESULT", "MARGINS", "ENERGY"]);
/** Answers to `Status 0`, `8`, `10` and `11`: SENSOR and STATE as they are when asked. */
const statusOf: ReadonlyMap<string, readonly string[]> = new Map([
  ["STATUS0", ["StatusSNS", "StatusSTS"]],
  ["STATUS8", ["StatusSNS"]],
  ["STATUS10", ["StatusSNS"]],
  ["STATUS11", ["StatusSTS"]],
]);
/** Members of an answer to a command that say how the command fared. */
const ofCommands = ["Command", "Input", "Error", "WARNING", "Restart", "Upgrade"];

/** Units that Tasmota names once a message, and what they are of. */
const unitOfKey: ReadonlyMap<string, string> = new Map([
  ["Temperature", "TempUnit"],
  ["DewPoint", "TempUnit"],
  ["Pressure", "PressureUnit"],
  ["SeaPressure", "PressureUnit"],
  ["Speed", "SpeedUnit"],
]);

/**
 * Tasmota's telemetry (SENSOR, STATE, RESULT): nested objects become metrics by their path, `AM2301.Temperature`. Its
 * `Time` is the device's local one: an instant where it carries an offset (SetOption52) or the route has a time zone.
 */
export function tasmotaTelemetry({ timeZone }: JsonForm): Decoder {
  return (payload, limits) => {
    const builder = new MessageBuilder(limits);
    addTelemetry(builder, objectOf(parseJson(payload)), timeZone);
    return builder.finishOrIgnore("no-values");
  };
}

function addTelemetry(builder: MessageBuilder, root: JsonObject, timeZone: string | undefined): void {
  const { Time: written, TempUnit, PressureUnit, SpeedUnit } = root;
  const units: Readonly<Record<string, unknown>> = { TempUnit, PressureUnit, SpeedUnit };
  const time = deviceTime(written, { timeZone });
  flatten(builder, without(root, "Time", "TempUnit", "PressureUnit", "SpeedUnit"), [], {
    time,
    unitOf(path) {
      const unit = units[unitOfKey.get(path.at(-1)!) ?? ""];
      return typeof unit === "string" ? unit : undefined;
    },
    meaning: (value, path) => (power.test(path.at(-1)!) ? onOff(value) : value),
  });
}

/** Answers to `Status`: what they report of sensors and state. */
function statusReport(members: readonly string[], { timeZone }: JsonForm): Decoder {
  return (payload, limits) => {
    const root = objectOf(parseJson(payload));
    const builder = new MessageBuilder(limits);
    for (const member of members) addTelemetry(builder, asObject(root[member]) ?? {}, timeZone);
    return builder.finishOrIgnore("no-values");
  };
}

/** Answers to commands, and the states that they lead to. */
function commandResult({ timeZone }: JsonForm): Decoder {
  return (payload, limits) => {
    const root = objectOf(parseJson(payload));
    const builder = new MessageBuilder(limits);
    addTelemetry(builder, without(root, ...ofCommands), timeZone);
    return builder.finishOrIgnore("answer-to-a-command");
  };
}

/** With SetOption4 states come as JSON under their own name; the plain ones, always there, only repeat RESULT. */
function plainState(form: JsonForm): Decoder {
  const result = commandResult(form);
  return (payload, limits) => {
    if (!textOf(payload).startsWith("{")) return ofFirmware;
    return Object.keys(objectOf(parseJson(payload))).some((key) => power.test(key))
      ? result(payload, limits)
      : ofFirmware;
  };
}

/** `prefix` and `topic` of Tasmota as they come: `%prefix%/%topic%/`. */
export function tasmotaRoutes(device = "{device}", form = headwaterForm): readonly RouteSpec[] {
  const telemetry = tasmotaTelemetry(form);
  return [
    { pattern: "tele/{device}/LWT", decoderOf: availability("tasmota", ["online"], ["offline"]), device },
    {
      pattern: "tele/{device}/{what}",
      decoderOf: ({ names }) => (measured.has(names.get("what")!) ? telemetry : () => ofFirmware),
      device,
    },
    // A Zigbee bridge (SetOption89), for each of its devices.
    { pattern: "tele/{device}/{endpoint}/SENSOR", decoder: telemetry, device },
    {
      pattern: "stat/{device}/{what}",
      decoderOf({ names }) {
        const what = names.get("what")!;
        const members = statusOf.get(what);
        if (members !== undefined) return statusReport(members, form);
        if (what === "RESULT") return commandResult(form);
        return power.test(what) ? plainState(form) : () => ofFirmware;
      },
      device,
    },
  ];
}

/** Of the firmware itself: what it is, how it is doing, what it logs. */
const ofFirmware: DecodedMessage = { samples: [], effects: { ignored: "topic-of-firmware" } };
