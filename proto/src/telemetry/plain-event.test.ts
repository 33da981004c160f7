import { DecodeError } from "@headwater/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { telemetry } from "../codec.ts";
import { readTelemetry } from "./read-telemetry.ts";
import type { TelemetryInput, TelemetryRecord } from "../event-types.ts";
import { Interned } from "./interned.ts";
import { PlainEvent } from "./plain-event.ts";
import { wireRecord } from "../../test/wire-record.ts";

const ids = new Interned(1000, (id) => ({ id }));
const devices = {
  ofBytes: (bytes: Uint8Array, start: number, end: number) => ids.of(bytes, start, end),
};
const declined = "__proto__";
const plain = new PlainEvent<{ id: string }, string>((metric) => (metric === declined ? null : metric));

function decoded(bytes: Uint8Array): TelemetryRecord | undefined {
  try {
    return readTelemetry(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** If the reader accepts the bytes, then the codec decodes the same from them, and nothing else is in the record. */
function expectAgreement(bytes: Uint8Array): boolean {
  if (!plain.read(bytes, devices)) return false;
  const record = decoded(bytes);
  expect(record).toBeDefined();
  const { gateway, epoch, n, receivedAt, device, eventTime, incarnation, readings } = record!;
  const { attributes, mark, tick, gap, derived } = record!;
  expect([plain.gateway, plain.epoch, plain.n, plain.receivedAt]).toEqual([gateway, epoch, n, receivedAt]);
  expect([plain.device.id, plain.eventTime, plain.incarnation]).toEqual([device, eventTime, incarnation]);
  expect({ ...attributes }).toEqual({});
  expect([mark, tick, gap, derived]).toEqual([null, null, null, null]);
  expect(plain.metrics.slice(0, plain.count)).toEqual(readings.map(({ metric }) => metric));
  expect(plain.metrics.slice(0, plain.count)).not.toContain(declined);
  expect(plain.values.slice(0, plain.count)).toEqual(
    readings.map(({ number, boolean }) => number ?? (boolean === true ? 1 : 0)),
  );
  expect(plain.areBooleans.slice(0, plain.count)).toEqual(readings.map(({ boolean }) => boolean !== null));
  for (const { text, timeDelta } of readings) expect([text, timeDelta]).toEqual([null, 0]);
  return true;
}

const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("temperature", "on", "größe", "x_text", "") },
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constant(declined),
);
const integer = fc.oneof(fc.nat(), fc.constantFrom(0, 1, 2 ** 32, 2 ** 49, Number.MAX_SAFE_INTEGER));
const plainReading = fc.oneof(
  fc.record({ metric: name, number: fc.double({ noNaN: true }) }),
  fc.record({ metric: name, boolean: fc.boolean(), unit: fc.constantFrom("", "°C", "m/s") }),
);
const otherReading = fc.oneof(
  fc.record({ metric: name, text: name }),
  fc.record({ metric: name, number: fc.double({ noNaN: true }), timeDelta: fc.integer({ min: -5, max: 5 }) }),
  fc.record({ metric: name }),
  fc.record({ metric: name, number: fc.double({ noNaN: true }), text: fc.constant("both") }),
);
const reading = fc.oneof({ weight: 8, arbitrary: plainReading }, otherReading);
const record = fc.record(
  {
    gateway: fc.constantFrom("g1", "gateway-2", ""),
    epoch: integer,
    n: integer,
    receivedAt: integer,
    device: name,
    eventTime: fc.oneof({ weight: 6, arbitrary: integer }, fc.integer()),
    readings: fc.array(reading, { maxLength: 6 }),
    incarnation: fc.oneof(fc.constant(0), fc.nat({ max: 300 }), fc.constant(0xffff_ffff)),
    attributes: fc.constantFrom(undefined, undefined, undefined, { site: "north" }),
    mark: fc.constantFrom(undefined, undefined, undefined, { received: 3 }),
  },
  { requiredKeys: ["gateway", "device", "readings"] },
);

describe("an event read without the codec", () => {
  it("is what the codec decodes, for any record there can be", () => {
    fc.assert(
      fc.property(record, (input) => {
        expectAgreement(telemetry.encode(input as TelemetryInput));
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  it("is what the codec decodes, or is left to it, for bytes that were damaged", () => {
    const damage = fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 })), { maxLength: 3 });
    fc.assert(
      fc.property(record, damage, fc.nat({ max: 400 }), (input, changes, cut) => {
        const bytes = Uint8Array.from(telemetry.encode(input as TelemetryInput));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        expectAgreement(cut < bytes.length && changes.length === 0 ? bytes.subarray(0, cut) : bytes);
      }),
      { numRuns: propertyRuns(5000) },
    );
  });

  it("is what the codec decodes, or is left to it, for any bytes that another encoder could write", () => {
    const runs = propertyRuns(10_000);
    let accepted = 0;
    fc.assert(
      fc.property(wireRecord, fc.nat({ max: 400 }), fc.boolean(), (bytes, cut, whole) => {
        if (expectAgreement(whole ? bytes : bytes.subarray(0, cut))) accepted += 1;
      }),
      { numRuns: runs },
    );
    expect(accepted).toBeGreaterThan(runs / 500);
  });

  it("is what the codec decodes, or is left to it, for garbage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expectAgreement(bytes);
      }),
      { numRuns: propertyRuns(5000) },
    );
  });

  it("is read so if it is as most are", () => {
    const input = {
      gateway: "g1",
      epoch: 4_503_599_627_370_001,
      n: 12_345_678,
      receivedAt: 1_780_000_000_000_000,
      device: "boiler-1",
      eventTime: 1_780_000_000_000_001,
      incarnation: 2,
      readings: [
        { metric: "temperature", number: -21.5 },
        { metric: "on", boolean: true },
      ],
    };
    expect(expectAgreement(telemetry.encode(input))).toBe(true);
    // Views into a larger buffer, as a log hands them over.
    const bytes = telemetry.encode(input);
    const batch = new Uint8Array(bytes.length + 20);
    batch.set(bytes, 7);
    expect(expectAgreement(batch.subarray(7, 7 + bytes.length))).toBe(true);
  });
});
