import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError, InvariantError } from "@headwater/core";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { events, maxEventBytes, maxReadings, readingValue } from "./index.ts";

const codecs = Object.entries(events).filter((entry): entry is [string, typeof events.telemetry] =>
  Object.hasOwn(entry[1] as object, "decode"),
);
const safeInteger = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const text = fc.string({ unit: "grapheme", maxLength: 20 });
const reading = fc.record({
  metric: text,
  number: fc.double(),
  unit: text,
  timeDelta: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
});
const record = fc.record({
  gateway: text,
  epoch: safeInteger,
  n: safeInteger,
  receivedAt: safeInteger,
  device: text,
  eventTime: safeInteger.map((time) => -time),
  readings: fc.array(reading, { maxLength: 5 }),
});

/** Fails in the middle of the message that it is. */
const broken = {
  metric: "a".repeat(300),
  get unit(): string {
    throw new Error("not there");
  },
};

describe("the codec of telemetry.v1", () => {
  it("gives back what it was given, microseconds and doubles exactly", () => {
    fc.assert(
      fc.property(record, (event) => {
        const decoded = events.telemetry.decode(events.telemetry.encode(event));
        expect(decoded).toMatchObject({ ...event, readings: event.readings.map(({ number }) => ({ number })) });
        for (const [index, { metric, unit, timeDelta }] of event.readings.entries()) {
          const back = decoded.readings[index]!;
          expect([back.metric, back.unit, back.timeDelta]).toEqual([metric, unit, timeDelta]);
        }
      }),
    );
  });

  it("encodes each event into bytes of its own, whatever comes after it and whatever failed before", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 2, maxLength: 6 }), fc.boolean(), (given, fails) => {
        const alone = given.map((event) => Uint8Array.from(events.telemetry.encode(event)));
        const kept = given.map((event) => {
          if (fails) expect(() => events.telemetry.encode({ ...event, readings: [broken] })).toThrow("not there");
          return events.telemetry.encode(event);
        });
        expect(kept.map((bytes) => Uint8Array.from(bytes))).toEqual(alone);
      }),
    );
  });

  it("encodes a short event after a very long one", () => {
    const long = { device: "d".repeat(200_000) };
    const short = { device: "d" };
    const bytes = events.telemetry.encode(long);
    expect(events.telemetry.decode(events.telemetry.encode(short)).device).toBe("d");
    expect(events.telemetry.decode(bytes).device).toBe(long.device);
  });

  it("has absent fields as defaults and absent messages as null", () => {
    const decoded = events.telemetry.decode(new Uint8Array());
    expect([decoded.gateway, decoded.n, decoded.receivedAt, decoded.readings.length]).toEqual(["", 0, 0, 0]);
    expect([decoded.mark, decoded.tick, decoded.gap, decoded.derived]).toEqual([null, null, null, null]);
  });

  it("tells false, 0 and empty text from no value", () => {
    const readings = [{ boolean: false }, { number: 0 }, { text: "" }, {}];
    const decoded = events.telemetry.decode(events.telemetry.encode({ readings }));
    expect(decoded.readings.map(readingValue)).toEqual([false, 0, "", undefined]);
  });

  it("refuses a 64-bit integer that a number cannot hold instead of rounding it", () => {
    const raw = Uint8Array.from([0x18, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]);
    expect(() => events.telemetry.decode(raw)).toThrow(/2\^53/);
  });

  it("encodes no 64-bit integer that it would not decode, whatever number it is handed", () => {
    const number = fc.oneof(
      fc.double(),
      fc.maxSafeInteger(),
      fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(Number),
      fc.constantFrom(
        2 ** 53,
        -(2 ** 53),
        2 ** 53 - 1,
        1 - 2 ** 53,
        2 ** 63,
        2 ** 64,
        -1,
        -0,
        Infinity,
        -Infinity,
        NaN,
      ),
    );
    const whole = number.map((value) => (Number.isFinite(value) ? Math.trunc(value) : value));
    const field = fc.constantFrom("epoch", "eventTime", "timeDelta");
    const counts = { encoded: 0, refused: 0 };
    fc.assert(
      fc.property(whole, field, (value, name) => {
        const event = name === "timeDelta" ? { readings: [{ metric: "m", timeDelta: value }] } : { [name]: value };
        let bytes: Uint8Array;
        try {
          bytes = events.telemetry.encode(event);
        } catch (error) {
          expect(error).toBeInstanceOf(InvariantError);
          expect(Number.isSafeInteger(value) && (value >= 0 || name !== "epoch")).toBe(false);
          counts.refused += 1;
          return;
        }
        const { epoch, eventTime, readings } = events.telemetry.decode(bytes);
        // Zero has one sign on the wire.
        expect({ epoch, eventTime, timeDelta: readings[0]?.timeDelta }[name]).toBe(value + 0);
        counts.encoded += 1;
      }),
      { numRuns: propertyRuns(1000) },
    );
    expect(Math.min(counts.encoded, counts.refused)).toBeGreaterThan(20);
  });

  it("refuses too many readings without building them", () => {
    const million = new Uint8Array(2_000_000).map((_, index) => (index % 2 === 0 ? 0x3a : 0));
    expect(() => events.telemetry.decode(million)).toThrow(DecodeError);
    expect(() => events.telemetry.decode(million.subarray(0, maxEventBytes))).toThrow(`more than ${maxReadings}`);
  });
});

describe("events that hold a message of a device", () => {
  const payload = Buffer.alloc(4 * 1024 * 1024, "x");

  it("may be as large as the largest message, and no other event may", () => {
    const quarantined = events.quarantine.encode({ device: "d", payload });
    expect(events.quarantine.decode(quarantined).payload.length).toBe(payload.length);
    const telemetry = events.telemetry.encode({ readings: [{ metric: "t", text: payload.toString() }] });
    expect(events.telemetry.decode(telemetry).readings).toHaveLength(1);
    expect(() => events.presence.decode(quarantined)).toThrow("more than the 1048576");
    expect(() => events.quarantine.decode(Buffer.alloc(6 * 1024 * 1024))).toThrow(DecodeError);
  });

  it("are refused if it is not their fields that are large, but how many there are", () => {
    const many = Buffer.concat(Array.from({ length: 1_000_000 }, () => Buffer.of(0x62, 0)));
    expect(() => events.quarantine.decode(many)).toThrow("too many fields");
  });
});

describe.each(codecs)("the codec %s", (_name, codec) => {
  it("gives a typed error or an event for any bytes, never another failure", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          codec.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it("keeps a field it does not know through a pass", () => {
    // Field 999, length-delimited, "later".
    const unknown = Uint8Array.from([0xba, 0x3e, 5, ...Buffer.from("later")]);
    const passed = codec.encode(codec.decode(unknown) as never);
    expect(Buffer.from(passed).includes(Buffer.from(unknown))).toBe(true);
  });
});

describe("hostile bytes of a real event", () => {
  const honest = events.telemetry.encode({
    gateway: "gw",
    epoch: 1,
    n: 2,
    device: "d",
    readings: [
      { metric: "temperature", number: 1 },
      { metric: "mode", text: "on" },
    ],
    attributes: { a: "b" },
  });

  it("truncated anywhere: an error or a shorter event, never a hang", () => {
    for (let length = 0; length < honest.length; length++) {
      try {
        events.telemetry.decode(honest.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }
  });

  it("with any byte changed: an error or another event", () => {
    fc.assert(
      fc.property(fc.nat(honest.length - 1), fc.integer({ min: 0, max: 255 }), (position, byte) => {
        const bent = Uint8Array.from(honest);
        bent[position] = byte;
        try {
          events.telemetry.decode(bent);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  it("text that is not UTF-8", () => {
    expect(() => events.telemetry.decode(Uint8Array.from([0x0a, 2, 0xc3, 0x28]))).toThrow(DecodeError);
  });

  it("a length that lies", () => {
    expect(() => events.telemetry.decode(Uint8Array.from([0x0a, 0xff, 0xff, 0xff, 0x7f, 1]))).toThrow(DecodeError);
  });
});
