import { DecodeError } from "@headwater/core";
import { Encoder } from "cbor-x";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused, testLimits } from "../../test/decoder-properties.ts";
import { defaultDecodeLimits } from "../decoder.ts";
import { decodeHeadwaterJson } from "../headwater-json.ts";
import { asJson, decodeHeadwaterCbor } from "./headwater-cbor.ts";
import { readCbor } from "./cbor-reader.ts";

/** An encoder that others wrote. */
const cbor = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: false });
const bytes = (hex: string) => Buffer.from(hex, "hex");
const decode = (value: unknown) => decodeHeadwaterCbor(cbor.encode(value), defaultDecodeLimits);

describe("the shapes of Headwater JSON", () => {
  it("metrics and their values, samples with a time, arrays of both", () => {
    expect(decode({ temperature: 21.5, on: true, mode: "eco" }).samples).toEqual([
      {
        readings: [
          { metric: "temperature", value: 21.5 },
          { metric: "on", value: true },
          { metric: "mode", value: "eco" },
        ],
      },
    ]);
    expect(decode([{ ts: 1_700_000_000_123.5, values: { a: 1 } }, { b: 2 }]).samples).toEqual([
      { time: 1_700_000_000_123_500, readings: [{ metric: "a", value: 1 }] },
      { readings: [{ metric: "b", value: 2 }] },
    ]);
  });

  it("a sample that is not valid is set aside, and the others are read", () => {
    // [{"a": 4096("x")}, {"ts": 1(NaN), "values": {"a": 1}}, {"a": 1, "a": 2}, {"b": "\xff"}, {1: 1}, {"c": [4096(1)]}]
    const samples = ["a16161d910006178", "a2627473c1f97e006676616c756573a1616101", "a2616101616102", "a1616261ff"];
    const message = decodeHeadwaterCbor(bytes(`86${samples.join("")}a10101a1616381d9100001`), defaultDecodeLimits);
    expect(message.samples).toEqual([{ readings: [{ metric: "a", value: 1 }] }]);
    const reason = message.effects?.quarantine;
    expect(reason).toContain("sample 0: The CBOR has tag 4096");
    expect(reason).toContain("sample 2: The CBOR has the key a twice; sample 3: The CBOR has text that is not UTF-8");
    expect(reason).toContain("and 2 more");
  });

  it("ts as a tagged time", () => {
    const tagged = bytes("a2627473c11a6553f1006676616c756573a1616101");
    expect(decodeHeadwaterCbor(tagged, defaultDecodeLimits).samples).toEqual([
      { time: 1_700_000_000_000_000, readings: [{ metric: "a", value: 1 }] },
    ]);
  });

  it("64-bit integers and floats that JSON has no number for are noted; bytes become base64url", () => {
    expect(
      decode({ big: 9007199254740993n, fits: 9007199254740992n, nan: Number.NaN, raw: Buffer.from([0xfb, 0xff]) }),
    ).toEqual({
      samples: [
        {
          readings: [
            { metric: "big", value: 9007199254740992 },
            { metric: "fits", value: 9007199254740992 },
            { metric: "raw", value: "-_8" },
          ],
        },
      ],
      notes: { "not-a-number": "nan", exact: '{"big":"9007199254740993"}' },
    });
  });

  it("inside of a value too: as digits, or as text where JSON has no number", () => {
    expect(decode({ o: { big: 9007199254740993n, nan: Number.NaN } }).samples[0]!.readings[0]!.value).toBe(
      '{"big":9007199254740993,"nan":"NaN"}',
    );
  });

  it("__proto__ is a key like any other", () => {
    const { samples } = decodeHeadwaterCbor(bytes("a2695f5f70726f746f5f5f0161780a"), defaultDecodeLimits);
    expect(samples[0]!.readings).toEqual([
      { metric: "__proto__", value: 1 },
      { metric: "x", value: 10 },
    ]);
    expect({}).not.toHaveProperty("x");
  });

  it("keys that are no text, and values that are no object, are refused", () => {
    expect(() => decodeHeadwaterCbor(bytes("a10102"), defaultDecodeLimits)).toThrow("has to be text");
    expect(() => decode(21.5)).toThrow("has to be an object");
    expect(() => decode({})).toThrow("no readings");
  });
});

/** What it decodes to, or why it is refused. */
function outcome(of: () => unknown): unknown {
  try {
    return of();
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return (error as DecodeError).message;
  }
}

it("whatever JSON says, CBOR by an encoder of others says the same", () => {
  const limits = { ...defaultDecodeLimits, maxDepth: 32 };
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1, unit: "grapheme" }), fc.jsonValue({ maxDepth: 4 })),
      (value) => {
        fc.pre(!Object.hasOwn(value, "values") && !JSON.stringify(value).includes("__proto__"));
        const fromJson = outcome(() => decodeHeadwaterJson(Buffer.from(JSON.stringify(value)), limits));
        const fromCbor = outcome(() => decodeHeadwaterCbor(cbor.encode(JSON.parse(JSON.stringify(value))), limits));
        expect(fromCbor).toEqual(fromJson);
      },
    ),
  );
});

it("every value by an encoder of others is read as it was", () => {
  fc.assert(
    fc.property(
      fc.anything({
        maxDepth: 3,
        withBigInt: false,
        withNullPrototype: false,
        values: [
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.boolean(),
          fc.string({ unit: "grapheme" }),
          fc.constant(null),
          fc.integer(),
        ],
      }),
      (value) => {
        fc.pre(!JSON.stringify(value).includes("__proto__"));
        // -0 is written as the integer 0.
        const expected: unknown = JSON.parse(JSON.stringify(value));
        expect(
          JSON.parse(JSON.stringify(asJson(readCbor(cbor.encode(value), { maxDepth: 16, maxItems: 10_000 })))),
        ).toEqual(expected);
      },
    ),
  );
});

describe("hostile payloads", () => {
  anyBytesAreDecodedOrRefused(
    decodeHeadwaterCbor,
    [
      cbor.encode({ temperature: 21.5, on: true, mode: "eco", n: { a: [1, 2n ** 60n, null] } }),
      cbor.encode([{ ts: 1_700_000_000_000, values: { a: 1.1, b: "ü" } }]),
      bytes("bf6346756ef563416d74c24901000000000000000063746d65c11a514b67b0ff"),
    ],
    [
      bytes("81".repeat(200_000)),
      bytes(`9a0003d090${"00".repeat(250_000)}`),
      bytes(`5f${"40".repeat(262_000)}ff`),
      bytes(`bf${Array.from({ length: 60_000 }, (_, i) => `19${i.toString(16).padStart(4, "0")}00`).join("")}ff`),
      bytes("9affffffff"),
      Buffer.concat([bytes("a16161"), cbor.encode("x".repeat(250_000))]),
    ],
  );

  it("the limits are the message's", () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`m${i}`, i]));
    expect(() => decodeHeadwaterCbor(cbor.encode(many), testLimits)).toThrow("more than 50 readings");
  });
});
