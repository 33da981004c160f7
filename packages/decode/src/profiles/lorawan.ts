import { DecodeError } from "@headwater/core";
import { deviceTime, type DeviceTime } from "../device-time.ts";
import { InexactNumber } from "../json-text.ts";
import type { MessageBuilder } from "../message-builder.ts";
import { asObject, flatten } from "./flatten.ts";

export interface Uplink {
  /** The payload as the network's codec decoded it, if it has one. */
  readonly decoded: unknown;
  /** The payload as base64. */
  readonly raw: unknown;
  readonly time: unknown;
  readonly port: unknown;
  readonly counter: unknown;
  /** One per gateway that heard it. */
  readonly receptions: unknown;
}

/**
 * An uplink of a LoRaWAN network: the decoded payload's values as metrics by their path, the bytes alone if there are
 * none; beside them the radio's (`lora.rssi` and `lora.snr` as the best gateway heard it, `lora.gateways`,
 * `lora.f_port`, `lora.f_cnt`). The time is the network's.
 */
export function addUplink(
  builder: MessageBuilder,
  { decoded, raw, time: written, port, counter, receptions }: Uplink,
): void {
  const time = deviceTime(written);
  const object = asObject(decoded);
  if (object !== undefined && Object.keys(object).length > 0) {
    flatten(builder, object, [], { time });
  } else if (typeof raw === "string" && raw !== "") {
    builder.note("kept-as-base64", "payload");
    builder.add("payload", raw, time);
  }
  addNumber(builder, "lora.f_port", port, time);
  addNumber(builder, "lora.f_cnt", counter, time);
  if (!Array.isArray(receptions)) return;
  const heard = (receptions as unknown[]).map(asObject).filter((each) => each !== undefined);
  addNumber(builder, "lora.gateways", heard.length, time);
  addNumber(builder, "lora.rssi", best(heard.map(({ rssi }) => rssi)), time, "dBm");
  addNumber(builder, "lora.snr", best(heard.map(({ snr }) => snr)), time, "dB");
}

function addNumber(
  builder: MessageBuilder,
  metric: string,
  value: unknown,
  time: DeviceTime | undefined,
  unit?: string,
): void {
  if (value === undefined) return;
  builder.part(metric, () => {
    if (typeof value !== "number" && !(value instanceof InexactNumber)) throw new DecodeError("has to be a number");
    builder.add(metric, value, time, unit);
  });
}

function best(values: readonly unknown[]): number | undefined {
  let most: number | undefined;
  for (const value of values) if (typeof value === "number" && (most === undefined || value > most)) most = value;
  return most;
}
