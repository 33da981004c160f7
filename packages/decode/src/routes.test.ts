import { expect, it } from "vitest";
import { Routes } from "./routes.ts";

const routes = new Routes();

it.each([
  ["devices/boiler-1/telemetry", "boiler-1"],
  ["devices/boiler-1/telemetry/json", "boiler-1"],
  ["v1/devices/me/telemetry", undefined],
])("%s is telemetry of %s", (topic, device) => {
  expect(routes.find(topic)).toMatchObject({ device });
});

it.each([
  "devices//telemetry",
  "devices/a/telemetry/xml",
  "devices/a",
  "devices/a/b/telemetry",
  "v1/devices/me/attributes",
  "",
])("%s has no route", (topic) => {
  expect(routes.find(topic)).toBeUndefined();
});
