import { DecodeError } from "@headwater/core";
import { propertyRuns } from "@headwater/testkit/property-runs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceTime, UnplacedTime, type TimeForm, type TimeUnit } from "./device-time.ts";
import { InexactNumber, parseJson } from "./json-text.ts";

/** As JSON gives it: a double where that says the same, else the digits. */
const asNumber = (digits: string): unknown => parseJson(Buffer.from(digits));

describe("without a declared unit the size decides, of numbers and of text alike", () => {
  it.each([
    ["1795782388", 1_795_782_388_000_000],
    ["1795782388098", 1_795_782_388_098_000],
    ["1795782388098123", 1_795_782_388_098_123],
    ["1795782388098123456", 1_795_782_388_098_123],
    ["1795782388.098123", 1_795_782_388_098_123],
    ["1795782388098.123", 1_795_782_388_098_123],
    ["1795782388098123.75", 1_795_782_388_098_123],
    ["1.795782388e9", 1_795_782_388_000_000],
    ["1.795782388098e12", 1_795_782_388_098_000],
    ["99999999999", 99_999_999_999_000_000n],
    ["100000000000", 100_000_000_000_000],
    ["99999999999999", 99_999_999_999_999_000n],
    ["100000000000000", 100_000_000_000_000],
    ["9007199254740991", 9_007_199_254_740_991],
    ["99999999999999999", 99_999_999_999_999_999n],
    ["100000000000000000", 100_000_000_000_000],
    ["18446744073709551615", 18_446_744_073_709_551n],
    ["-1", -1_000_000],
    ["-1795782388098", -1_795_782_388_098_000],
    ["0", 0],
    ["1e300", "1e300"],
  ])("%s", (digits, micros) => {
    const expected = typeof micros === "number" ? micros : new UnplacedTime("beyond", String(micros));
    expect(deviceTime(digits)).toEqual(expected);
    // JavaScript writes large exponents with a sign.
    if (digits !== "1e300") expect(deviceTime(asNumber(digits))).toEqual(expected);
    expect(deviceTime(` ${digits}\n`)).toEqual(expected);
  });
});

it.each<[TimeUnit, string, number | string]>([
  ["s", "1795782388098", "1795782388098000000"],
  ["ms", "1795782388", 1_795_782_388_000],
  ["us", "1795782388", 1_795_782_388],
  ["ns", "1795782388", 1_795_782],
  ["ns", "-1", -1],
  ["s", "5", 5_000_000],
])("a declared unit is never guessed: %s of %s", (unit, digits, micros) => {
  const expected = typeof micros === "number" ? micros : new UnplacedTime("beyond", micros);
  expect(deviceTime(digits, { unit })).toEqual(expected);
  expect(deviceTime(asNumber(digits), { unit })).toEqual(expected);
});

it.each([null, undefined, "", "  ", Number.NaN, Infinity, new InexactNumber("NaN"), new InexactNumber("-Infinity")])(
  "%j is no time",
  (written) => {
    expect(deviceTime(written)).toBeUndefined();
  },
);

it.each(["NaN", "nan", "-nan(ind)", "Infinity", "-inf", "1.#QNAN"])("the text %s is no time either", (written) => {
  expect(deviceTime(written)).toBeUndefined();
  expect(deviceTime(written, { unit: "s", timeZone: "Europe/Berlin" })).toBeUndefined();
});

it("a number of more digits than any time has costs no more than its length", () => {
  const digits = "9".repeat(2_000_000);
  const started = process.cpuUsage();
  for (const written of [new InexactNumber(digits), new InexactNumber(`0.${digits}`), new InexactNumber(`1e${digits}`)])
    deviceTime(written);
  expect(deviceTime(new InexactNumber(digits))).toEqual(new UnplacedTime("beyond", digits.slice(0, 64)));
  expect(deviceTime(new InexactNumber(`-${digits}.5`))).toEqual(new UnplacedTime("beyond", `-${digits}`.slice(0, 64)));
  expect(deviceTime(new InexactNumber(`1795782388.${digits}`))).toBe(1_795_782_389_000_000);
  expect(deviceTime(new InexactNumber(`1795782388.5${"0".repeat(500)}1`))).toBe(1_795_782_388_500_000);
  // Read digit by digit they took two seconds.
  expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
});

it.each(["yesterday", ".", "-", "12:30", "2026-13-01", "1,5", "0x10", "1".repeat(65), true, {}, [1], "null"])(
  "%j is refused",
  (written) => {
    expect(() => deviceTime(written)).toThrow(DecodeError);
  },
);

describe("ISO 8601", () => {
  const berlin: TimeForm = { timeZone: "Europe/Berlin" };
  it.each<[string, TimeForm, string]>([
    ["2026-11-27T10:00:00Z", {}, "2026-11-27T10:00:00Z"],
    ["2026-11-27 10:00:00.25+01:00", {}, "2026-11-27T09:00:00.25Z"],
    ["2026-11-27 10:00:00 +0100", {}, "2026-11-27T09:00:00Z"],
    ["2026-11-27 10:00:00 UTC", berlin, "2026-11-27T10:00:00Z"],
    ["2026-11-27T10:00:00Z", berlin, "2026-11-27T10:00:00Z"],
    ["2026-11-27T10:00:00", berlin, "2026-11-27T09:00:00Z"],
    ["2026-07-27T10:00:00.123456", berlin, "2026-07-27T08:00:00.123456Z"],
    ["2026-07-27 10:00", { timeZone: "+05:30" }, "2026-07-27T04:30:00Z"],
    ["2026-07-27 10:00", { timeZone: "Asia/Kathmandu" }, "2026-07-27T04:15:00Z"],
    // Clocks show 02:30 twice, and the first counts; in spring they skip it.
    ["2026-10-25T01:59:59", berlin, "2026-10-24T23:59:59Z"],
    ["2026-10-25T02:30:00", berlin, "2026-10-25T00:30:00Z"],
    ["2026-10-25T03:00:00", berlin, "2026-10-25T02:00:00Z"],
    ["2026-03-29T02:30:00", berlin, "2026-03-29T01:30:00Z"],
    ["2026-03-29T03:30:00", berlin, "2026-03-29T01:30:00Z"],
    ["2026-03-29T01:59:59", berlin, "2026-03-29T00:59:59Z"],
    ["2026-11-27", berlin, "2026-11-26T23:00:00Z"],
    ["20261127T102030", berlin, "2026-11-27T09:20:30Z"],
    ["2026-11-27T24:00", berlin, "2026-11-27T23:00:00Z"],
    // Basic forms, weeks, days of the year, hours alone, fractions of whichever part is the last.
    ["20261127T102030Z", {}, "2026-11-27T10:20:30Z"],
    ["20261127T102030.5+0100", {}, "2026-11-27T09:20:30.5Z"],
    ["20261127T1020-01", {}, "2026-11-27T11:20:00Z"],
    ["2026-W48-5T10:20:30Z", {}, "2026-11-27T10:20:30Z"],
    ["2026W485T102030Z", {}, "2026-11-27T10:20:30Z"],
    ["2020-W53-7T00:00Z", {}, "2021-01-03T00:00:00Z"],
    ["2026-W01-1T00:00Z", {}, "2025-12-29T00:00:00Z"],
    ["2026-331T10:20:30Z", {}, "2026-11-27T10:20:30Z"],
    ["2024366T00Z", {}, "2024-12-31T00:00:00Z"],
    ["2026-11-27T10Z", {}, "2026-11-27T10:00:00Z"],
    ["2026-11-27T10:20.5Z", {}, "2026-11-27T10:20:30Z"],
    ["2026-11-27T10,25Z", {}, "2026-11-27T10:15:00Z"],
    ["2026-11-27t10:20:30,123456789012z", {}, "2026-11-27T10:20:30.123456Z"],
    ["2026-11-27 10:20:30 GMT", {}, "2026-11-27T10:20:30Z"],
    ["2026-11-27T10:20:30\u221201:00", {}, "2026-11-27T11:20:30Z"],
    ["2026-11-27T10:20:30+14:00", {}, "2026-11-26T20:20:30Z"],
    ["2026-11-27T10:20:30-14:00", {}, "2026-11-28T00:20:30Z"],
    // The second that follows.
    ["2026-12-31T24:00:00Z", {}, "2027-01-01T00:00:00Z"],
    ["2016-12-31T23:59:60Z", {}, "2017-01-01T00:00:00Z"],
    ["2017-01-01T05:29:60.25+05:30", {}, "2017-01-01T00:00:00.25Z"],
  ])("%s with %j is %s", (written, form, instant) => {
    const micros = deviceTime(instant);
    expect(micros).toBeTypeOf("number");
    expect(deviceTime(written, form)).toBe(micros);
  });

  it.each(["2026-11-27T10:00:00", "2026-11-27 10:00:00,5", "2026-11-27 10:00", "2026-11-27", "2026-W48-5"])(
    "%s without a zone names no instant",
    (text) => {
      expect(deviceTime(text)).toEqual(new UnplacedTime("local", text));
    },
  );
});

describe("what is no day or no time of day is refused", () => {
  it.each([
    "2026-02-29T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-366T00:00:00Z",
    "2026-000T00:00:00Z",
    "2026-W54-1T00:00:00Z",
    "2026-W00-1T00:00:00Z",
    "2021-W53-1T00:00:00Z",
    "2026-W48-8T00:00:00Z",
    "2026-11-27T24:00:01Z",
    "2026-11-27T24:30Z",
    "2026-11-27T25:00:00Z",
    "2026-11-27T10:60:00Z",
    "2026-11-27T10:00:61Z",
    "2026-11-27T10:20:30+24:00",
    "2026-11-27T10:20:30+01:60",
    "2026-1127T10:20:30Z",
    "2026-11-27T10:20:30Z[UTC]",
    "27.11.2026 10:20",
  ])("%s", (text) => {
    expect(() => deviceTime(text, { timeZone: "Europe/Berlin" })).toThrow(DecodeError);
  });
});

it.each([
  ["9999-12-31T23:59:59.999999Z", "253402300799999999"],
  ["0000-01-01T00:00:00Z", "-62167219200000000"],
  ["-000001-12-31T23:59:59Z", "-62167219201000000"],
  ["+012026-11-27T10:20:30Z", "317365294830000000"],
])("%s is beyond what a double holds in microseconds, and kept exactly", (text, micros) => {
  expect(deviceTime(text)).toEqual(new UnplacedTime("beyond", micros));
  expect(deviceTime(text.replace("Z", ""), { timeZone: "UTC" })).toEqual(new UnplacedTime("beyond", micros));
});

describe("for any digits", () => {
  const digits = fc
    .integer({ min: 9, max: 20 })
    .chain((length) => fc.tuple(fc.integer({ min: 1, max: 9 }), fc.stringMatching(new RegExp(`^\\d{${length - 1}}$`))))
    .map(([first, rest]) => `${first}${rest}`);
  const fraction = fc.oneof(fc.constant(""), fc.stringMatching(/^\d{1,9}$/));
  const written = fc.record({ negative: fc.boolean(), digits, fraction, exponent: fc.integer({ min: -6, max: 6 }) });
  const unit = fc.constantFrom<TimeUnit | undefined>(undefined, "s", "ms", "us", "ns");
  const nanosOf = { s: 10n ** 9n, ms: 10n ** 6n, us: 1000n, ns: 1n } as const;

  it("a number and its text are the same time, to the microsecond, wherever its point stands", () => {
    fc.assert(
      fc.property(written, unit, ({ negative, digits: whole, fraction: part, exponent }, declared) => {
        // The reference: in units of 1e-15 of what is written, without any rounding.
        const scale = 10n ** 15n;
        const size = (BigInt(whole + part) * scale * 10n ** BigInt(exponent + 6)) / 10n ** BigInt(6 + part.length);
        const guessed = size < 10n ** 26n ? "s" : size < 10n ** 29n ? "ms" : size < 10n ** 32n ? "us" : "ns";
        const nanos = size * nanosOf[declared ?? guessed] * (negative ? -1n : 1n);
        const divisor = scale * 1000n;
        const micros = nanos / divisor - (nanos < 0n && nanos % divisor !== 0n ? 1n : 0n);
        const text = `${negative ? "-" : ""}${whole}${part === "" ? "" : `.${part}`}${exponent === 0 ? "" : `e${exponent}`}`;
        const time = deviceTime(text, { unit: declared });
        if (Number.isSafeInteger(Number(micros))) expect(time).toBe(Number(micros));
        else expect(time).toEqual(new UnplacedTime("beyond", String(micros)));
        // A number in JSON is a double where it has a fraction: then up to 15 digits are exact.
        if (exponent === 0 && (part === "" || whole.length + part.length <= 15))
          expect(deviceTime(asNumber(text), { unit: declared })).toEqual(time);
      }),
      { numRuns: propertyRuns(3000) },
    );
  });

  it("any text is a time, no time, or refused, soon", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+]?[\d.eETZ: -]{0,70}$/)), (text) => {
        try {
          const time = deviceTime(text, { timeZone: "Europe/Berlin" });
          if (typeof time === "number") expect(time).toSatisfy(Number.isSafeInteger);
          else if (time !== undefined) expect(time.text.length).toBeLessThanOrEqual(64);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: propertyRuns(1000) },
    );
  });
});
