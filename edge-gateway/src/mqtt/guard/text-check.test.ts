import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { isText } from "./text-check.ts";

const check = (bytes: Uint8Array) => isText(bytes, 0, bytes.length);

describe("text of MQTT", () => {
  it.each(["", "boiler-1/täglich", "漢字/𪛔", "\u{feff}mark", "a\u{a0}b"])("%j is", (text) => {
    expect(check(Buffer.from(text))).toBe(true);
  });

  it.each([
    ["NUL", "61 00"],
    ["U+0001", "01"],
    ["U+001F", "1f"],
    ["U+007F", "7f"],
    ["U+009F", "c29f"],
    ["a surrogate, U+D800", "eda080"],
    ["a surrogate, U+DFFF", "edbfbf"],
    ["a non-character, U+FFFF", "efbfbf"],
    ["a non-character, U+FDD0", "efb790"],
    ["a non-character, U+1FFFE", "f09fbfbe"],
    ["a slash in two bytes", "c0af"],
    ["a slash in three bytes", "e080af"],
    ["beyond U+10FFFF", "f4908080"],
    ["a continuation alone", "80"],
    ["a sequence cut off", "e6bc"],
    ["a sequence that goes on with ASCII", "e66161"],
  ])("%s is not", (_name, hex) => {
    expect(check(Buffer.from(hex.replaceAll(" ", ""), "hex"))).toBe(false);
  });

  it("is what a strict decoder takes, without control and non-characters", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const piece = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 4 }),
      fc.string({ unit: "binary", minLength: 1, maxLength: 4 }).map((text) => new Uint8Array(Buffer.from(text))),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const bytes = Buffer.concat(pieces);
        let text: string | undefined;
        try {
          text = decoder.decode(bytes);
        } catch {
          text = undefined;
        }
        const expected = text !== undefined && !/[\p{Cc}\p{Noncharacter_Code_Point}]/u.test(text);
        expect(check(bytes)).toBe(expected);
      }),
      { numRuns: propertyRuns(2000) },
    );
  });
});
