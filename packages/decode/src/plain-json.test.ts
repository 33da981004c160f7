import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { defaultDecodeLimits } from "./decoder.ts";
import { readHeadwater } from "./headwater-json.ts";
import { itemsWithBadText, parseJson } from "./json-text.ts";
import { readPlainJson } from "./plain-json.ts";

const limits = { ...defaultDecodeLimits, maxReadings: 20, maxMetricLength: 12 };

/** By the reader of all shapes; undefined: it refuses the payload. */
function readAsAny(payload: Uint8Array): unknown {
  try {
    return readHeadwater(parseJson(payload, itemsWithBadText), limits);
  } catch {
    return undefined;
  }
}

const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?([eE][-+]?[0-9]{1,2})?$/);
const name = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("temperature", "humidity", "a", "b", "ts", "values", "__proto__", "1", "x-1"),
  },
  fc.string({ unit: "binary", maxLength: 14 }),
);
const value = fc.oneof(
  { weight: 4, arbitrary: digits },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  fc.constantFrom("true", "false", "null", "NaN", ".5", "5.", "+1", "01", "-", "tru", "{}", "[1]", '{"a":1}'),
  fc.string({ maxLength: 5 }).map((text) => JSON.stringify(text)),
);
const space = fc.constantFrom("", "", "", " ", "\n", "\t\r ", "\v", "\0", "\ufeff");
const anyMember = fc.tuple(space, name, space, space, value, space);
/** As devices write them: most texts of these are plain, so that the two readers meet often. */
const usualSpace = fc.constantFrom("", "", " ", "\n");
const usualName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("temperature", "humidity", "ts", "values", "time", "__proto__", "x-1", "e") },
  fc.stringMatching(/^[ -!#-[\]-~]{1,12}$/),
);
const usualValue = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^-?(0|[1-9][0-9]{0,13})(\.[0-9]{1,6})?$/) },
  fc.constantFrom("true", "false"),
  fc.string({ maxLength: 5 }).map((text) => JSON.stringify(text)),
);
const usualMember = fc.tuple(usualSpace, usualName, usualSpace, usualSpace, usualValue, usualSpace);
const members = fc.oneof(fc.array(anyMember, { maxLength: 20 }), {
  weight: 2,
  arbitrary: fc.array(usualMember, { minLength: 1, maxLength: 6 }),
});
const text = fc.tuple(space, members, space).map(([before, members, behind]) => {
  const each = members.map(([a, key, b, c, of, d]) => `${a}${JSON.stringify(key)}${b}:${c}${of}${d}`);
  return `${before}{${each.join(",")}}${behind}`;
});
/** Also cut off, and with bytes that are something else. */
const payload = fc
  .tuple(
    text,
    fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, fc.nat()),
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 1 })),
  )
  .map(([whole, cut, changes]) => {
    const bytes = Buffer.from(whole);
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    return cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
  });

it("reads what it reads as the reader of all shapes does", () => {
  let [read, runs] = [0, 0];
  fc.assert(
    fc.property(payload, (bytes) => {
      runs += 1;
      const plain = readPlainJson(bytes, limits);
      if (plain === undefined) return;
      read += 1;
      expect(plain).toEqual(readAsAny(bytes));
    }),
    { numRuns: propertyRuns(50_000) },
  );
  // Otherwise the readers would have been compared on nothing.
  expect(read).toBeGreaterThan(runs / 20);
});

it("numbers of up to fifteen digits are the nearest doubles", () => {
  const short = fc.stringMatching(/^-?(0|[1-9][0-9]{0,7})(\.[0-9]{1,7})?$/);
  fc.assert(
    fc.property(short, (number) => {
      const readings = readPlainJson(Buffer.from(`{"a":${number}}`), limits)!.samples[0]!.readings;
      expect(readings[0]!.value).toBe(JSON.parse(number));
    }),
    { numRuns: propertyRuns(20_000) },
  );
});

it("reads the usual message, wherever it lies in other bytes", () => {
  const bytes = Buffer.from('x{"temperature": 21.5, "on":true,"mode" : "eco","low":-0}x');
  expect(readPlainJson(bytes.subarray(1, -1), limits)).toEqual({
    samples: [
      {
        readings: [
          { metric: "temperature", value: 21.5 },
          { metric: "on", value: true },
          { metric: "mode", value: "eco" },
          { metric: "low", value: -0 },
        ],
      },
    ],
  });
});

it.each([
  "{}",
  '{"a":1,"a":2}',
  '{"1":1}',
  '{"a":1} x',
  '{"a":1',
  '{"a":1e3}',
  '{"a":"\\n"}',
  '{"a":"é"}',
  '[{"a":1}]',
])("leaves %s to the reader of all shapes", (text) => expect(readPlainJson(Buffer.from(text), limits)).toBeUndefined());
