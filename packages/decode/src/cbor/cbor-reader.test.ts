import { DecodeError } from "@headwater/core";
import { describe, expect, it } from "vitest";
import { InexactNumber } from "../json-text.ts";
import { Unreadable } from "../unreadable.ts";
import { readCbor } from "./cbor-reader.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");
const read = (hex: string) => readCbor(bytes(hex), { maxDepth: 16, maxItems: 1000 });

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
