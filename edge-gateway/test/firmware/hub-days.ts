import { at, json, toNobody, type FirmwareDay } from "./firmware-day.ts";

const ofTheBridge = { ignored: "message-of-the-bridge" } as const;
const command = { ignored: "command" } as const;
const online = json({ state: "online" });

/** One client for all Zigbee devices: zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html. */
export const zigbee2mqttDay: FirmwareDay = {
  name: "zigbee2mqtt",
  device: "zigbee2mqtt",
  routes: [{ profile: "zigbee2mqtt", timeZone: "UTC" }],
  will: { topic: "zigbee2mqtt/bridge/state", payload: json({ state: "offline" }) },
  subscribes: { "zigbee2mqtt/#": true, "homeassistant/status": false },
  tells: [
    { topic: "zigbee2mqtt/bridge/state", payload: online, means: ofTheBridge },
    { topic: "zigbee2mqtt/bridge/state", payload: "online", means: ofTheBridge },
    { topic: "zigbee2mqtt/bridge/info", payload: json({ version: "2.6.0", permit_join: false }), means: ofTheBridge },
    {
      topic: "zigbee2mqtt/bridge/devices",
      payload: json([{ ieee_address: "0x00", type: "Coordinator" }]),
      means: ofTheBridge,
    },
    { topic: "zigbee2mqtt/bridge/groups", payload: "[]", means: ofTheBridge },
    { topic: "zigbee2mqtt/bridge/definitions", payload: json({ clusters: {} }), means: ofTheBridge },
    { topic: "zigbee2mqtt/bridge/extensions", payload: "[]", means: ofTheBridge },
    { topic: "zigbee2mqtt/bridge/converters", payload: "[]", means: ofTheBridge },
    {
      topic: "zigbee2mqtt/bridge/health",
      payload: json({ response_time: 1, os: { load_average: [0, 0, 0] } }),
      means: ofTheBridge,
    },
    {
      topic: "zigbee2mqtt/bridge/logging",
      payload: json({ level: "info", message: "MQTT publish" }),
      means: ofTheBridge,
    },
    { topic: "zigbee2mqtt/bridge/event", payload: json({ type: "device_announce", data: {} }), means: ofTheBridge },
    { topic: "zigbee2mqtt/bridge/response/permit_join", payload: json({ status: "ok" }), means: ofTheBridge },
    { topic: "homeassistant/sensor/0x01/temperature/config", payload: json({ name: "T" }), means: toNobody },
    { topic: "homeassistant/device/0x01/config", payload: json({ device: {} }), means: toNobody },
    { topic: "zigbee2mqtt/climate/availability", payload: online, means: { online: true, device: "climate" } },
    { topic: "zigbee2mqtt/lamp/availability", payload: "online", means: { online: true, device: "lamp" } },
    {
      topic: "zigbee2mqtt/attic/desk/lamp/availability",
      payload: json({ state: "offline" }),
      means: { online: false, device: "attic%2Fdesk%2Flamp" },
    },
    {
      topic: "zigbee2mqtt/climate",
      payload: json({ temperature: 21.92, humidity: 48.5, battery: 97, linkquality: 105, last_seen: at }),
      means: {
        device: "climate",
        readings: { temperature: 21.92, humidity: 48.5, battery: 97, linkquality: 105 },
        at,
      },
    },
    {
      topic: "zigbee2mqtt/attic/desk/lamp",
      payload: json({
        ...{ state: "ON", brightness: 254, color: { x: 0.46, y: 0.41 }, update: { state: "idle" } },
        ...{ update_available: null, last_seen: new Date(at).toISOString() },
      }),
      means: {
        device: "attic%2Fdesk%2Flamp",
        readings: { state: true, brightness: 254, "color.x": 0.46, "color.y": 0.41, "update.state": "idle" },
        at,
      },
    },
    {
      topic: "zigbee2mqtt/button",
      payload: json({ action: "single" }),
      means: { device: "button", readings: { action: "single" } },
    },
    {
      topic: "zigbee2mqtt/button/action",
      payload: "single",
      means: { device: "button", readings: { action: "single" } },
    },
    {
      topic: "zigbee2mqtt/blind",
      payload: json({ state: "OPEN", position: 80 }),
      means: { device: "blind", readings: { state: "OPEN", position: 80 } },
    },
    {
      topic: "zigbee2mqtt/all_lamps",
      payload: json({ state: "OFF" }),
      means: { device: "all_lamps", readings: { state: false } },
    },
    // Nothing is known of a device yet, or its state is cleared when it leaves.
    { topic: "zigbee2mqtt/new", payload: "{}", means: { ignored: "no-values" } },
    { topic: "zigbee2mqtt/new", payload: json({ last_seen: at }), means: { ignored: "no-values" } },
    { topic: "zigbee2mqtt/new", payload: "", means: { ignored: "retained-clear" } },
    { topic: "zigbee2mqtt/lamp/set", payload: json({ state: "ON" }), means: command },
    { topic: "zigbee2mqtt/attic/desk/lamp/set/brightness", payload: "100", means: command },
    { topic: "zigbee2mqtt/lamp/get", payload: json({ state: "" }), means: command },
    { topic: "zigbee2mqtt/bridge/request/permit_join", payload: json({ time: 60 }), means: ofTheBridge },
    { topic: "zigbee2mqtt/bridge/state", payload: json({ state: "offline" }), means: ofTheBridge },
  ],
};

const entity = (path: string) => `homeassistant/${path}`;
const discovery = { ignored: "discovery" } as const;
const ofTheHost = { ignored: "state-of-a-host" } as const;
const kitchen = "sensor.kitchen_temperature";

/** Home Assistant's own client: home-assistant.io/integrations/mqtt_statestream, with attributes and timestamps. */
export const homeAssistantDay: FirmwareDay = {
  name: "Home Assistant statestream",
  device: "homeassistant",
  routes: [{ profile: "home-assistant" }],
  will: { topic: "homeassistant/status", payload: "offline" },
  subscribes: {
    "homeassistant/+/+/config": true,
    "homeassistant/+/+/+/config": true,
    "homeassistant/#": true,
    "tasmota/discovery/#": false,
    "#": false,
  },
  tells: [
    { topic: "homeassistant/status", payload: "online", means: ofTheHost },
    {
      topic: entity("sensor/kitchen_temperature/state"),
      payload: "21.5",
      means: { device: kitchen, readings: { state: 21.5 } },
    },
    {
      topic: entity("sensor/kitchen_temperature/unit_of_measurement"),
      payload: '"°C"',
      means: { device: kitchen, readings: { unit_of_measurement: "°C" } },
    },
    {
      topic: entity("sensor/kitchen_temperature/friendly_name"),
      payload: '"Kitchen"',
      means: { device: kitchen, readings: { friendly_name: "Kitchen" } },
    },
    {
      topic: entity("sensor/kitchen_temperature/last_changed"),
      payload: "2026-11-27T10:00:00.123456+00:00",
      means: { device: kitchen, readings: { last_changed: "2026-11-27T10:00:00.123456+00:00" } },
    },
    { topic: entity("sensor/kitchen_temperature/state"), payload: "unavailable", means: { ignored: "no-values" } },
    { topic: entity("sensor/kitchen_temperature/state"), payload: "unknown", means: { ignored: "no-values" } },
    { topic: entity("light/porch/state"), payload: "on", means: { device: "light.porch", readings: { state: true } } },
    {
      topic: entity("light/porch/brightness"),
      payload: "180",
      means: { device: "light.porch", readings: { brightness: 180 } },
    },
    { topic: entity("light/porch/brightness"), payload: "null", means: { ignored: "no-values" } },
    {
      topic: entity("light/porch/rgb_color"),
      payload: "[255, 120, 0]",
      means: { device: "light.porch", readings: { "rgb_color.0": 255, "rgb_color.1": 120, "rgb_color.2": 0 } },
    },
    { topic: entity("light/porch/effect_list"), payload: "[]", means: { ignored: "no-values" } },
    {
      topic: entity("binary_sensor/door/state"),
      payload: "off",
      means: { device: "binary_sensor.door", readings: { state: false } },
    },
    {
      topic: entity("climate/hall/state"),
      payload: "heat",
      means: { device: "climate.hall", readings: { state: "heat" } },
    },
    { topic: entity("switch/plug/config"), payload: json({ name: "Plug" }), means: discovery },
    { topic: entity("sensor/0x01/temperature/config"), payload: json({ name: "T" }), means: discovery },
    { topic: entity("device/0x01/config"), payload: "", means: { ignored: "retained-clear" } },
    { topic: "homeassistant/status", payload: "offline", means: ofTheHost },
  ],
};
