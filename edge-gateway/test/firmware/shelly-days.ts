import { at, json, ofFirmware, seconds, toNobody, type FirmwareDay } from "./firmware-day.ts";

const plug = "shellyplug-s-AABBCC";
const gen1 = (path: string) => `shellies/${plug}/${path}`;
const command = { ignored: "command-or-announcement" } as const;
const announcement = json({ id: plug, model: "SHPLG-S", mac: "AABBCCDDEEFF", ip: "192.168.1.21", new_fw: false });

/** Generation 1, of several models: shelly-api-docs.shelly.cloud/gen1/#mqtt-support. */
export const shellyGen1Day: FirmwareDay = {
  name: "Shelly of generation 1",
  device: plug,
  routes: [{ profile: "shelly" }],
  will: { topic: gen1("online"), payload: "false" },
  subscribes: {
    "shellies/command": false,
    [gen1("command")]: true,
    [gen1("relay/0/command")]: true,
    [gen1("roller/0/command")]: true,
    [gen1("roller/0/command/pos")]: true,
    [gen1("light/0/set")]: true,
    [gen1("thermostat/0/command/#")]: true,
  },
  tells: [
    { topic: gen1("online"), payload: "true", means: { online: true } },
    { topic: "shellies/announce", payload: announcement, means: toNobody },
    { topic: gen1("announce"), payload: announcement, means: command },
    {
      topic: gen1("info"),
      payload: json({ wifi_sta: { connected: true, rssi: -62 }, uptime: 120, has_update: false }),
      means: {
        readings: {
          ...{ "info.wifi_sta.connected": true, "info.wifi_sta.rssi": -62 },
          ...{ "info.uptime": 120, "info.has_update": false },
        },
      },
    },
    { topic: gen1("relay/0"), payload: "on", means: { readings: { "relay.0": true } } },
    { topic: gen1("relay/0"), payload: "overpower", means: { readings: { "relay.0": "overpower" } } },
    { topic: gen1("relay/0/power"), payload: "61.32", means: { readings: { "relay.0.power": 61.32 } } },
    { topic: gen1("relay/0/energy"), payload: "12034", means: { readings: { "relay.0.energy": 12034 } } },
    {
      topic: gen1("relay/0/overpower_value"),
      payload: "2510.5",
      means: { readings: { "relay.0.overpower_value": 2510.5 } },
    },
    { topic: gen1("temperature"), payload: "31.07", means: { readings: { temperature: 31.07 } } },
    { topic: gen1("temperature_f"), payload: "87.93", means: { readings: { temperature_f: 87.93 } } },
    { topic: gen1("overtemperature"), payload: "0", means: { readings: { overtemperature: 0 } } },
    { topic: gen1("temperature_status"), payload: "Normal", means: { readings: { temperature_status: "Normal" } } },
    { topic: gen1("voltage"), payload: "231.4", means: { readings: { voltage: 231.4 } } },
    { topic: gen1("input/0"), payload: "1", means: { readings: { "input.0": 1 } } },
    { topic: gen1("longpush/0"), payload: "0", means: { readings: { "longpush.0": 0 } } },
    {
      topic: gen1("input_event/0"),
      payload: json({ event: "S", event_cnt: 3 }),
      means: { readings: { "input_event.0.event": "S", "input_event.0.event_cnt": 3 } },
    },
    { topic: gen1("ext_temperature/0"), payload: "19.5", means: { readings: { "ext_temperature.0": 19.5 } } },
    {
      topic: gen1("ext_temperatures"),
      payload: json({ 0: { hwID: "28ff", tC: 19.5 } }),
      means: { readings: { "ext_temperatures.0.hwID": "28ff", "ext_temperatures.0.tC": 19.5 } },
    },
    { topic: gen1("ext_temperatures"), payload: "{}", means: { ignored: "no-values" } },
    { topic: gen1("adc/0"), payload: "11.87", means: { readings: { "adc.0": 11.87 } } },
    { topic: gen1("emeter/0/power"), payload: "-512.4", means: { readings: { "emeter.0.power": -512.4 } } },
    {
      topic: gen1("emeter/0/total_returned"),
      payload: "1450.7",
      means: { readings: { "emeter.0.total_returned": 1450.7 } },
    },
    { topic: gen1("roller/0"), payload: "open", means: { readings: { "roller.0": "open" } } },
    { topic: gen1("roller/0/pos"), payload: "40", means: { readings: { "roller.0.pos": 40 } } },
    {
      topic: gen1("roller/0/stop_reason"),
      payload: "normal",
      means: { readings: { "roller.0.stop_reason": "normal" } },
    },
    {
      topic: gen1("light/0/status"),
      payload: json({ ison: true, brightness: 50 }),
      means: { readings: { "light.0.status.ison": true, "light.0.status.brightness": 50 } },
    },
    { topic: gen1("sensor/temperature"), payload: "21.5", means: { readings: { "sensor.temperature": 21.5 } } },
    { topic: gen1("sensor/humidity"), payload: "45", means: { readings: { "sensor.humidity": 45 } } },
    { topic: gen1("sensor/battery"), payload: "100", means: { readings: { "sensor.battery": 100 } } },
    { topic: gen1("sensor/flood"), payload: "false", means: { readings: { "sensor.flood": false } } },
    { topic: gen1("sensor/state"), payload: "close", means: { readings: { "sensor.state": "close" } } },
    {
      topic: gen1("sensor/act_reasons"),
      payload: '["sensor"]',
      means: { readings: { "sensor.act_reasons.0": "sensor" } },
    },
    { topic: gen1("sensor/gas"), payload: "none", means: { readings: { "sensor.gas": "none" } } },
    { topic: gen1("valve/0/state"), payload: "closed", means: { readings: { "valve.0.state": "closed" } } },
    {
      topic: gen1("status"),
      payload: json({ motion: true, timestamp: seconds, active: true, bat: 88 }),
      means: {
        readings: { "status.motion": true, "status.timestamp": seconds, "status.active": true, "status.bat": 88 },
      },
    },
    // What others tell it comes back where a bridge or an own subscription reads it.
    { topic: gen1("relay/0/command"), payload: "off", means: command },
    { topic: gen1("roller/0/command/pos"), payload: "70", means: command },
    { topic: gen1("thermostat/0/command/target_t"), payload: "21.5", means: command },
    { topic: gen1("light/0/set"), payload: json({ turn: "on" }), means: command },
    { topic: gen1("command"), payload: "announce", means: command },
    { topic: gen1("online"), payload: "false", means: { online: false } },
  ],
};

const pro = "shellypro4pm-f008d1d8b8b8";
const frame = (method: string, params: object) => json({ src: pro, dst: `${pro}/events`, method, params });
const event = (...events: readonly object[]) => frame("NotifyEvent", { ts: seconds, events });
const event0 = { component: "input:0", id: 0, event: "single_push", ts: seconds };

/** Generations 2 to 4: shelly-api-docs.shelly.cloud/gen2, Mqtt, Notifications and the components. */
export const shellyGen2Day: FirmwareDay = {
  name: "Shelly of generation 2 and later",
  device: pro,
  routes: [{ profile: "shelly" }],
  will: { topic: `${pro}/online`, payload: "false" },
  subscribes: {
    [`${pro}/rpc`]: true,
    [`${pro}/command`]: true,
    [`${pro}/command/#`]: true,
    "shellies/command": false,
    "+/rpc": false,
  },
  tells: [
    { topic: `${pro}/online`, payload: "true", means: { online: true } },
    { topic: "shellies/announce", payload: json({ id: pro, model: "SPSW-104PE16EU", gen: 2 }), means: toNobody },
    { topic: `${pro}/announce`, payload: json({ id: pro, model: "SPSW-104PE16EU", gen: 2 }), means: ofFirmware },
    // With status_ntf the whole status of each component.
    { topic: `${pro}/status/ble`, payload: "{}", means: { ignored: "no-values" } },
    {
      topic: `${pro}/status/cloud`,
      payload: json({ connected: false }),
      means: { readings: { "cloud.connected": false } },
    },
    {
      topic: `${pro}/status/mqtt`,
      payload: json({ connected: true }),
      means: { readings: { "mqtt.connected": true } },
    },
    {
      topic: `${pro}/status/sys`,
      payload: json({ mac: "F008D1D8B8B8", restart_required: false, time: null, unixtime: null, uptime: 12 }),
      means: { readings: { "sys.mac": "F008D1D8B8B8", "sys.restart_required": false, "sys.uptime": 12 } },
    },
    { topic: `${pro}/status/input:0`, payload: json({ id: 0, state: null }), means: { ignored: "no-values" } },
    {
      topic: `${pro}/status/switch:0`,
      payload: json({
        ...{ id: 0, source: "init", output: false, apower: 0, voltage: 225.9, current: 0 },
        ...{ aenergy: { total: 11.679, by_minute: [0, 0, 0], minute_ts: seconds } },
        ...{ temperature: { tC: 53.3, tF: 127.9 } },
      }),
      means: {
        readings: {
          ...{ "switch:0.source": "init", "switch:0.output": false, "switch:0.apower": 0, "switch:0.voltage": 225.9 },
          ...{ "switch:0.current": 0, "switch:0.aenergy.total": 11.679, "switch:0.aenergy.by_minute.0": 0 },
          ...{ "switch:0.aenergy.by_minute.1": 0, "switch:0.aenergy.by_minute.2": 0 },
          ...{
            "switch:0.aenergy.minute_ts": seconds,
            "switch:0.temperature.tC": 53.3,
            "switch:0.temperature.tF": 127.9,
          },
        },
      },
    },
    // With rpc_ntf what changed, all, and what happened.
    {
      topic: `${pro}/events/rpc`,
      payload: frame("NotifyStatus", { ts: seconds, "switch:0": { id: 0, output: true, source: "button" } }),
      means: { readings: { "switch:0.output": true, "switch:0.source": "button" }, at },
    },
    {
      topic: `${pro}/events/rpc`,
      payload: frame("NotifyFullStatus", { ts: seconds, ble: {}, "temperature:0": { id: 0, tC: 22.5, tF: 72.5 } }),
      means: { readings: { "temperature:0.tC": 22.5, "temperature:0.tF": 72.5 }, at },
    },
    { topic: `${pro}/events/rpc`, payload: event(event0), means: { readings: { "input:0.event": "single_push" }, at } },
    {
      topic: `${pro}/events/rpc`,
      payload: event({ component: "sys", event: "config_changed", restart_required: false, cfg_rev: 34, ts: seconds }),
      means: {
        readings: { "sys.event": "config_changed", "sys.restart_required": false, "sys.cfg_rev": 34 },
        at,
      },
    },
    // What a script hears over Bluetooth.
    {
      topic: `${pro}/events/rpc`,
      payload: event({
        ...{ component: "script:1", id: 1, event: "shelly-blu", ts: seconds },
        data: { temperature: 19.5, battery: 100, address: "aa:bb" },
      }),
      means: {
        readings: {
          ...{ "script:1.event": "shelly-blu", "script:1.data.temperature": 19.5 },
          ...{ "script:1.data.battery": 100, "script:1.data.address": "aa:bb" },
        },
        at,
      },
    },
    // Answers to calls go to whoever called.
    {
      topic: "caller/rpc",
      payload: json({ id: 1, src: pro, dst: "caller", result: { was_on: false } }),
      means: toNobody,
    },
    {
      topic: "caller/rpc",
      payload: json({ id: 2, src: pro, dst: "caller", error: { code: 404, message: "No handler for Foo" } }),
      means: toNobody,
    },
    // Itself as a caller of others, and its log where that is switched on.
    {
      topic: `${pro}/rpc`,
      payload: json({ id: 3, src: "x", method: "Switch.Toggle", params: { id: 0 } }),
      means: ofFirmware,
    },
    { topic: `${pro}/status`, payload: json({ "switch:0": { output: true } }), means: ofFirmware },
    { topic: `${pro}/debug/log`, payload: "shelly_notification:163 Status change of switch:0", means: ofFirmware },
    { topic: `${pro}/online`, payload: "false", means: { online: false } },
  ],
};
