import { describe, expect, it } from "vitest";
import { FirmwareTopics } from "./firmware-topics.ts";

const topics = new FirmwareTopics([{ profile: "tasmota" }, { profile: "shelly" }]);

describe("a device may publish what its firmware does under its id", () => {
  it.each([
    "tele/x/INFO1",
    "tele/x/UPTIME",
    "tele/x/0x00158D/SENSOR",
    "stat/x/POWER",
    "stat/x/STATUS0",
    "cmnd/x/POWER",
    "shellies/x/announce",
    "shellies/x/info",
    "x/rpc",
    "x/announce",
    "x/debug/log",
    "x/events/rpc",
  ])("%s", (topic) => {
    expect(topics.mayPublish("x", topic)).toBe(true);
    expect(topics.mayPublish("y", topic)).toBe(false);
  });

  it.each(["tele/x", "tele", "x/telemetry", "x", "other/x/INFO1", "shellies/announce", "tasmota/discovery/x/config"])(
    "not %s",
    (topic) => {
      expect(topics.mayPublish("x", topic)).toBe(false);
    },
  );
});

describe("a device may subscribe to what its firmware does", () => {
  it.each(["cmnd/x/#", "cmnd/x/+", "cmnd/x/Power", "shellies/x/command", "shellies/x/relay/0/command", "x/rpc"])(
    "%s",
    (filter) => {
      expect(topics.mayHear("x", filter)).toBe(true);
      expect(topics.mayHear("y", filter)).toBe(false);
    },
  );

  it.each(["cmnd/+/#", "cmnd/#", "#", "+/rpc", "+/x/#", "$share/g/cmnd/x/#", "cmnd/tasmotas/#", "shellies/command"])(
    "not %s",
    (filter) => {
      for (const device of ["x", "+", "%2B", "#", "%23"]) expect(topics.mayHear(device, filter)).toBe(false);
    },
  );
});

it.each(["tasmota/discovery/AABBCC/config", "shellies/announce", "caller-1/rpc", "homeassistant/switch/x/config"])(
  "%s is nobody's own",
  (topic) => {
    expect(topics.isShared(topic)).toBe(true);
    expect(topics.has(topic)).toBe(true);
  },
);

it("prefix and device are those of the profile's configuration", () => {
  const home = new FirmwareTopics([{ profile: "tasmota", prefix: "{site}/", device: "{site}:{device}" }]);
  expect(home.mayPublish("north:plug", "north/tele/plug/INFO1")).toBe(true);
  expect(home.mayHear("north:plug", "north/cmnd/plug/#")).toBe(true);
  expect(home.mayHear("north:plug", "+/cmnd/plug/#")).toBe(false);
  expect(home.mayPublish("plug", "tele/plug/INFO1")).toBe(false);
});

it("one that speaks for many devices has all below its first level, which is its id", () => {
  const hubs = new FirmwareTopics([{ profile: "zigbee2mqtt" }, { profile: "home-assistant" }]);
  expect(hubs.mayPublish("zigbee2mqtt", "zigbee2mqtt/attic/lamp")).toBe(true);
  expect(hubs.mayHear("zigbee2mqtt", "zigbee2mqtt/#")).toBe(true);
  expect(hubs.mayHear("homeassistant", "homeassistant/+/+/config")).toBe(true);
  for (const filter of ["+/#", "#", "homeassistant/status"]) expect(hubs.mayHear("zigbee2mqtt", filter)).toBe(false);
  expect(hubs.mayPublish("lamp", "zigbee2mqtt/attic/lamp")).toBe(false);
  const sites = new FirmwareTopics([{ profile: "zigbee2mqtt", prefix: "{site}", device: "{site}:{device}" }]);
  expect(sites.mayPublish("north:zigbee2mqtt", "north/zigbee2mqtt/lamp")).toBe(true);
  expect(sites.mayPublish("north:zigbee2mqtt", "south/zigbee2mqtt/lamp")).toBe(false);
});

it("a profile that is not configured brings nothing", () => {
  const none = new FirmwareTopics([{ profile: "chirpstack" }, { device: "{device}" }]);
  expect(none.mayPublish("x", "tele/x/INFO1") || none.has("shellies/announce") || none.mayHear("x", "x/rpc")).toBe(
    false,
  );
});
