import type { Decoder } from "../decoder.ts";
import { deviceTime } from "../device-time.ts";
import { headwaterForm, type JsonForm } from "../json-form.ts";
import { parseJson } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";
import type { RouteSpec } from "../routes.ts";
import { availability } from "./availability.ts";
import { flatten, objectOf, onOff, without } from "./flatten.ts";

const power = /^POWER\d*$/;

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
    const root = objectOf(parseJson(payload));
    const builder = new MessageBuilder(limits);
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
    return builder.finish();
  };
}

/** `prefix` and `topic` of Tasmota as they come: `%prefix%/%topic%/`. */
export function tasmotaRoutes(device = "{device}", form = headwaterForm): readonly RouteSpec[] {
  const telemetry = tasmotaTelemetry(form);
  return [
    { pattern: "tele/{device}/SENSOR", decoder: telemetry, device },
    { pattern: "tele/{device}/STATE", decoder: telemetry, device },
    { pattern: "stat/{device}/RESULT", decoder: telemetry, device },
    { pattern: "tele/{device}/LWT", decoderOf: availability("tasmota", ["online"], ["offline"]), device },
  ];
}
