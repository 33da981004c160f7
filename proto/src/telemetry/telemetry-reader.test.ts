import { DecodeError } from "@headwater/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { telemetry } from "../codec.ts";
import { wireRecord } from "../../test/wire-record.ts";
import type { TelemetryRecord } from "../event-types.ts";
import { readTelemetry } from "./read-telemetry.ts";
import { TelemetryReader } from "./telemetry-reader.ts";

/** Whatever a reader of records looks at; units are left out. */
function seen(record: TelemetryRecord, wanted?: ReadonlySet<string>): unknown {
  const { gateway, epoch, n, receivedAt, device, eventTime, incarnation, readings } = record;
  const { attributes, mark, tick, gap, derived } = record;
  const shown = readings.map(({ metric, number, boolean, text, timeDelta }) =>
    wanted === undefined || wanted.has(metric) ? { metric, number, boolean, text, timeDelta } : undefined,
  );
  return [
    { gateway, epoch, n, receivedAt, device, eventTime, incarnation, attributes: { ...attributes } },
    [mark, tick, gap, derived].map((each) => JSON.stringify(each)),
    shown.some((each) => each !== undefined) || wanted === undefined ? shown : [],
  ];
}

function outcome(read: () => TelemetryRecord, wanted?: ReadonlySet<string>): unknown {
  try {
    return seen(read(), wanted);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return error.message;
  }
}

const name = fc.constantFrom("temperature", "on", "größe", "x");
const value = fc.oneof(
  fc.record({ number: fc.double({ noNaN: true }) }),
  fc.record({ boolean: fc.boolean() }),
  fc.record({ text: fc.constant("open") }),
);
const reading = fc.tuple(name, value).map(([metric, held]) => ({ metric, ...held }));
const record = fc.record(
  {
    gateway: fc.constantFrom("g1", "gateway-2"),
    epoch: fc.nat(),
    n: fc.integer({ min: 0, max: 2 ** 32 }),
    receivedAt: fc.integer({ min: 0, max: 2 ** 50 }),
    device: fc.constantFrom("boiler-1", "größe", ""),
    eventTime: fc.integer({ min: -5, max: 2 ** 50 }),
    readings: fc.array(reading, { maxLength: 5 }),
    incarnation: fc.constantFrom(0, 0, 3),
    mark: fc.constantFrom(undefined, undefined, { received: 3 }),
    tick: fc.constantFrom(undefined, undefined, { ownerEpoch: 1 }),
  },
  { requiredKeys: ["gateway", "n", "device", "readings"] },
);

describe("a reader of telemetry that keeps names", () => {
  it("reads every record as the codec does", () => {
    const reader = new TelemetryReader();
    fc.assert(
      fc.property(record, (input) => {
        const bytes = telemetry.encode(input);
        expect(outcome(() => reader.read(bytes))).toEqual(outcome(() => readTelemetry(bytes)));
      }),
      { numRuns: propertyRuns(3000) },
    );
  });

  it("reads what any encoder could write as the codec does", () => {
    const reader = new TelemetryReader();
    fc.assert(
      fc.property(wireRecord, (bytes) => {
        expect(outcome(() => reader.read(bytes))).toEqual(outcome(() => readTelemetry(bytes)));
      }),
      { numRuns: propertyRuns(5000) },
    );
  });

  it("leaves the readings that are wanted in their places, and the record as it is", () => {
    const wanted = new Set(["temperature", "on"]);
    const reader = new TelemetryReader(wanted);
    fc.assert(
      fc.property(record, (input) => {
        const bytes = telemetry.encode(input);
        expect(outcome(() => reader.read(bytes), wanted)).toEqual(outcome(() => readTelemetry(bytes), wanted));
      }),
      { numRuns: propertyRuns(3000) },
    );
  });

  it("has an error for a record without a value", () => {
    expect(() => new TelemetryReader().read(null)).toThrow(DecodeError);
  });
});
