import { DecodeError } from "@headwater/core";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused } from "../../test/decoder-properties.ts";
import { byMetric, profileUnderTest } from "../../test/profile-under-test.ts";
import { shellyRoutes } from "./shelly.ts";

const { take, decoder } = profileUnderTest(shellyRoutes());

const switchStatus =
  '{"id":0,"source":"init","output":false,"apower":0.0,"voltage":225.9,"current":0.000,"aenergy":{"total":11.679,"by_minute":[0.000,0.000,0.000],"minute_ts":1654511972},"temperature":{"tC":53.3,"tF":127.9}}';
const notifyStatus =
  '{"src":"shellypro4pm-f008d1d8b8b8","dst":"shellypro4pm-f008d1d8b8b8/events","method":"NotifyStatus","params":{"ts":1631186545.04,"switch:0":{"id":0,"output":true,"source":"button"}}}';
const notifyEvent =
  '{"src":"shellyplus1-a8032abe54dc","dst":"shellyplus1-a8032abe54dc/events","method":"NotifyEvent","params":{"ts":1631266595.44,"events":[{"component":"input:0","id":0,"event":"single_push","ts":1631266595.44}]}}';

describe("generation 1", () => {
  it.each([
    ["relay/0", "on", { "relay.0": true }],
    ["relay/0", "off", { "relay.0": false }],
    ["relay/0", "overpower", { "relay.0": "overpower" }],
    ["relay/0/power", "61.32", { "relay.0.power": 61.32 }],
    ["emeter/2/voltage", "230.11", { "emeter.2.voltage": 230.11 }],
    ["sensor/temperature", "21.5", { "sensor.temperature": 21.5 }],
    ["input/0", "1", { "input.0": 1 }],
    ["input_event/0", '{"event":"S","event_cnt":3}', { "input_event.0.event": "S", "input_event.0.event_cnt": 3 }],
  ])("%s %s", (topic, payload, expected) => {
    const message = take(`shellies/shelly1pm-AABBCC/${topic}`, payload);
    expect(message.device).toBe("shelly1pm-AABBCC");
    expect(byMetric(message)).toEqual(expected);
  });

  it("online is presence; commands and announcements are no telemetry", () => {
    expect(take("shellies/s1/online", "false").effects!.presence).toEqual([
      { device: "s1", online: false, session: "shelly", reason: "last-will" },
    ]);
    expect(take("shellies/s1/relay/0/command", "on").effects).toEqual({ ignored: "command-or-announcement" });
    expect(take("shellies/s1/announce", "{}").effects).toEqual({ ignored: "command-or-announcement" });
  });

  it.each([
    ["roller/0/command", "open"],
    ["roller/0/command/pos", "40"],
    ["thermostat/0/command/target_t", "21.5"],
    ["light/0/set", '{"turn":"on","brightness":50}'],
    ["white/1/set", '{"turn":"off"}'],
    ["command", "update"],
  ])("%s is a command, and no reading", (topic, payload) => {
    expect(take(`shellies/s1/${topic}`, payload)).toMatchObject({
      samples: [],
      effects: { ignored: "command-or-announcement" },
    });
  });

  it("a metric that is only called like one is a reading", () => {
    expect(byMetric(take("shellies/s1/settings/offset", "3"))).toEqual({ "settings.offset": 3 });
  });

  it.each(["", "{", "[1"])("%j is refused", (payload) => {
    expect(() => take("shellies/s1/relay/0", payload)).toThrow(DecodeError);
  });
});

describe("generation 2", () => {
  it("the status of a component", () => {
    const message = take("shellyplus1pm-441793d69718/status/switch:0", switchStatus);
    expect(message.device).toBe("shellyplus1pm-441793d69718");
    expect(byMetric(message)).toMatchObject({
      "switch:0.output": false,
      "switch:0.voltage": 225.9,
      "switch:0.aenergy.total": 11.679,
      "switch:0.aenergy.by_minute.2": 0,
      "switch:0.temperature.tC": 53.3,
    });
    expect(byMetric(message)).not.toHaveProperty("switch:0.id");
  });

  it("NotifyStatus over JSON RPC, with its time", () => {
    const message = take("shellypro4pm-f008d1d8b8b8/events/rpc", notifyStatus);
    expect(byMetric(message)).toEqual({ "switch:0.output": true, "switch:0.source": "button" });
    expect(message.samples[0]!.time).toBe(1_631_186_545_040_000);
  });

  it("NotifyEvent: what happened, as text", () => {
    expect(byMetric(take("shellyplus1-a8032abe54dc/events/rpc", notifyEvent))).toEqual({
      "input:0.event": "single_push",
    });
  });

  it("online is presence", () => {
    expect(take("shellyplus1-a8032abe54dc/online", "true").effects!.presence![0]).toMatchObject({
      device: "shellyplus1-a8032abe54dc",
      online: true,
    });
  });

  it.each([
    "{}",
    '{"method":"NotifyStatus"}',
    '{"method":"Other","params":{}}',
    '{"method":"NotifyEvent","params":{"events":[{}]}}',
    '{"method":"NotifyEvent","params":{}}',
  ])("%s is refused", (payload) => {
    expect(() => take("s/events/rpc", payload)).toThrow(DecodeError);
  });
});

describe("hostile payloads to a component", () => {
  anyBytesAreDecodedOrRefused(decoder("s/status/switch:0"), [Buffer.from(switchStatus)]);
});
describe("hostile notifications", () => {
  anyBytesAreDecodedOrRefused(
    decoder("s/events/rpc"),
    [notifyStatus, notifyEvent].map((text) => Buffer.from(text)),
    [Buffer.from(`{"method":"NotifyEvent","params":{"events":[${"{},".repeat(50_000)}1]}}`)],
  );
});
describe("hostile values", () => {
  anyBytesAreDecodedOrRefused(decoder("shellies/s/relay/0/power"), [
    Buffer.from("61.32"),
    Buffer.from('{"event":"S"}'),
  ]);
});
