import { ConfigError } from "@headwater/core";
import { Encoder } from "cbor-x";
import { describe, expect, it } from "vitest";
import { byMetric } from "../test/profile-under-test.ts";
import { defaultDecodeLimits, type DecodedMessage } from "./decoder.ts";
import { UnplacedTime } from "./device-time.ts";
import { routesOf, type RouteConfig } from "./route-config.ts";
import { Routes } from "./routes.ts";

function take(config: RouteConfig, topic: string, payload: string | Uint8Array): DecodedMessage & { device?: string } {
  const route = new Routes(routesOf([config])).find(topic)!;
  const message = route.decoder(Buffer.from(payload as string), defaultDecodeLimits);
  return route.device === undefined ? message : { device: route.device, ...message };
}

describe("what public firmware sends, by a route", () => {
  const ownTracks: RouteConfig = {
    ...{ topic: "owntracks/{user}/{name}", device: "{user}:{name}" },
    ...{ decoder: "json", time: { field: "tst", unit: "s" } },
  };
  it("OwnTracks: the time is tst, in seconds", () => {
    const message = take(
      ownTracks,
      "owntracks/jane/phone",
      '{"_type":"location","acc":13,"batt":74,"conn":"w","lat":52.5163,"lon":13.3777,"tid":"jp","tst":1795782388,"vel":0}',
    );
    expect(message).toMatchObject({ device: "jane:phone", samples: [{ time: 1_795_782_388_000_000 }] });
    expect(byMetric(message)).toMatchObject({ lat: 52.5163, batt: 74, _type: "location" });
    expect(byMetric(message)).not.toHaveProperty("tst");
  });

  it("a Ruuvi gateway: seconds and numbers in text", () => {
    const ruuvi: RouteConfig = {
      ...{ topic: "ruuvi/{gateway}/{device}", decoder: "json", numbersInText: true },
      time: { field: "ts", unit: "s" },
    };
    const message = take(
      ruuvi,
      "ruuvi/C8:25:2D:8E:9C:2C/F4:1F:0C:28:CB:D6",
      '{"gw_mac":"C8:25:2D:8E:9C:2C","rssi":-67,"aoa":[],"gwts":"1795782390","ts":"1795782388","data":"0201061BFF9904","coords":""}',
    );
    expect(message).toMatchObject({ device: "F4:1F:0C:28:CB:D6", samples: [{ time: 1_795_782_388_000_000 }] });
    expect(byMetric(message)).toEqual({
      ...{ gw_mac: "C8:25:2D:8E:9C:2C", rssi: -67, aoa: "[]", gwts: 1_795_782_390, data: "0201061BFF9904", coords: "" },
    });
  });

  it("Milesight: the time is ISO 8601", () => {
    const milesight: RouteConfig = { topic: "milesight/{device}", decoder: "json", time: { field: "time" } };
    const message = take(
      milesight,
      "milesight/24e124136b502217",
      '{"applicationID":"1","devEUI":"24e124136b502217","time":"2026-11-27T10:00:00.123456Z","temperature":23.5,"humidity":41}',
    );
    expect(message.samples[0]!.time).toBe(Date.parse("2026-11-27T10:00:00.123Z") * 1000 + 456);
    expect(byMetric(message)).toMatchObject({ temperature: 23.5, humidity: 41 });
  });

  it("Teltonika: nested, the time within", () => {
    const teltonika: RouteConfig = {
      ...{ topic: "{device}/data", decoder: "json", flatten: true },
      time: { field: "state.reported.ts" },
    };
    const message = take(
      teltonika,
      "352093081429150/data",
      '{"state":{"reported":{"ts":1795782388000,"pr":0,"latlng":"54.666042,25.225031","alt":106,"sat":16,"239":1,"66":12412}}}',
    );
    expect(message.samples[0]!.time).toBe(1_795_782_388_000_000);
    expect(byMetric(message)).toEqual({
      "state.reported.pr": 0,
      "state.reported.latlng": "54.666042,25.225031",
      "state.reported.alt": 106,
      "state.reported.sat": 16,
      "state.reported.239": 1,
      "state.reported.66": 12_412,
    });
  });

  it("Frigate: events with arrays and nulls, and counts by metric", () => {
    const events: RouteConfig = {
      ...{ topic: "frigate/events", decoder: "json", device: "frigate", flatten: true },
      time: { field: "after.frame_time", unit: "s" },
    };
    const message = take(
      events,
      "frigate/events",
      '{"type":"new","before":{"id":"1","end_time":null},"after":{"id":"1","frame_time":1795782388.837752,"label":"person","score":0.79,"box":[424,500],"stationary":false}}',
    );
    expect(message.samples[0]!.time).toBe(1_795_782_388_837_752);
    expect(byMetric(message)).toMatchObject({ "after.score": 0.79, "after.box.1": 500, "after.stationary": false });
    expect(message.notes).toEqual({ "without-value": "before.end_time" });
    const counts: RouteConfig = {
      topic: "frigate/{device}/{metric...}",
      decoder: "value",
      map: { ON: true, OFF: false },
    };
    expect(byMetric(take(counts, "frigate/porch/person", "2"))).toEqual({ person: 2 });
    expect(byMetric(take(counts, "frigate/porch/motion", "ON"))).toEqual({ motion: true });
  });

  it("Victron: the metric is in the topic, of json and cbor alike", () => {
    const topic = "N/c0619ab9929a/battery/256/Dc/0/Voltage";
    const victron = (decoder: "json" | "cbor"): RouteConfig => ({ topic: "N/{device}/{metric...}", decoder });
    const readings = (payload: string) => byMetric(take(victron("json"), topic, payload));
    const metric = "battery/256/Dc/0/Voltage";
    expect(readings('{"value": 52.1}')).toEqual({ [metric]: 52.1 });
    expect(readings('{"value": 52.1, "min": 0, "max": 60}')).toEqual({
      ...{ [metric]: 52.1, [`${metric}.min`]: 0, [`${metric}.max`]: 60 },
    });
    expect(readings("52.1")).toEqual({ [metric]: 52.1 });
    expect(readings("[1, 2]")).toEqual({ [metric]: "[1,2]" });
    expect(take(victron("json"), topic, '{"value": null}')).toMatchObject({ effects: { ignored: "no-values" } });
    expect(take(victron("json"), topic, '{"ts": 1795782388, "values": {"value": 1, "x": 2}}').samples).toEqual([
      {
        time: 1_795_782_388_000_000,
        readings: [
          { metric, value: 1 },
          { metric: `${metric}.x`, value: 2 },
        ],
      },
    ]);
    const cbor = new Encoder({ useRecords: false, mapsAsObjects: true }).encode({ value: 52.1 });
    expect(byMetric(take(victron("cbor"), topic, cbor))).toEqual({ [metric]: 52.1 });
  });

  it("a zigbee2mqtt with another base topic, a Tasmota with another full topic", () => {
    const zigbee: RouteConfig = { topic: "z2m/{device...}", decoder: "zigbee2mqtt" };
    expect(take(zigbee, "z2m/attic/lamp", '{"state":"ON","linkquality":90}').device).toBe("attic%2Flamp");
    expect(byMetric(take(zigbee, "z2m/attic/lamp", '{"state":"ON"}'))).toEqual({ state: true });
    for (const topic of ["bridge/state", "attic/lamp/set", "attic/lamp/set/state", "lamp/get", "lamp/availability"])
      expect(take(zigbee, `z2m/${topic}`, '{"state":"ON"}').effects, topic).toHaveProperty("ignored");
    const tasmota: RouteConfig = { topic: "{device}/tele/SENSOR", decoder: "tasmota", timeZone: "Europe/Berlin" };
    expect(take(tasmota, "attic/tele/SENSOR", '{"Time":"2026-11-27T11:00:00","A":1}').samples[0]!.time).toBe(
      Date.parse("2026-11-27T10:00:00Z") * 1000,
    );
  });
});

describe("what a route says of its payloads", () => {
  const json = (options: Partial<RouteConfig>): RouteConfig => ({ topic: "x/{device}", decoder: "json", ...options });
  const samples = (options: Partial<RouteConfig>, payload: string) => take(json(options), "x/d", payload).samples;

  it("a declared unit is not guessed", () => {
    expect(samples({ time: { field: "t", unit: "us" } }, '{"t": 1795782388, "a": 1}')[0]!.time).toBe(1_795_782_388);
    expect(samples({ time: { field: "t" } }, '{"t": 1795782388, "a": 1}')[0]!.time).toBe(1_795_782_388_000_000);
  });

  it("a time zone for times without one; a message without the field has no time", () => {
    const options = { time: { field: "t" }, timeZone: "Asia/Kathmandu" };
    expect(samples(options, '{"t": "2026-11-27 10:00:00", "a": 1}')[0]!.time).toBe(
      Date.parse("2026-11-27T04:15:00Z") * 1000,
    );
    expect(samples({ time: { field: "t" } }, '{"t": "2026-11-27 10:00:00", "a": 1}')).toMatchObject([
      { unplaced: new UnplacedTime("local", "2026-11-27 10:00:00") },
    ]);
    expect(samples(options, '{"a": 1}')).toEqual([{ readings: [{ metric: "a", value: 1 }] }]);
    expect(samples({ timeZone: "UTC" }, '{"ts": "2026-11-27T10:00:00", "values": {"a": 1}}')[0]!.time).toBe(
      Date.parse("2026-11-27T10:00:00Z") * 1000,
    );
  });

  it("the time beside values, and in samples of an array, each by itself", () => {
    const options: Partial<RouteConfig> = { time: { field: "at", unit: "s" } };
    expect(samples(options, '[{"at": 1795782388, "values": {"a": 1}}, {"at": 1795782389, "a": 2}]')).toEqual([
      { time: 1_795_782_388_000_000, readings: [{ metric: "a", value: 1 }] },
      { time: 1_795_782_389_000_000, readings: [{ metric: "a", value: 2 }] },
    ]);
    const message = take(json(options), "x/d", '[{"at": "soon", "a": 1}, {"at": 1795782389, "a": 2}]');
    expect([message.samples.length, message.effects!.quarantine]).toEqual([1, expect.stringContaining("sample 0")]);
  });

  it("words, numbers in text, and nothing else in text", () => {
    const options: Partial<RouteConfig> = {
      ...{ numbersInText: true, flatten: true },
      map: { ON: true, open: 1, nan: null, constructor: 7 },
    };
    const message = take(
      json(options),
      "x/d",
      '{"a":"ON","b":"open","c":"nan","d":"9.5","e":"09","f":{"g":["ON","1e3"]},"h":"toString","i":"constructor","j":"on"}',
    );
    expect(byMetric(message)).toEqual({
      ...{ a: true, b: 1, d: 9.5, e: "09", "f.g.0": true, "f.g.1": 1000, h: "toString", i: 7, j: "on" },
    });
    expect(message.notes).toEqual({ "without-value": "c" });
    expect(samples({}, '{"a":"ON","d":"9.5"}')[0]!.readings.map(({ value }) => value)).toEqual(["ON", "9.5"]);
  });

  it("flattening ends at the limits", () => {
    const deep = `{"a":${"[".repeat(40)}1${"]".repeat(40)}}`;
    expect(() => samples({ flatten: true }, deep)).toThrow("nests deeper");
    expect(() => samples({ flatten: true }, `{"${"x".repeat(200)}":{"${"y".repeat(200)}":1}}`)).toThrow("name");
    const wide = `{"a":[${"1,".repeat(10_000)}1]}`;
    expect(() => samples({ flatten: true }, wide)).toThrow("more than 10000 readings");
  });

  it("the value __proto__ is no way around, in any option", () => {
    const message = take(json({ flatten: true }), "x/d", '{"__proto__":{"a":1},"b":2}');
    expect(message.samples[0]!.readings).toEqual([
      { metric: "__proto__.a", value: 1 },
      { metric: "b", value: 2 },
    ]);
  });
});

it.each<[RouteConfig, RegExp]>([
  [{ topic: "x/{device}/{metric}", decoder: "senml" }, /senml names its metrics itself/],
  [{ topic: "x/{device}/{metric...}", decoder: "line" }, /line names its metrics itself/],
  [{ topic: "x/{device}/{metric}", decoder: "protobuf" }, /protobuf names its metrics itself/],
  [{ topic: "x/{device}", decoder: "senml", time: { field: "t" } }, /senml does not take time/],
  [{ topic: "x/{device}/{metric}", decoder: "value", flatten: true }, /value does not take flatten; it takes map/],
  [{ topic: "x/{device}", decoder: "json", timeZone: "Mars/Olympus" }, /timeZone is none that is known/],
  [{ topic: "x/{device}", decoder: "json", time: { field: "a..b" } }, /time.field is no path/],
  [{ profile: "shelly", map: { ON: 1 } }, /the profile shelly does not take map/],
  [{ profile: "tasmota", flatten: true }, /the profile tasmota does not take flatten; it takes timeZone/],
])("refused at the start: %j", (config, reason) => {
  expect(() => routesOf([config])).toThrow(ConfigError);
  expect(() => routesOf([config])).toThrow(reason);
});
