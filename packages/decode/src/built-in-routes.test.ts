import { events } from "@headwater/proto";
import { expect, it } from "vitest";
import { defaultDecodeLimits } from "./decoder.ts";
import { Routes } from "./routes.ts";

const routes = new Routes();

/** The same reading in every format, on the topic that names it. */
it.each<[string, string | Uint8Array]>([
  ["devices/boiler-1/telemetry", '{"temperature":21.5}'],
  ["devices/boiler-1/telemetry/json", '{"temperature":21.5}'],
  [
    "devices/boiler-1/telemetry/protobuf",
    events.telemetry.encode({ readings: [{ metric: "temperature", number: 21.5 }] }),
  ],
  ["devices/boiler-1/telemetry/senml", '[{"bn":"boiler-1:","n":"temperature","v":21.5}]'],
  [
    "devices/boiler-1/telemetry/senml+cbor",
    Buffer.from("81a32169626f696c65722d313a006b74656d706572617475726502f94d60", "hex"),
  ],
  ["devices/boiler-1/telemetry/senml-cbor", Buffer.from("81a2006b74656d706572617475726502f94d60", "hex")],
  ["devices/boiler-1/telemetry/cbor", Buffer.from("a16b74656d7065726174757265f94d60", "hex")],
  ["devices/boiler-1/telemetry/line", "temperature value=21.5"],
  ["devices/boiler-1/telemetry/value/temperature", "21.5"],
])("%s", (topic, payload) => {
  const route = routes.find(topic)!;
  expect(route.device).toBe("boiler-1");
  expect(route.decoder(Buffer.from(payload as string), defaultDecodeLimits)).toMatchObject({
    samples: [{ readings: [{ metric: "temperature", value: 21.5 }] }],
  });
});

it.each([
  "devices/a/telemetry/value",
  "devices/a/telemetry/value/",
  "devices/a/telemetry/value/b/c",
  "devices/a/telemetry/xml",
])("%s has no route", (topic) => {
  expect(routes.find(topic)).toBeUndefined();
});
