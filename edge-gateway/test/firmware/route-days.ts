import { at, json, ofFirmware, seconds, type FirmwareDay } from "./firmware-day.ts";

/** thingsboard.io/docs/reference/mqtt-api: no route is needed, the topics name whoever is logged in. */
export const thingsBoardDay: FirmwareDay = {
  name: "ThingsBoard's topics",
  device: "tb",
  routes: [],
  isPersonal: true,
  subscribes: {
    "v1/devices/me/attributes": true,
    "v1/devices/me/attributes/response/+": true,
    "v1/devices/me/rpc/request/+": true,
    "v1/devices/me/rpc/response/+": true,
    "v1/gateway/rpc": false,
  },
  tells: [
    { topic: "v1/devices/me/attributes", payload: json({ firmware: "1.2", serial: "A-1" }), means: ofFirmware },
    { topic: "v1/devices/me/attributes/request/1", payload: json({ sharedKeys: "interval" }), means: ofFirmware },
    {
      topic: "v1/devices/me/telemetry",
      payload: json({ temperature: "21.5", on: true, mode: "eco" }),
      means: { readings: { temperature: 21.5, on: true, mode: "eco" } },
    },
    {
      topic: "v1/devices/me/telemetry",
      payload: json({ ts: at, values: { a: 1, b: "2" } }),
      means: { readings: { a: 1, b: 2 }, at },
    },
    {
      topic: "v1/devices/me/telemetry",
      payload: json([{ ts: at, values: { a: 3 } }]),
      means: { readings: { a: 3 }, at },
    },
    { topic: "v1/devices/me/rpc/request/1", payload: json({ method: "getTime", params: {} }), means: ofFirmware },
    { topic: "v1/devices/me/rpc/response/7", payload: json({ on: true }), means: ofFirmware },
    { topic: "v1/devices/me/claim", payload: json({ secretKey: "s", durationMs: 60_000 }), means: ofFirmware },
  ],
};

const track = { device: "{user}:{name}", decoder: "json", time: { field: "tst", unit: "s" } };
const place = { lat: 52.51, lon: 13.37, acc: 12, tid: "JP" };

/** owntracks.org/booklet/tech/json. */
export const ownTracksDay: FirmwareDay = {
  name: "OwnTracks by routes",
  device: "jane:phone",
  routes: [
    { topic: "owntracks/{user}/{name}", ...track },
    { topic: "owntracks/{user}/{name}/event", ...track },
    { topic: "owntracks/{user}/{name}/{kind}", device: "{user}:{name}", decoder: "none" },
  ],
  will: { topic: "owntracks/jane/phone", payload: json({ _type: "lwt", tst: seconds }) },
  willIsReading: true,
  subscribes: {
    "owntracks/jane/phone/cmd": false,
    "owntracks/+/+": false,
    "owntracks/+/+/event": false,
    "owntracks/+/+/info": false,
  },
  tells: [
    {
      topic: "owntracks/jane/phone",
      payload: json({
        _type: "location",
        ...place,
        batt: 74,
        vel: 3,
        conn: "w",
        t: "u",
        inregions: ["home"],
        tst: seconds,
      }),
      means: {
        readings: { _type: "location", ...place, batt: 74, vel: 3, conn: "w", t: "u", inregions: '["home"]' },
        at,
      },
    },
    {
      topic: "owntracks/jane/phone/event",
      payload: json({ _type: "transition", event: "enter", desc: "home", ...place, tst: seconds }),
      means: { readings: { _type: "transition", event: "enter", desc: "home", ...place }, at },
    },
    ...["waypoint", "waypoints", "status", "step", "beacon", "dump", "info"].map((kind) => ({
      topic: `owntracks/jane/phone/${kind}`,
      payload: json({ _type: kind, tst: seconds }),
      means: { ignored: "by-route" },
    })),
  ],
};

const ruuviGateway = "C8:25:2D:8E:9C:2C";
const tag = "F4:1F:0C:28:CB:D6";
const advertisement = "0201061BFF9904050F1845DFCBFCFF6CFFC003FCD6A6F67CDDCB5F41F0C28CBD6";

/** docs.ruuvi.com/gw-data-formats: one gateway speaks for all tags around it. */
export const ruuviDay: FirmwareDay = {
  name: "a Ruuvi gateway by routes",
  device: ruuviGateway,
  routes: [
    { topic: "ruuvi/{device}/gw_status", decoder: "json" },
    {
      ...{ topic: "ruuvi/{gateway}/{device}", sender: "{gateway}", decoder: "json", numbersInText: true },
      time: { field: "ts", unit: "s" },
    },
  ],
  will: { topic: `ruuvi/${ruuviGateway}/gw_status`, payload: json({ state: "offline" }) },
  willIsReading: true,
  subscribes: {},
  tells: [
    {
      topic: `ruuvi/${ruuviGateway}/gw_status`,
      payload: json({ state: "online" }),
      means: { readings: { state: "online" } },
    },
    {
      topic: `ruuvi/${ruuviGateway}/${tag}`,
      payload: json({
        ...{ gw_mac: ruuviGateway, rssi: -62, aoa: [], gwts: String(seconds), ts: String(seconds) },
        ...{ data: advertisement, coords: "" },
      }),
      means: {
        device: tag,
        readings: { gw_mac: ruuviGateway, rssi: -62, aoa: "[]", gwts: seconds, data: advertisement, coords: "" },
        at,
      },
    },
  ],
};

/** The network server in a Milesight gateway: topics as set there, `milesight/uplink/$deveui`. */
export const milesightDay: FirmwareDay = {
  name: "a Milesight gateway by routes",
  device: "ug65",
  routes: [
    {
      ...{ topic: "milesight/uplink/{device}", sender: "ug65", decoder: "json", flatten: true },
      time: { field: "time" },
    },
    { topic: "milesight/{kind}/{device}", sender: "ug65", decoder: "none" },
  ],
  subscribes: { "milesight/downlink/+": false },
  tells: [
    {
      topic: "milesight/uplink/24e124136b123456",
      payload: json({
        ...{ applicationID: 1, deviceName: "EM300", devEUI: "24e124136b123456", fCnt: 12, fPort: 85 },
        ...{ data: "AXVkA2cQAQRoZA==", time: new Date(at).toISOString() },
        ...{ rxInfo: [{ rssi: -47, loRaSNR: 13.8 }], txInfo: { frequency: 868_300_000 } },
      }),
      means: {
        device: "24e124136b123456",
        readings: {
          ...{ applicationID: 1, deviceName: "EM300", devEUI: "24e124136b123456", fCnt: 12, fPort: 85 },
          ...{ data: "AXVkA2cQAQRoZA==", "rxInfo.0.rssi": -47, "rxInfo.0.loRaSNR": 13.8 },
          "txInfo.frequency": 868_300_000,
        },
        at,
      },
    },
    {
      topic: "milesight/join/24e124136b123456",
      payload: json({ devEUI: "24e124136b123456" }),
      means: { ignored: "by-route" },
    },
  ],
};

const imei = "352094087654321";

/** wiki.teltonika-gps.com, "MQTT": positions and answers on one topic, commands on another. */
export const teltonikaDay: FirmwareDay = {
  name: "a Teltonika tracker by routes",
  device: imei,
  routes: [{ topic: "{device}/data", decoder: "json", time: { field: "state.reported.ts" }, flatten: true }],
  acl: [{ subscribe: ["{device}/commands"] }],
  subscribes: { [`${imei}/commands`]: true, "+/commands": false },
  tells: [
    {
      topic: `${imei}/data`,
      payload: json({
        state: { reported: { ts: at, pr: 0, latlng: "54.7,25.2", alt: 120, sp: 50, evt: 0, 239: 1, 66: 12_780 } },
      }),
      means: {
        readings: {
          ...{ "state.reported.pr": 0, "state.reported.latlng": "54.7,25.2", "state.reported.alt": 120 },
          ...{ "state.reported.sp": 50, "state.reported.evt": 0, "state.reported.239": 1, "state.reported.66": 12_780 },
        },
        at,
      },
    },
    { topic: `${imei}/data`, payload: json({ RSP: "INI:2026/11/27" }), means: { readings: { RSP: "INI:2026/11/27" } } },
  ],
};
