import { DecodeError } from "@headwater/core";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused } from "../../test/decoder-properties.ts";
import { defaultDecodeLimits } from "../decoder.ts";
import { plainValueOfTopic } from "./plain-value.ts";

const decoder = plainValueOfTopic({ topic: "", names: new Map([["metric", "temperature"]]), device: "d" });
const decode = (text: string) => decoder(Buffer.from(text), defaultDecodeLimits);

it.each([
  ["21.5", 21.5],
  [" 21.5\n", 21.5],
  ["+3", 3],
  ["-0.25e-3", -0.00025],
  ["1e308", 1e308],
  ["true", true],
  ["false", false],
  ["ON", "ON"],
  ["21.5 °C", "21.5 °C"],
  ["0042", "0042"],
  [".5", 0.5],
  ["-.5e1", -5],
  ["5.", 5],
  ["+5.", 5],
  [".", "."],
  ["5.\0", 5],
  ["\uFEFF21.5\r\n\0\0", 21.5],
  ["nano", "nano"],
  ["0x10", "0x10"],
  ["", undefined],
  ["  ", undefined],
])("%j is the value %j", (text, value) => {
  if (value === undefined) expect(() => decode(text)).toThrow(DecodeError);
  else expect(decode(text)).toEqual({ samples: [{ readings: [{ metric: "temperature", value }] }] });
});

it("1e400 is kept as text and marked, for no double comes near it", () => {
  expect(decode("1e400")).toEqual({
    samples: [{ readings: [{ metric: "temperature", value: "1e400" }] }],
    notes: { "kept-as-text": "temperature" },
  });
});

it.each([
  ["9007199254740993", 9_007_199_254_740_992],
  ["1e-400", 0],
])("%s is the nearest double, its digits noted", (text, value) => {
  expect(decode(text)).toEqual({
    samples: [{ readings: [{ metric: "temperature", value }] }],
    notes: { exact: `{"temperature":"${text}"}` },
  });
});

it.each(["NaN", "nan", "-nan", "Infinity", "-inf", "+INF", "-nan(ind)", "nan(0x7ff)", "1.#INF", "-1.#IND", "1.#QNAN"])(
  "%s is no reading, and no reason for quarantine",
  (text) => {
    expect(decode(text)).toEqual({
      samples: [],
      notes: { "not-a-number": "temperature" },
      effects: { ignored: "no-values" },
    });
  },
);

it("bytes that are not UTF-8 are refused", () => {
  expect(() => decoder(Uint8Array.of(0xff, 0xfe), defaultDecodeLimits)).toThrow("UTF-8");
});

describe("hostile payloads", () => {
  anyBytesAreDecodedOrRefused(decoder, [Buffer.from("21.5"), Buffer.from("-1e300")], [Buffer.alloc(262_144, "1")]);
});
