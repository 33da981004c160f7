import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { lineOrFault } from "../../test/line-or-fault.ts";
import { nameFault, tagsFault, timeFault, valueFault } from "../point-checks.ts";
import type { Point } from "../time-series-store.ts";
import { LineEncoder } from "./line-protocol.ts";
import { encodeName } from "./names.ts";
import { encodeText } from "./texts.ts";

/** The same by strings alone, as slow and as plain as can be. */
function plainly({ measurement, tags, time, fields }: Point): { line: string } | { fault: string } {
  const key = (name: string) => encodeName(name).replaceAll(/[,= ]/g, String.raw`\$&`);
  const fault =
    timeFault(time) ??
    tagsFault(measurement, tags) ??
    Object.entries(fields)
      .map(([field, value]) => valueFault(field, value) ?? nameFault("field", field))
      .find((each) => each !== undefined) ??
    (Object.keys(fields).length === 0 ? "the point has no fields" : undefined);
  if (fault !== undefined) return { fault };
  const series = Object.entries(tags)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, value]) => `,${key(tag)}=${key(value)}`);
  const values = Object.entries(fields).map(([field, value]) => {
    const text = (from: string) => `"${encodeText(from).replaceAll(/["\\]/g, String.raw`\$&`)}"`;
    const stored = typeof value === "string" ? text(value) : Object.is(value, -0) ? "-0" : String(value);
    return `${key(field)}=${stored}`;
  });
  const name = encodeName(measurement).replaceAll(/[, ]/g, String.raw`\$&`);
  return { line: `${name}${series.join("")} ${values.join(",")} ${time}` };
}

const name = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("a b", "a,b=c", "back\\slash", "time", "#x", "_y", "new\nline", "%25", "é☃😀", "\ud800", "n".repeat(1100)),
); // oxfmt-ignore
const field = fc.oneof(name, fc.constantFrom("t", "temperature", "state_text", "__proto__", "constructor", "7"));
const value = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 })).map(([digits, scale]) => digits / 10 ** scale),
  fc.tuple(fc.integer(), fc.integer({ min: 0, max: 9 })).map(([digits, scale]) => digits / 10 ** scale),
  fc.constantFrom(0, -0, 1e21, 1e-6, 1e-7, 9.999999e-7, 99_999_999.999999, 1e8 - 1e-6, 1e9, -1e9, 2 ** 53, -5e-324, 0.1 + 0.2),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("", "%", '"', "\\", 'say "hi"\\n', "x".repeat(70_000)),
); // oxfmt-ignore
const point: fc.Arbitrary<Point> = fc.record({
  measurement: name,
  tags: fc.dictionary(name, name, { maxKeys: 4 }),
  time: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -0, -1, 1.5, Number.NaN, 1_780_000_000_000_000)),
  fields: fc.dictionary(field, value, { maxKeys: 5 }),
});

it("writes, byte by byte, what strings would be put together to", () => {
  const encoder = new LineEncoder();
  fc.assert(
    fc.property(point, (each) => {
      expect(lineOrFault(encoder, each)).toEqual(plainly(each));
      // The second time its names are known.
      expect(lineOrFault(encoder, each)).toEqual(plainly(each));
    }),
    { numRuns: propertyRuns(2_000) },
  );
});

it("writes a number as JavaScript does", () => {
  const encoder = new LineEncoder();
  const tags = { device: "d" };
  fc.assert(
    fc.property(value, (each) => {
      fc.pre(typeof each === "number" && Number.isFinite(each));
      const of = { measurement: "m", tags, time: 1, fields: { t: each } };
      expect(lineOrFault(encoder, of)).toEqual(plainly(of));
    }),
    { numRuns: propertyRuns(20_000) },
  );
});
