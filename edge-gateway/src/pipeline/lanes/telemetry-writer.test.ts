import { events } from "@headwater/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DecodedMessage } from "@headwater/decode";
import { ByteWriter } from "../frame/byte-writer.ts";
import { Lane } from "./lane.ts";
import { deviceBytes, identityBytes, writeEvent, writeMark } from "./telemetry-writer.ts";

const micros = fc.integer({ min: 1, max: 2 ** 52 });
const text = fc.string({ unit: "binary", maxLength: 300 }).filter((it) => it.isWellFormed());
const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), text);
const reading = fc.record({ metric: text, value, unit: fc.option(text, { nil: undefined }) });
const sample = fc.record({ readings: fc.array(reading, { minLength: 1, maxLength: 5 }) });

test("writes an event byte for byte as the codec does", () => {
  fc.assert(
    fc.property(
      fc.array(sample, { minLength: 1, maxLength: 6 }),
      fc.tuple(micros, micros, micros),
      fc.array(micros, { minLength: 6, maxLength: 6 }),
      fc.dictionary(text, text, { maxKeys: 3 }),
      (samples, [epoch, n, receivedAt], times, attributes) => {
        const message: DecodedMessage = { samples };
        const eventTime = times[0]!;
        const writer = new ByteWriter(Buffer.alloc(16));
        const sampleTimes = times.slice(0, samples.length);
        writeEvent(writer, identityBytes("gw", epoch), n, deviceBytes("boiler-1"), message, {
          receivedAt,
          eventTime,
          sampleTimes,
          implausible: 0,
          attributes,
        });
        const expected = {
          gateway: "gw",
          epoch,
          n,
          receivedAt,
          device: "boiler-1",
          eventTime,
          attributes,
          readings: samples.flatMap(({ readings }, index) =>
            readings.map((it) => ({
              metric: it.metric,
              ...(typeof it.value === "number" && { number: it.value }),
              ...(typeof it.value === "boolean" && { boolean: it.value }),
              ...(typeof it.value === "string" && { text: it.value }),
              unit: it.unit ?? "",
              timeDelta: sampleTimes[index]! - eventTime,
            })),
          ),
        };
        const bytes = writer.bytes.subarray(0, writer.position);
        expect(events.telemetry.decode(bytes)).toEqual(
          events.telemetry.decode(events.telemetry.encode(expected as Parameters<typeof events.telemetry.encode>[0])),
        );
      },
    ),
  );
});

test("a mark carries the lane's account", () => {
  const lane = new Lane(3, { n: 8, received: 5, dropped: { corrupt: 2, "log-refused": 1 } });
  const writer = new ByteWriter();
  writeMark(writer, identityBytes("gw", 7), lane.next(), 1_700_000_000_000_000, lane);
  const record = events.telemetry.decode(writer.bytes.subarray(0, writer.position));
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
