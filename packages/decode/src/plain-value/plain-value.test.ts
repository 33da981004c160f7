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
  ["NaN", "NaN"],
  ["0x10", "0x10"],
  ["", undefined],
  ["  ", undefined],
])("%j is the value %j", (text, value) => {
  if (value === undefined) expect(() => decode(text)).toThrow(DecodeError);
  else expect(decode(text)).toEqual({ samples: [{ readings: [{ metric: "temperature", value }] }] });
});

it.each(["9007199254740993", "1e400", "1e-400"])(
  "%s is kept as text and marked, for a double cannot hold it",
  (text) => {
    expect(decode(text)).toEqual({
      samples: [{ readings: [{ metric: "temperature", value: text }] }],
      notes: { "kept-as-text": "temperature" },
    });
  },
);

it("bytes that are not UTF-8 are refused", () => {
  expect(() => decoder(Uint8Array.of(0xff, 0xfe), defaultDecodeLimits)).toThrow("UTF-8");
});

describe("hostile payloads", () => {
  anyBytesAreDecodedOrRefused(decoder, [Buffer.from("21.5"), Buffer.from("-1e300")], [Buffer.alloc(262_144, "1")]);
});
