import { DecodeError } from "@headwater/core";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused } from "../../test/decoder-properties.ts";
import { chirpStackRoutes } from "./chirpstack.ts";
import { byMetric, profileUnderTest } from "../../test/profile-under-test.ts";
import { theThingsStackRoutes } from "./the-things-stack.ts";

/** The Things Stack's documentation of its data formats, shortened. */
const ttsUplink = `{
  "end_device_ids": {"device_id": "dev1", "application_ids": {"application_id": "app1"}, "dev_eui": "0004A30B001C0530", "join_eui": "800000000000000C", "dev_addr": "00BCB929"},
  "correlation_ids": ["as:up:01E0WZGT6Y7657CPFPE5WEYDSQ"],
  "received_at": "2020-02-12T15:15:45.787Z",
  "uplink_message": {
    "session_key_id": "AXA50AIVSPcS8JzDSkLXbw==", "f_port": 1, "f_cnt": 42, "frm_payload": "gkHe",
    "decoded_payload": {"temperature": 21.5, "gps": {"latitude": 52.37, "longitude": 4.89}, "ok": true},
    "rx_metadata": [
      {"gateway_ids": {"gateway_id": "gtw1"}, "timestamp": 2463457000, "rssi": -35, "channel_rssi": -35, "snr": 5.2},
      {"gateway_ids": {"gateway_id": "gtw2"}, "rssi": -98, "snr": 7.5}],
    "settings": {"data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 7}}, "frequency": "868300000"},
    "received_at": "2020-02-12T15:15:45.574123456Z"
  }
}`;

/** ChirpStack's documentation of its events, shortened. */
const csUplink = `{
  "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d", "time": "2022-07-18T09:34:15.775023242+00:00",
  "deviceInfo": {"tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242", "applicationName": "Test application", "devEui": "0101010101010101"},
  "devAddr": "00189440", "dr": 1, "fPort": 1, "fCnt": 7, "data": "qg==",
  "object": {"humidity": 43.2, "valves": [true, false]},
  "rxInfo": [{"gatewayId": "0016c001f153a14c", "uplinkId": 4217106255, "rssi": -36, "snr": 10.5}],
  "txInfo": {"frequency": 867100000}
}`;
const csStatus = `{
  "deduplicationId": "3a1ecb9a", "time": "2022-07-18T09:41:05.123+00:00", "deviceInfo": {"devEui": "0101010101010101"},
  "margin": 10, "externalPowerSource": false, "batteryLevelUnavailable": false, "batteryLevel": 75.3
}`;

const tts = profileUnderTest(theThingsStackRoutes());
const cs = profileUnderTest(chirpStackRoutes("lora:{device}"));
const ttsTopic = "v3/app1@ttn/devices/dev1/up";
const csTopic = "application/17c82e96/device/0101010101010101/event/up";

it("The Things Stack: what the payload formatter decoded, the radio, the network's time", () => {
  const message = tts.take(ttsTopic, ttsUplink);
  expect(message.device).toBe("dev1");
  expect(byMetric(message)).toEqual({
    temperature: 21.5,
    "gps.latitude": 52.37,
    "gps.longitude": 4.89,
    ok: true,
    "lora.f_port": 1,
    "lora.f_cnt": 42,
    "lora.gateways": 2,
    "lora.rssi": [-35, "dBm"],
    "lora.snr": [7.5, "dB"],
  });
  expect(message.samples).toMatchObject([{ time: 1_581_520_545_574_123 }]);
});

it("The Things Stack: without a formatter the bytes are kept; a simulated uplink is marked", () => {
  const message = tts.take(ttsTopic, '{"simulated": true, "uplink_message": {"f_port": 2, "frm_payload": "gkHe"}}');
  expect(byMetric(message)).toEqual({ payload: "gkHe", "lora.f_port": 2 });
  expect(message.notes).toEqual({ "kept-as-base64": "payload", simulated: "true" });
});

it("ChirpStack: what the codec decoded, and the device by a template", () => {
  const message = cs.take(csTopic, csUplink);
  expect(message.device).toBe("lora:0101010101010101");
  expect(byMetric(message)).toEqual({
    humidity: 43.2,
    "valves.0": true,
    "valves.1": false,
    "lora.f_port": 1,
    "lora.f_cnt": 7,
    "lora.gateways": 1,
    "lora.rssi": [-36, "dBm"],
    "lora.snr": [10.5, "dB"],
  });
  expect(message.samples).toMatchObject([{ time: 1_658_136_855_775_023 }]);
});

it("ChirpStack: battery and margin", () => {
  expect(byMetric(cs.take(csTopic.replace("up", "status"), csStatus))).toEqual({
    "status.margin": 10,
    "status.externalPowerSource": false,
    "status.batteryLevelUnavailable": false,
    "status.batteryLevel": 75.3,
  });
});

it.each(["join", "down/queued", "down/sent", "down/ack", "down/nack", "down/failed", "service/data", "events/x"])(
  "The Things Stack: %s is no uplink",
  (topic) => {
    expect(tts.take(`v3/app1@ttn/devices/dev1/${topic}`, "{}").effects).toEqual({ ignored: "no-uplink" });
  },
);

it.each(["event/join", "event/ack", "event/txack", "event/log", "event/integration", "command/down"])(
  "ChirpStack: %s is no uplink",
  (topic) => {
    expect(cs.take(`application/17c82e96/device/01/${topic}`, "{}").effects).toEqual({ ignored: "no-uplink" });
  },
);

it("where the network located the device", () => {
  const place = '{"latitude": 52.37, "longitude": 4.89, "altitude": 4, "accuracy": 30, "source": "SOURCE_LORA_TDOA"}';
  const expected = { "location.latitude": 52.37, "location.longitude": 4.89, "location.altitude": 4 };
  const solved = tts.take(
    "v3/app1@ttn/devices/dev1/location/solved",
    `{"received_at": "2020-02-12T15:15:45.787Z", "location_solved": {"service": "x", "location": ${place}}}`,
  );
  expect(byMetric(solved)).toMatchObject(expected);
  expect(solved.samples).toMatchObject([{ time: 1_581_520_545_787_000 }]);
  const located = cs.take(
    "application/17c82e96/device/01/event/location",
    `{"time": "2020-02-12T15:15:45.787+00:00", "deviceInfo": {}, "location": ${place}}`,
  );
  expect(byMetric(located)).toMatchObject(expected);
  expect(located.samples).toMatchObject([{ time: 1_581_520_545_787_000 }]);
});

it("a part that cannot be read does not refuse the uplink", () => {
  const { samples, effects } = tts.take(
    ttsTopic,
    `{"uplink_message": {"f_port": "one", "f_cnt": 7, "decoded_payload": {"t": 21.5, "${"x".repeat(300)}": 1}}}`,
  );
  expect(samples[0]!.readings.map(({ metric }) => metric)).toEqual(["t", "lora.f_cnt"]);
  expect(effects!.quarantine).toMatch(/A metric's name .*lora.f_port: has to be a number/);
});

it.each(["{}", "[]", '{"uplink_message": 1}', '{"uplink_message": {"f_port": "one"}}', '{"uplink_message": {}}'])(
  "%s is refused",
  (payload) => {
    expect(() => tts.take(ttsTopic, payload)).toThrow(DecodeError);
  },
);

describe("hostile uplinks of The Things Stack", () => {
  anyBytesAreDecodedOrRefused(
    tts.decoder(ttsTopic),
    [Buffer.from(ttsUplink)],
    [Buffer.from(`{"uplink_message":{"f_port":1,"rx_metadata":[${"{},".repeat(80_000)}{}]}}`)],
  );
});
describe("hostile uplinks of ChirpStack", () => {
  anyBytesAreDecodedOrRefused(cs.decoder(csTopic), [Buffer.from(csUplink), Buffer.from(csStatus)]);
});
