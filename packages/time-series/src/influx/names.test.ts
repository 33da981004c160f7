import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeName, encodeName } from "./names.ts";
import { decodeText, encodeText } from "./texts.ts";

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom("%", "5C", "25", "0A", "\\", "\n", "time", "_", "#", "t", "a"), { maxLength: 6 })
    .map((parts) => parts.join("")),
);

describe("names in InfluxDB", () => {
  it("leaves names alone that do no harm", () => {
    for (const name of ["temperature", "boiler 7", "a=b,c", "é☃", "humidity%", "50%!", "timer", "a_b", "a#b", '"']) {
      expect(encodeName(name)).toBe(name);
    }
  });

  it("writes what InfluxDB cannot hold as %XX", () => {
    expect(encodeName("back\\slash\n")).toBe("back%5Cslash%0A");
    expect(encodeName("time")).toBe("%74ime");
    expect(encodeName("_field")).toBe("%5Ffield");
    expect(encodeName("#x")).toBe("%23x");
    expect(encodeName("%5C")).toBe("%255C");
  });

  it("can be reversed, and leaves nothing harmful, for any name", () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const encoded = encodeName(name);
        expect(decodeName(encoded)).toBe(name);
        expect(encoded).not.toMatch(/^[_#]|^time$|\\|[\p{Cc}--[\u0080-\u009f]]/v);
      }),
    );
  });
});

describe("texts in InfluxDB", () => {
  it("are never empty, and can be reversed", () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.constantFrom("", "%", "%%", "%a")), (text) => {
        expect(encodeText(text)).not.toBe("");
        expect(decodeText(encodeText(text))).toBe(text);
      }),
    );
  });
});
