import { DecodeError } from "@headwater/core";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused } from "../../test/decoder-properties.ts";
import { byMetric, profileUnderTest } from "../../test/profile-under-test.ts";
import { tasmotaRoutes } from "./tasmota.ts";

const { take, routes, decoder } = profileUnderTest(tasmotaRoutes());

const sensor =
  '{"Time":"2024-03-10T21:10:05","AM2301":{"Temperature":21.4,"Humidity":45.2,"DewPoint":8.9},"BMP280":{"Temperature":20.9,"Pressure":1012.3},"PressureUnit":"hPa","TempUnit":"C"}';
const energy =
  '{"Time":"2024-03-10T21:10:05","ENERGY":{"TotalStartTime":"2023-01-01T00:00:00","Total":3.185,"Yesterday":0.12,"Power":[60,12.5],"Factor":0.94,"Voltage":231}}';
const state =
  '{"Time":"2024-03-10T21:10:05","Uptime":"1T03:04:05","UptimeSec":97445,"Heap":25,"SleepMode":"Dynamic","LoadAvg":19,"MqttCount":1,"POWER1":"ON","POWER2":"OFF","Wifi":{"AP":1,"SSId":"net","RSSI":68,"Signal":-66}}';

it("SENSOR: sensors by path, with the units that the message names", () => {
  const message = take("tele/attic/SENSOR", sensor);
  expect(message.device).toBe("attic");
  expect(byMetric(message)).toEqual({
    "AM2301.Temperature": [21.4, "C"],
    "AM2301.Humidity": 45.2,
    "AM2301.DewPoint": [8.9, "C"],
    "BMP280.Temperature": [20.9, "C"],
    "BMP280.Pressure": [1012.3, "hPa"],
  });
  expect(message.samples).toMatchObject([{ unplaced: { kind: "local", text: "2024-03-10T21:10:05" } }]);
});

it("a plug's energy, with an element for each phase", () => {
  expect(byMetric(take("tele/plug/SENSOR", energy))).toMatchObject({
    "ENERGY.Total": 3.185,
    "ENERGY.Power.0": 60,
    "ENERGY.Power.1": 12.5,
  });
});

it("what a sensor cannot measure: nan and null are no reading, and lose no neighbour", () => {
  const message = take("tele/attic/SENSOR", '{"AM2301":{"Temperature":nan,"Humidity":null,"DewPoint":8.9}}');
  expect(byMetric(message)).toEqual({ "AM2301.DewPoint": 8.9 });
  expect(message.notes).toEqual({ "not-a-number": "AM2301.Temperature", "without-value": "AM2301.Humidity" });
});

it("a time with an offset counts", () => {
  const { samples, notes } = take("tele/attic/SENSOR", '{"Time":"2024-03-10T21:10:05+01:00","A":1}');
  expect(samples[0]!.time).toBe(1_710_101_405_000_000);
  expect(notes).toBeUndefined();
});

it("a time without an offset is meant in the route's time zone", () => {
  const berlin = profileUnderTest(tasmotaRoutes("{device}", { timeZone: "Europe/Berlin" }));
  expect(berlin.take("tele/attic/SENSOR", sensor).samples[0]!.time).toBe(1_710_101_405_000_000);
});

it("STATE: relays are booleans", () => {
  expect(byMetric(take("tele/plug/STATE", state))).toMatchObject({
    POWER1: true,
    POWER2: false,
    UptimeSec: 97445,
    "Wifi.RSSI": 68,
    SleepMode: "Dynamic",
  });
  expect(byMetric(take("stat/plug/RESULT", '{"POWER":"OFF"}'))).toEqual({ POWER: false });
});

it("LWT is presence", () => {
  const gone = { device: "plug", online: false, session: "tasmota", reason: "last-will" };
  expect(take("tele/plug/LWT", "Offline")).toMatchObject({ samples: [], effects: { presence: [gone] } });
  expect(take("tele/plug/LWT", "Online").effects!.presence![0]!.online).toBe(true);
  expect(() => take("tele/plug/LWT", "perhaps")).toThrow(DecodeError);
});

it("other topics are not its own", () => {
  expect(routes.find("cmnd/plug/POWER")).toBeUndefined();
});

describe("hostile payloads", () => {
  const deep = `{"a":${"[".repeat(40)}1${"]".repeat(40)}}`;
  anyBytesAreDecodedOrRefused(
    decoder("tele/plug/SENSOR"),
    [sensor, energy, state, '{"A":{"__proto__":9007199254740993,"x":1e400}}'].map((text) => Buffer.from(text)),
    [deep, `{"a":[${"1,".repeat(100_000)}1]}`, `{"${"a".repeat(200_000)}":{"b":1}}`, `{"a":${"[".repeat(100_000)}`].map(
      (text) => Buffer.from(text),
    ),
  );

  it("nesting beyond the limit is refused", () => {
    expect(() => take("tele/plug/SENSOR", deep)).toThrow("nests deeper");
  });

  it("numbers that a double cannot hold, inside too, are noted", () => {
    const message = take("tele/plug/SENSOR", '{"A":{"__proto__":9007199254740993}}');
    expect(message.samples[0]!.readings).toEqual([{ metric: "A.__proto__", value: 9_007_199_254_740_992 }]);
    expect(message.notes).toEqual({ exact: '{"A.__proto__":"9007199254740993"}' });
  });
});
