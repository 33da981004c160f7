import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused } from "../../test/decoder-properties.ts";
import { byMetric, profileUnderTest } from "../../test/profile-under-test.ts";
import { zigbee2mqttRoutes } from "./zigbee2mqtt.ts";

const { take, decoder } = profileUnderTest(zigbee2mqttRoutes());

const climate =
  '{"battery":97,"humidity":48.53,"linkquality":105,"pressure":1008,"temperature":21.92,"voltage":2995,"last_seen":"2024-03-10T20:10:05.123Z"}';
const bulb =
  '{"brightness":254,"color":{"x":0.4599,"y":0.4106},"color_mode":"color_temp","color_temp":370,"state":"ON","update":{"state":"idle"},"update_available":null,"last_seen":1710101405123}';

it("a sensor's state, at its last_seen", () => {
  const message = take("zigbee2mqtt/living room", climate);
  expect(message.device).toBe("living room");
  expect(byMetric(message)).toEqual({
    battery: 97,
    humidity: 48.53,
    linkquality: 105,
    pressure: 1008,
    temperature: 21.92,
    voltage: 2995,
  });
  expect(message.samples[0]!.time).toBe(1_710_101_405_123_000);
});

it("a bulb: nested exposes by path, ON as a boolean, null noted", () => {
  const message = take("zigbee2mqtt/bulb", bulb);
  expect(byMetric(message)).toEqual({
    brightness: 254,
    "color.x": 0.4599,
    "color.y": 0.4106,
    color_mode: "color_temp",
    color_temp: 370,
    state: true,
    "update.state": "idle",
  });
  expect(message.samples[0]!.time).toBe(1_710_101_405_123_000);
  expect(message.notes).toEqual({ "without-value": "update_available" });
});

it("a cover's state stays text; a second gang's state is a boolean", () => {
  expect(byMetric(take("zigbee2mqtt/blind", '{"state":"OPEN","position":80,"state_left":"OFF"}'))).toEqual({
    state: "OPEN",
    position: 80,
    state_left: false,
  });
});

it("a last_seen in local time names no instant, unless the route has a time zone", () => {
  const payload = '{"a":1,"last_seen":"2024-03-10T21:10:05"}';
  expect(take("zigbee2mqtt/x", payload).samples).toMatchObject([{ unplaced: { text: "2024-03-10T21:10:05" } }]);
  const berlin = profileUnderTest(zigbee2mqttRoutes("{device}", { timeZone: "Europe/Berlin" }));
  expect(berlin.take("zigbee2mqtt/x", payload).samples[0]!.time).toBe(1_710_101_405_000_000);
});

it("a friendly name of several levels, with its availability and commands", () => {
  expect(take("zigbee2mqtt/attic/desk/lamp", bulb).device).toBe("attic%2Fdesk%2Flamp");
  expect(take("zigbee2mqtt/attic/lamp/availability", "online").effects!.presence).toMatchObject([
    { device: "attic%2Flamp", online: true },
  ]);
  for (const topic of ["lamp/set", "attic/lamp/set", "attic/lamp/set/state", "lamp/get", "attic/lamp/get/state"])
    expect(take(`zigbee2mqtt/${topic}`, '{"state":"ON"}').effects, topic).toEqual({ ignored: "command" });
});

it("an action as plain text, and its end", () => {
  const message = take("zigbee2mqtt/attic/button/action", "single");
  expect([message.device, byMetric(message)]).toEqual(["attic%2Fbutton", { action: "single" }]);
  expect(take("zigbee2mqtt/attic/button/action", "")).toMatchObject({ samples: [], effects: { ignored: "no-values" } });
});

it.each([
  ['{"state":"offline"}', false],
  ["offline", false],
  ['{"state":"online"}', true],
  ["online", true],
])("availability %s", (payload, online) => {
  expect(take("zigbee2mqtt/bulb/availability", payload).effects!.presence![0]).toMatchObject({
    device: "bulb",
    online,
  });
});

it("messages of the bridge itself are no telemetry", () => {
  expect(take("zigbee2mqtt/bridge/state", '{"state":"online"}').effects).toEqual({ ignored: "message-of-the-bridge" });
});

describe("hostile payloads", () => {
  anyBytesAreDecodedOrRefused(
    decoder("zigbee2mqtt/bulb"),
    [climate, bulb, '{"a":1,"last_seen":1e300}'].map((text) => Buffer.from(text)),
  );
});
describe("hostile availability", () => {
  anyBytesAreDecodedOrRefused(decoder("zigbee2mqtt/bulb/availability"), [Buffer.from('{"state":"offline"}')]);
});
