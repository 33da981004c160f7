import { DecodeError } from "@headwater/core";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused } from "../../test/decoder-properties.ts";
import { homeAssistantRoutes } from "./home-assistant.ts";
import { byMetric, profileUnderTest } from "../../test/profile-under-test.ts";

const { take, decoder } = profileUnderTest(homeAssistantRoutes());

it.each([
  ["sensor/kitchen_temperature/state", "21.5", { state: 21.5 }],
  ["light/porch/state", "on", { state: true }],
  ["switch/pump/state", "off", { state: false }],
  ["climate/hall/state", "heat", { state: "heat" }],
  ["light/porch/brightness", "180", { brightness: 180 }],
  ["sensor/kitchen_temperature/unit_of_measurement", '"°C"', { unit_of_measurement: "°C" }],
  ["light/porch/rgb_color", "[255, 120, 0]", { "rgb_color.0": 255, "rgb_color.1": 120, "rgb_color.2": 0 }],
  ["light/porch/friendly_name", "Porch", { friendly_name: "Porch" }],
  ["sensor/x/assumed_state", "true", { assumed_state: true }],
])("homeassistant/%s %s", (topic, payload, expected) => {
  expect(byMetric(take(`homeassistant/${topic}`, payload))).toEqual(expected);
});

it("an entity is a device", () => {
  expect(take("homeassistant/sensor/kitchen_temperature/state", "21.5").device).toBe("sensor.kitchen_temperature");
});

it.each(["unavailable", "unknown", "None"])("%s is no value", (payload) => {
  expect(take("homeassistant/sensor/x/state", payload)).toMatchObject({
    samples: [],
    notes: { "without-value": "state" },
    effects: { ignored: "no-values" },
  });
});

it.each([
  ["switch/plug/config", '{"name":"Plug","state_topic":"x/state","uniq_id":"1"}'],
  ["sensor/0x00158d/temperature/config", '{"name":"T"}'],
  ["device_automation/0x00158d/action_single/config", ""],
])("homeassistant/%s announces for discovery, and is no telemetry", (topic, payload) => {
  expect(take(`homeassistant/${topic}`, payload)).toMatchObject({ samples: [], effects: { ignored: "discovery" } });
});

it("the state of Home Assistant itself is no telemetry", () => {
  expect(take("homeassistant/status", "online").effects).toEqual({ ignored: "state-of-a-host" });
});

it("an attribute that is broken JSON is refused", () => {
  expect(() => take("homeassistant/sensor/x/options", '["a"')).toThrow(DecodeError);
  expect(() => take("homeassistant/sensor/x/options", "")).toThrow(DecodeError);
});

describe("hostile states", () => {
  anyBytesAreDecodedOrRefused(decoder("homeassistant/sensor/x/state"), [Buffer.from("21.5")]);
});
describe("hostile attributes", () => {
  anyBytesAreDecodedOrRefused(decoder("homeassistant/light/x/rgb_color"), [
    Buffer.from("[255, 120, 0]"),
    Buffer.from('{"a":{"b":1}}'),
  ]);
});
