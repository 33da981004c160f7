import { at, json, local, ofFirmware, toNobody, type FirmwareDay } from "./firmware-day.ts";

const wifi = { AP: 1, SSId: "iot", BSSId: "AA:BB:CC:DD:EE:FF", Channel: 6, Mode: "11n", RSSI: 68, Signal: -66 };
const sensors = {
  Time: local,
  Switch1: "OFF",
  ENERGY: {
    ...{ TotalStartTime: "2026-01-01T00:00:00", Total: 3.185, Yesterday: 0.12, Today: 0.05, Period: 1, Power: 60 },
    ...{ ApparentPower: 64, ReactivePower: 22, Factor: 0.94, Voltage: 231, Current: 0.277 },
  },
  AM2301: { Temperature: 21.4, Humidity: 45.2, DewPoint: 8.9 },
  TempUnit: "C",
};
const measured = {
  Switch1: "OFF",
  "ENERGY.TotalStartTime": "2026-01-01T00:00:00",
  "ENERGY.Total": 3.185,
  "ENERGY.Yesterday": 0.12,
  "ENERGY.Today": 0.05,
  "ENERGY.Period": 1,
  "ENERGY.Power": 60,
  "ENERGY.ApparentPower": 64,
  "ENERGY.ReactivePower": 22,
  "ENERGY.Factor": 0.94,
  "ENERGY.Voltage": 231,
  "ENERGY.Current": 0.277,
  "AM2301.Temperature": [21.4, "C"],
  "AM2301.Humidity": 45.2,
  "AM2301.DewPoint": [8.9, "C"],
} as const;
const state = {
  ...{ Time: local, Uptime: "0T00:05:11", UptimeSec: 311, Heap: 25, SleepMode: "Dynamic", Sleep: 50, LoadAvg: 19 },
  ...{ MqttCount: 1, POWER: "ON", Wifi: wifi },
};
const stated = {
  Uptime: "0T00:05:11",
  UptimeSec: 311,
  Heap: 25,
  SleepMode: "Dynamic",
  Sleep: 50,
  LoadAvg: 19,
  MqttCount: 1,
  POWER: true,
  "Wifi.AP": 1,
  "Wifi.SSId": "iot",
  "Wifi.BSSId": "AA:BB:CC:DD:EE:FF",
  "Wifi.Channel": 6,
  "Wifi.Mode": "11n",
  "Wifi.RSSI": 68,
  "Wifi.Signal": -66,
} as const;

/** A plug with a sensor on Tasmota 14: tasmota.github.io/docs/MQTT, and xdrv_02_9_mqtt.ino. */
export const tasmotaDay: FirmwareDay = {
  name: "Tasmota",
  device: "plug",
  routes: [{ profile: "tasmota", timeZone: "UTC" }],
  will: { topic: "tele/plug/LWT", payload: "Offline" },
  // The group and the fallback topic hold no id of the device.
  subscribes: { "cmnd/plug/#": true, "cmnd/tasmotas/#": false, "cmnd/DVES_AABBCC_fb/#": false },
  tells: [
    { topic: "tele/plug/LWT", payload: "Online", means: { online: true } },
    { topic: "cmnd/plug/POWER", payload: "", means: ofFirmware },
    {
      topic: "tele/plug/INFO1",
      payload: json({
        Info1: { Module: "Sonoff S31", Version: "14.2.0(release)", FallbackTopic: "cmnd/DVES_AABBCC_fb/" },
      }),
      means: ofFirmware,
    },
    {
      topic: "tele/plug/INFO2",
      payload: json({ Info2: { WebServerMode: "Admin", Hostname: "plug-2748", IPAddress: "192.168.1.20" } }),
      means: ofFirmware,
    },
    {
      topic: "tele/plug/INFO3",
      payload: json({ Info3: { RestartReason: "Software/System restart", BootCount: 42 } }),
      means: ofFirmware,
    },
    {
      topic: "tasmota/discovery/AABBCCDDEEFF/config",
      payload: json({
        ip: "192.168.1.20",
        dn: "Plug",
        t: "plug",
        ft: "%prefix%/%topic%/",
        tp: ["cmnd", "stat", "tele"],
      }),
      means: toNobody,
    },
    {
      topic: "tasmota/discovery/AABBCCDDEEFF/sensors",
      payload: json({ sn: sensors, ver: 1 }),
      means: toNobody,
    },
    { topic: "homeassistant/switch/AABBCC_RL_1/config", payload: json({ name: "Plug" }), means: toNobody },
    { topic: "tele/plug/STATE", payload: json(state), means: { readings: stated, at } },
    { topic: "tele/plug/SENSOR", payload: json(sensors), means: { readings: measured, at } },
    // A button is pressed: the answer, and for those who want no JSON the state alone.
    { topic: "stat/plug/RESULT", payload: json({ POWER: "OFF" }), means: { readings: { POWER: false } } },
    { topic: "stat/plug/POWER", payload: "OFF", means: ofFirmware },
    // The same under SetOption4.
    { topic: "stat/plug/POWER1", payload: json({ POWER1: "ON" }), means: { readings: { POWER1: true } } },
    {
      topic: "stat/plug/RESULT",
      payload: json({ Switch1: { Action: "ON" } }),
      means: { readings: { "Switch1.Action": "ON" } },
    },
    {
      topic: "stat/plug/RESULT",
      payload: json({ Button1: { Action: "SINGLE" } }),
      means: { readings: { "Button1.Action": "SINGLE" } },
    },
    {
      topic: "stat/plug/RESULT",
      payload: json({ POWER: "ON", Dimmer: 40, Color: "660000", HSBColor: "0,100,40", Channel: [40, 0, 0] }),
      means: {
        readings: {
          ...{ POWER: true, Dimmer: 40, Color: "660000", HSBColor: "0,100,40" },
          ...{ "Channel.0": 40, "Channel.1": 0, "Channel.2": 0 },
        },
      },
    },
    {
      topic: "stat/plug/RESULT",
      payload: json({ Shutter1: { Position: 30, Direction: 0, Target: 30, Tilt: 0 } }),
      means: {
        readings: { "Shutter1.Position": 30, "Shutter1.Direction": 0, "Shutter1.Target": 30, "Shutter1.Tilt": 0 },
      },
    },
    // How commands fared is no state of anything.
    {
      topic: "stat/plug/RESULT",
      payload: json({ Command: "Unknown", Input: "FOO" }),
      means: { ignored: "answer-to-a-command" },
    },
    { topic: "stat/plug/RESULT", payload: json({ Restart: "Restarting" }), means: { ignored: "answer-to-a-command" } },
    { topic: "stat/plug/RESULT", payload: "{}", means: { ignored: "answer-to-a-command" } },
    // Received over the air or a line.
    {
      topic: "tele/plug/RESULT",
      payload: json({
        Time: local,
        RfReceived: { Sync: 10640, Low: 350, High: 1080, Data: "0xD8A0B1", RfKey: "None" },
      }),
      means: {
        readings: {
          ...{ "RfReceived.Sync": 10640, "RfReceived.Low": 350, "RfReceived.High": 1080 },
          ...{ "RfReceived.Data": "0xD8A0B1", "RfReceived.RfKey": "None" },
        },
        at,
      },
    },
    {
      topic: "tele/plug/MARGINS",
      payload: json({ MARGINS: { PowerLow: "ON" } }),
      means: { readings: { "MARGINS.PowerLow": "ON" } },
    },
    // The Zigbee bridge on Tasmota, a topic for each of its devices (SetOption89).
    {
      topic: "tele/plug/9D2C/SENSOR",
      payload: json({ ZbReceived: { "0x9D2C": { Device: "0x9D2C", Temperature: 20.5, LinkQuality: 84 } } }),
      means: {
        readings: {
          "ZbReceived.0x9D2C.Device": "0x9D2C",
          "ZbReceived.0x9D2C.Temperature": 20.5,
          "ZbReceived.0x9D2C.LinkQuality": 84,
        },
      },
    },
    // Somebody asks for all with Status 0: the parts, then with Status0 all in one.
    { topic: "stat/plug/STATUS", payload: json({ Status: { Module: 1, Topic: "plug", Power: 1 } }), means: ofFirmware },
    {
      topic: "stat/plug/STATUS1",
      payload: json({ StatusPRM: { Baudrate: 115200, Uptime: "0T00:05:11" } }),
      means: ofFirmware,
    },
    { topic: "stat/plug/STATUS2", payload: json({ StatusFWR: { Version: "14.2.0(release)" } }), means: ofFirmware },
    { topic: "stat/plug/STATUS3", payload: json({ StatusLOG: { SerialLog: 2, TelePeriod: 300 } }), means: ofFirmware },
    { topic: "stat/plug/STATUS4", payload: json({ StatusMEM: { ProgramSize: 652, Heap: 23 } }), means: ofFirmware },
    { topic: "stat/plug/STATUS5", payload: json({ StatusNET: { Hostname: "plug-2748" } }), means: ofFirmware },
    {
      topic: "stat/plug/STATUS6",
      payload: json({ StatusMQT: { MqttHost: "10.0.0.1", MqttCount: 1 } }),
      means: ofFirmware,
    },
    { topic: "stat/plug/STATUS7", payload: json({ StatusTIM: { UTC: local, Timezone: 99 } }), means: ofFirmware },
    { topic: "stat/plug/STATUS9", payload: json({ StatusPTH: { PowerDelta: [0, 0, 0] } }), means: ofFirmware },
    { topic: "stat/plug/STATUS8", payload: json({ StatusSNS: sensors }), means: { readings: measured, at } },
    { topic: "stat/plug/STATUS10", payload: json({ StatusSNS: sensors }), means: { readings: measured, at } },
    { topic: "stat/plug/STATUS11", payload: json({ StatusSTS: state }), means: { readings: stated, at } },
    {
      topic: "stat/plug/STATUS0",
      payload: json({ Status: { Module: 1 }, StatusFWR: { Version: "14.2.0" }, StatusSNS: sensors, StatusSTS: state }),
      means: { readings: { ...measured, ...stated }, at },
    },
    { topic: "stat/plug/STATUS12", payload: json({ StatusSTK: { Exception: 0 } }), means: ofFirmware },
    { topic: "stat/plug/LOGGING", payload: "00:00:12.345 MQT: stat/plug/RESULT = {}", means: ofFirmware },
    { topic: "stat/plug/UPGRADE", payload: "Version 14.2.0 from http://ota.tasmota.com", means: ofFirmware },
    { topic: "tele/plug/UPTIME", payload: json({ Time: local, Uptime: "1T00:00:00" }), means: ofFirmware },
    { topic: "tele/plug/HASS_STATE", payload: json({ Version: "14.2.0", "Wi-Fi": 68 }), means: ofFirmware },
    // A button that switches another device (ButtonTopic) publishes a command of its own.
    { topic: "cmnd/plug/POWER1", payload: "TOGGLE", means: ofFirmware },
    // Retained messages that are cleared.
    { topic: "tele/plug/SENSOR", payload: "", means: { ignored: "retained-clear" } },
    { topic: "tele/plug/LWT", payload: "Offline", means: { online: false } },
  ],
};
