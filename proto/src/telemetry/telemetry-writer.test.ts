import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { telemetry } from "../codec.ts";
import type { TelemetryInput } from "../event-types.ts";
import { ByteWriter } from "./byte-writer.ts";
import { deviceBytes, identityBytes, type SampleToWrite, writeEvent, writeMark } from "./telemetry-writer.ts";

const micros = fc.oneof(fc.integer({ min: 1, max: 2 ** 52 }), fc.constantFrom(1, 127, 128, 2 ** 31, 2 ** 32, 2 ** 52));
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }).filter((it) => it.isWellFormed()),
  fc.constantFrom("", "temperature", "größe", "x".repeat(48), "x".repeat(49), "ü".repeat(64), "__proto__"),
);
const number = fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, Infinity, Number.MIN_VALUE));
const value = fc.oneof(number, fc.boolean(), text);
const reading = fc.record({ metric: text, value, unit: fc.option(text, { nil: undefined }) });
const sample = fc.record({ readings: fc.array(reading, { minLength: 1, maxLength: 5 }) });
const samples = fc.array(sample, { minLength: 1, maxLength: 6 });

function valueOf(value: number | boolean | string): { number: number } | { boolean: boolean } | { text: string } {
  if (typeof value === "number") return { number: value };
  return typeof value === "boolean" ? { boolean: value } : { text: value };
}

/** The same event as the codec's encoder takes it. */
function inputOf(
  samples: readonly SampleToWrite[],
  sampleTimes: readonly number[] | null,
  eventTime: number,
): TelemetryInput["readings"] {
  return samples.flatMap(({ readings }, index) =>
    readings.map(({ metric, value, unit }) => ({
      metric,
      ...valueOf(value),
      unit: unit ?? "",
      timeDelta: sampleTimes === null ? 0 : sampleTimes[index]! - eventTime,
    })),
  );
}

const written = (writer: ByteWriter, from = 0): Uint8Array => writer.bytes.subarray(from, writer.position);

describe("the writer of telemetry.v1", () => {
  it("writes an event that the generated code decodes to the same as its own", () => {
    fc.assert(
      fc.property(
        samples,
        fc.tuple(micros, micros, micros),
        fc.option(fc.array(micros, { minLength: 6, maxLength: 6 })),
        fc.dictionary(text, text, { maxKeys: 3 }),
        fc.tuple(text, text),
        fc.nat({ max: 40 }),
        fc.constantFrom(0, 1, 127, 128, 0xffff_ffff),
        (samples, [epoch, n, receivedAt], times, attributes, [gateway, device], before, incarnation) => {
          const sampleTimes = times === null ? null : times.slice(0, samples.length);
          const eventTime = sampleTimes?.[0] ?? receivedAt;
          // A short buffer that another event has begun to fill: it grows in the midst of this one.
          const writer = new ByteWriter(Buffer.alloc(48));
          writer.raw(new Uint8Array(before).fill(0xff));
          const fields = { receivedAt, eventTime, sampleTimes, attributes };
          writeEvent(writer, identityBytes(gateway, epoch), n, deviceBytes(device, incarnation), samples, fields);
          const readings = inputOf(samples, sampleTimes, eventTime);
          const encoded = telemetry.encode({
            ...{ gateway, epoch, n, receivedAt, device, eventTime, attributes, readings, incarnation },
          });
          expect(telemetry.decode(written(writer, before))).toEqual(telemetry.decode(encoded));
        },
      ),
      { numRuns: propertyRuns(500) },
    );
  });

  it("writes a mark with the totals of its lane", () => {
    fc.assert(
      fc.property(
        fc.tuple(text, micros, micros, micros),
        fc.nat(),
        fc.dictionary(text, fc.nat(), { maxKeys: 20 }),
        ([gateway, epoch, n, receivedAt], received, drops) => {
          const writer = new ByteWriter(Buffer.alloc(16));
          const dropped = new Map(Object.entries(drops));
          writeMark(writer, identityBytes(gateway, epoch), n, receivedAt, { received, dropped });
          const counts = [...dropped].map(([reason, count]) => ({ reason, count }));
          const total = counts.reduce((sum, { count }) => sum + count, 0);
          const encoded = telemetry.encode({
            ...{ gateway, epoch, n, receivedAt, eventTime: receivedAt },
            mark: { received, dropped: total, drops: counts },
          });
          expect(telemetry.decode(written(writer))).toEqual(telemetry.decode(encoded));
        },
      ),
    );
  });

  it("writes a mark whose drops are told by reason and in sum", () => {
    const writer = new ByteWriter();
    writeMark(writer, identityBytes("gw", 7), 9, 1_700_000_000_000_000, {
      received: 5,
      dropped: new Map([
        ["corrupt", 2],
        ["log-refused", 1],
      ]),
    });
    const record = telemetry.decode(written(writer));
    expect(record).toMatchObject({ gateway: "gw", epoch: 7, n: 9, receivedAt: 1_700_000_000_000_000 });
    expect(record.mark).toMatchObject({
      received: 5,
      dropped: 3,
      drops: [
        { reason: "corrupt", count: 2 },
        { reason: "log-refused", count: 1 },
      ],
    });
  });
});
