import { expect, it } from "vitest";
import { commandDeviceOf } from "./command-filter.ts";

it.each([
  ["devices/a/commands/+", "a"],
  ["devices/a/commands/#", "a"],
  ["devices/a/#", "a"],
  ["devices/a/+/+", "a"],
  ["devices/a/commands", undefined],
  ["devices/a/telemetry", undefined],
  ["devices/+/commands/+", undefined],
  ["#", undefined],
])("%s asks for the commands of %s", (filter, device) => {
  expect(commandDeviceOf(filter)).toBe(device);
});
