import sparkplugPayload from "sparkplug-payload";
import { defaultDecodeLimits, type DecodedMessage } from "../src/decoder.ts";
import { Routes } from "../src/routes.ts";
import { Sparkplug, type SparkplugOptions } from "../src/sparkplug/sparkplug.ts";

/** Payloads by the encoder of the Eclipse Tahu project, and what it makes of ours. */
export const tahu = sparkplugPayload.get("spBv1.0")!;
export type Payload = Parameters<typeof tahu.encodePayload>[0];

export const start = 1_700_000_000_000;

/** A decoder and its clock. */
export function sparkplug(options: SparkplugOptions = {}) {
  let now = start;
  const decoder = new Sparkplug({ now: () => now, ...options });
  const routes = new Routes(decoder.routes());
  const take = (
    topic: string,
    payload: Uint8Array | Payload,
  ): DecodedMessage & { readonly device: string | undefined } => {
    const route = routes.find(topic)!;
    const bytes = payload instanceof Uint8Array ? payload : tahu.encodePayload(payload);
    return { device: route.device, ...route.decoder(bytes, defaultDecodeLimits) };
  };
  return { decoder, take, routes, wait: (millis: number) => (now += millis) };
}

export const bdSeq = (value: number) => ({ name: "bdSeq", type: "UInt64", value }) as const;
export const rows = ({ samples }: DecodedMessage) =>
  samples.flatMap(({ time, readings }) => readings.map(({ metric, value, unit }) => [metric, value, unit, time]));

export const nodeBirth: Payload = {
  timestamp: start,
  seq: 0,
  metrics: [
    bdSeq(7),
    { name: "Node Control/Rebirth", type: "Boolean", value: false },
    { name: "Properties/Hardware Make", type: "String", value: "Acme", alias: 1 },
    {
      name: "Temperature",
      type: "Double",
      value: 21.5,
      alias: 2,
      properties: { engUnit: { type: "String", value: "Cel" } },
    },
    { name: "Count", type: "Int32", value: -5, alias: 3 },
    { name: "Big", type: "Int64", value: 12, alias: 4 },
  ],
};
export const deviceBirth: Payload = {
  timestamp: start,
  seq: 1,
  metrics: [{ name: "Speed", type: "Float", value: 1.5, alias: 10 }],
};

/** What an encoder sends that leaves out what the birth said: alias and value alone. */
export const aliased = (seq: number, ...metrics: string[]) =>
  Buffer.concat([
    Buffer.from("08", "hex"),
    varint(start + 1000),
    ...metrics.map((hex) => Buffer.from(hex, "hex")),
    Buffer.of(0x18),
    varint(seq),
  ]);
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
export const temperatureIs22 = "120b1002690000000000003640";

export function born(options?: SparkplugOptions) {
  const started = sparkplug(options);
  started.take("spBv1.0/plant/NBIRTH/line1", nodeBirth);
  started.take("spBv1.0/plant/DBIRTH/line1/motor", deviceBirth);
  return started;
}
