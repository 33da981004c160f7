import type { CommandState } from "@headwater/aggregates";
import { type Point, textField } from "@headwater/time-series";
import type { PresenceChange } from "../devices/presence-model.ts";

export const presenceMeasurement = "presence";
export const commandMeasurement = "commands";

/** Characters of a reason that a point shows; the resource has all of it. */
const maxReason = 1000;

/** When a device connected or disconnected: what holds is the newest point of the device. */
export function presencePoint({ device, connected, since, gateway, reason }: PresenceChange): Point {
  const fields: Record<string, number | string> = { connected: connected ? 1 : 0 };
  if (gateway !== "") fields[textField("gateway")] = gateway;
  if (reason !== undefined && reason !== "") fields[textField("reason")] = reason.slice(0, maxReason);
  return { measurement: presenceMeasurement, tags: { device }, time: since, fields };
}

/**
 * How a command ended, once for each command. The log counts append times in milliseconds: the microseconds are those
 * of the place in the log, so that commands which end together do not overwrite each other.
 */
export function commandPoint(state: CommandState, offset: number): Point {
  const { id, device, name, status, reason, requestedAt, endedAt = requestedAt, cause } = state;
  const fields: Record<string, number | string> = {
    succeeded: status === "succeeded" ? 1 : 0,
    seconds: (endedAt - requestedAt) / 1_000_000,
    [textField("status")]: status,
    [textField("command")]: id,
  };
  if (name !== "") fields[textField("name")] = name;
  if (reason !== undefined && reason !== "") fields[textField("reason")] = reason.slice(0, maxReason);
  const tags: Record<string, string> = { device };
  if (cause !== undefined && cause.rule !== "") tags["rule"] = cause.rule;
  return { measurement: commandMeasurement, tags, time: endedAt + (offset % 1000), fields };
}
