import { DecodeError } from "@headwater/core";
import { events, type TelemetryInput } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused } from "../../test/decoder-properties.ts";
import { defaultDecodeLimits } from "../decoder.ts";
import { decodeHeadwaterProtobuf } from "./headwater-protobuf.ts";

const time = 1_700_000_000_000_000;
const decode = (record: TelemetryInput) =>
  decodeHeadwaterProtobuf(events.telemetry.encode(record), defaultDecodeLimits);

const full: TelemetryInput = {
  eventTime: time,
  readings: [
    { metric: "temperature", number: 21.5, unit: "Cel" },
    { metric: "door", boolean: false },
    { metric: "mode", text: "eco" },
    { metric: "temperature", number: 21.25, unit: "Cel", timeDelta: -1_000_000 },
  ],
};

it("readings by their times", () => {
  expect(decode(full)).toEqual({
    samples: [
      {
        time,
        readings: [
          { metric: "temperature", value: 21.5, unit: "Cel" },
          { metric: "door", value: false },
          { metric: "mode", value: "eco" },
        ],
      },
      { time: time - 1_000_000, readings: [{ metric: "temperature", value: 21.25, unit: "Cel" }] },
    ],
  });
});

it("bytes that a C encoder (nanopb's layout: fields in order, no unit) would send", () => {
  // 3a: readings; 0a metric "t"; 11 double 21.5
  const bytes = Buffer.from("3a0c0a01741100000000008035400a", "hex").subarray(0, 14);
  expect(decodeHeadwaterProtobuf(bytes, defaultDecodeLimits).samples).toEqual([
    { readings: [{ metric: "t", value: 21.5 }] },
  ]);
});

it("without a time all is of the receive time, a repeated metric in a sample of its own", () => {
  const { samples } = decode({
    readings: [
      { metric: "a", number: 1 },
      { metric: "b", number: 2 },
      { metric: "a", number: 3 },
    ],
  });
  expect(samples.map(({ time: own, readings }) => [own, readings.length])).toEqual([
    [undefined, 2],
    [undefined, 1],
  ]);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%f is no reading, and noted", (number) => {
  expect(
    decode({
      readings: [
        { metric: "a", number },
        { metric: "b", number: 1 },
      ],
    }),
  ).toEqual({
    samples: [{ readings: [{ metric: "b", value: 1 }] }],
    notes: { "not-a-number": "a" },
  });
});

it("readings that cannot be are set aside, and the others are read", () => {
  const { samples, effects } = decode({ readings: [{ metric: "a" }, { metric: "b", number: 1 }, { number: 2 }] });
  expect(samples).toEqual([{ readings: [{ metric: "b", value: 1 }] }]);
  expect(effects!.quarantine).toMatch(/a: A reading has no value; A metric's name/);
});

it.each([
  ["gateway", { gateway: "g" }],
  ["epoch", { epoch: 1 }],
  ["n", { n: 1 }],
  ["received_at", { receivedAt: 1 }],
  ["device", { device: "another" }],
  ["attributes", { attributes: { site: "north" } }],
  ["mark", { mark: {} }],
  ["tick", { tick: {} }],
  ["gap", { gap: { fromN: 1, toN: 2 } }],
  ["derived", { derived: { rule: "r" } }],
])("%s is not a device's to give", (name, extra) => {
  expect(() => decode({ ...full, ...extra })).toThrow(`${name} is not a device's`);
});

it.each([
  ["no readings", {}],
  ["no value", { readings: [{ metric: "a" }] }],
  ["name", { readings: [{ number: 1 }] }],
  ["time_delta needs", { readings: [{ metric: "a", number: 1, timeDelta: 5 }] }],
])("refused: %s", (reason, record) => {
  expect(() => decode(record)).toThrow(reason);
  expect(() => decode(record)).toThrow(DecodeError);
});

it("times beyond 2^53 microseconds are refused, not rounded", () => {
  expect(() => decodeHeadwaterProtobuf(Buffer.from("30818080808080801080", "hex"), defaultDecodeLimits)).toThrow(
    DecodeError,
  );
});

it("text that is not UTF-8 is refused", () => {
  const bytes = Buffer.from("3a070a01ff22026869", "hex");
  expect(() => decodeHeadwaterProtobuf(bytes, defaultDecodeLimits)).toThrow(DecodeError);
});

describe("hostile payloads", () => {
  const sample = events.telemetry.encode(full);
  anyBytesAreDecodedOrRefused(
    decodeHeadwaterProtobuf,
    [sample],
    [
      // Empty readings by the hundred thousand; a lying length; groups within groups.
      Buffer.alloc(262_144, Buffer.from("3a00", "hex")),
      Buffer.from("3affffffff0f", "hex"),
      Buffer.alloc(262_144, 0x0b),
    ],
  );
});
