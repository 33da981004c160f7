import { DecodeError } from "@headwater/core";
import { Encoder } from "cbor-x";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused, testLimits } from "../../test/decoder-properties.ts";
import { defaultDecodeLimits } from "../decoder.ts";
import { decodeHeadwaterJson } from "../headwater-json.ts";
import { InexactNumber } from "../json-text.ts";
import { Unreadable } from "../unreadable.ts";
import { asJson, decodeHeadwaterCbor } from "./headwater-cbor.ts";
import { readCbor } from "./cbor-reader.ts";

/** An encoder that others wrote. */
const cbor = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: false });
const bytes = (hex: string) => Buffer.from(hex, "hex");
const read = (hex: string) => readCbor(bytes(hex), { maxDepth: 16, maxItems: 1000 });
const decode = (value: unknown) => decodeHeadwaterCbor(cbor.encode(value), defaultDecodeLimits);

describe("the examples of RFC 8949, appendix A", () => {
  it.each<[string, unknown]>([
    ["00", 0],
    ["1818", 24],
    ["1903e8", 1000],
    ["1a000f4240", 1_000_000],
    ["1b000000e8d4a51000", 1_000_000_000_000],
    ["1bffffffffffffffff", new InexactNumber("18446744073709551615")],
    ["c249010000000000000000", 18446744073709551616],
    ["3bffffffffffffffff", -18446744073709551616],
    ["c349010000000000000000", new InexactNumber("-18446744073709551617")],
    ["20", -1],
    ["3903e7", -1000],
    ["f98000", -0],
    ["f93c00", 1],
    ["fb3ff199999999999a", 1.1],
    ["f97bff", 65504],
    ["fa47c35000", 100_000],
    ["fa7f7fffff", 3.4028234663852886e38],
    ["fb7e37e43c8800759c", 1e300],
    ["f90001", 5.960464477539063e-8],
    ["f90400", 0.00006103515625],
    ["f9c400", -4],
    ["f97c00", new InexactNumber("Infinity")],
    ["f97e00", new InexactNumber("NaN")],
    ["fbfff0000000000000", new InexactNumber("-Infinity")],
    ["f4", false],
    ["f5", true],
    ["f6", null],
    ["f7", undefined],
    ["c074323031332d30332d32315432303a30343a30305a", "2013-03-21T20:04:00Z"],
    ["c11a514b67b0", "2013-03-21T20:04:00.000000Z"],
    ["c1fb41d452d9ec200000", "2013-03-21T20:04:00.500000Z"],
    ["4401020304", bytes("01020304")],
    ["60", ""],
    ["6449455446", "IETF"],
    ["62c3bc", "ü"],
    ["64f0908591", "𐅑"],
    ["80", []],
    ["83010203", [1, 2, 3]],
    ["8301820203820405", [1, [2, 3], [4, 5]]],
    ["a0", new Map()],
    [
      "a201020304",
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      "a26161016162820203",
      new Map<string, unknown>([
        ["a", 1],
        ["b", [2, 3]],
      ]),
    ],
    ["5f42010243030405ff", Buffer.from("0102030405", "hex")],
    ["7f657374726561646d696e67ff", "streaming"],
    ["9fff", []],
    ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
    [
      "bf6346756ef563416d7421ff",
      new Map<string, unknown>([
        ["Fun", true],
        ["Amt", -2],
      ]),
    ],
  ])("%s", (hex, value) => {
    expect(read(hex)).toEqual(value);
  });

  it.each(["f0", "f818", "f8ff"])("%s, a simple value without a meaning, cannot be read", (hex) => {
    expect(read(hex)).toBeInstanceOf(Unreadable);
  });

  it.each<[string, unknown]>([
    ["d74401020304", bytes("01020304")],
    ["d818456449455446", bytes("6449455446")],
    ["d82076687474703a2f2f7777772e6578616d706c652e636f6d", "http://www.example.com"],
    ["d8255000112233445566778899aabbccddeeff", bytes("00112233445566778899aabbccddeeff")],
  ])("%s, a tag that says how to show its value, is the value", (hex, value) => {
    expect(read(hex)).toEqual(value);
  });

  it.each<[string, unknown]>([
    ["c48221196ab3", 273.15],
    ["c4820305", 5000],
    ["c48221c249010000000000000000", 184_467_440_737_095_520],
    ["c482390190 01", new InexactNumber("1e-401")],
    ["c482190190 01", new InexactNumber("1e400")],
    ["c5822003", 1.5],
    ["c5821a000003ff01", 2 ** 1023],
    ["c5823a0000043101", 2 ** -1074],
    ["c1fb41d452d9e20fc9ab", "2013-03-21T20:03:20.246683Z"],
    ["c11a6553f100", "2023-11-14T22:13:20.000000Z"],
    ["c11b0000018bcfe56800", "+055840-11-08T22:13:20.000Z"],
    ["c1f97e00", new InexactNumber("NaN")],
    ["d903ec6a323032362d31312d3237", "2026-11-27"],
  ])("%s, a tag for numbers and times", (hex, value) => {
    expect(read(hex.replaceAll(" ", ""))).toEqual(value);
  });
});

describe("what is not well-formed (RFC 8949, appendix F) is refused", () => {
  it.each([
    ["", "ends too early"],
    ["18", "ends too early"],
    ["1b00000000000000", "ends too early"],
    ["41", "ends too early"],
    ["5bffffffffffffffff010203", "ends too early"],
    ["9affffffff00", "ends too early"],
    ["bb7fffffffffffffff", "ends too early"],
    ["a20102", "ends too early"],
    ["a1ff", "key"],
    ["a101ff", "without a value"],
    ["bf01ff", "without a value"],
    ["81ff", "break"],
    ["ff", "break"],
    ["5f00ff", "another kind"],
    ["5f6100ff", "another kind"],
    ["5f5f4100ffff", "another kind"],
    ["9f", "ends too early"],
    ["1c", "not well-formed"],
    ["3e", "not well-formed"],
    ["1f", "not well-formed"],
    ["fc", "not well-formed"],
    ["0000", "goes on"],
    ["c1ff", "tag without a value"],
  ])("%s: %s", (hex, reason) => {
    expect(() => read(hex)).toThrow(reason);
    expect(() => read(hex)).toThrow(DecodeError);
  });

  it.each([
    ["a2616101616102", "twice"],
    ["61ff", "UTF-8"],
    ["7f61c361bcff", "UTF-8"],
    ["a1f501", "no text"],
    ["d9100001", "tag 4096"],
    ["c06161", undefined],
    ["c001", "tag 0"],
    ["c16161", "tag 1"],
    [`c25841${"ff".repeat(65)}`, "tag 2"],
    ["c48101", "tag 4"],
    ["c482f93c0001", undefined],
    ["c482fb3ff800000000000001", "tag 4"],
    ["c4820161 61", "tag 4"],
    ["c5821a7fffffff01", "tag 5"],
    ["c1fb7e37e43c8800759c", "tag 1"],
  ])("%s is well-formed and not valid: %s; what is beside it is read", (written, reason) => {
    const hex = written.replaceAll(" ", "");
    const value = read(`83${hex}0201`);
    expect(value).toEqual([reason === undefined ? expect.anything() : expect.any(Unreadable), 2, 1]);
    if (reason !== undefined) expect((read(hex) as Unreadable).reason).toContain(reason);
  });

  it("nesting and numbers of values beyond the limits", () => {
    expect(() => read("81".repeat(100) + "00")).toThrow("nests deeper");
    expect(() => read("c1".repeat(100) + "00")).toThrow("nests deeper");
    expect(() => read(`9903e9${"00".repeat(1001)}`)).toThrow("more than 1000 values");
  });
});

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
