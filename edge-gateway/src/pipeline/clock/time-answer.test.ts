import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUncertain, readTimeRequest, timeAnswer } from "./time-answer.ts";

describe("a request for the time", () => {
  it.each([
    ["", ""],
    [" {} ", ""],
    ["123456", "123456"],
    ["-1.5", "-1.5"],
    ['{"t0": 18446744073709551615}', "18446744073709551615"],
    ['{"t0":1700000000123.456789}', "1700000000123.456789"],
    ['{ "t0" : "boot+17" }', '"boot+17"'],
  ])("%j is echoed as %j", (payload, t0) => {
    expect(readTimeRequest(Buffer.from(payload))).toBe(t0);
  });

  it.each([
    "x",
    "{",
    "[1]",
    '{"t0":{}}',
    '{"t0":1,"x":2}',
    "1e400",
    '{"t0":"\\u0000"}',
    `{"t0":"${"x".repeat(65)}"}`,
    "9".repeat(200),
  ])("%j is none", (payload) => {
    expect(readTimeRequest(Buffer.from(payload))).toBeUndefined();
  });

  it("any bytes are a request or none, and an answer is always JSON", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 150 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const t0 = readTimeRequest(Buffer.from(bytes));
          if (t0 !== undefined) JSON.parse(timeAnswer(1_700_000_000_000_000, false, { t0, t1: 1_699_999_999_999_999 }));
        },
      ),
    );
  });
});

it("the time is told in milliseconds with microseconds behind the point", () => {
  expect(timeAnswer(1_700_000_000_123_004, false)).toBe(
    '{"time":1700000000123.004,"iso":"2023-11-14T22:13:20.123004Z"}',
  );
  expect(timeAnswer(1_700_000_000_123_004, true, { t0: "17", t1: 1_700_000_000_122_900 })).toBe(
    '{"t0":17,"t1":1700000000122.900,"time":1700000000123.004,"iso":"2023-11-14T22:13:20.123004Z","uncertain":true}',
  );
});

it("a clock is known to be wrong if it was set back, or has never been set", () => {
  const wall = 1_800_000_000_000_000;
  expect(isUncertain(wall, wall - 5)).toBe(false);
  expect(isUncertain(wall, wall + 1_000_000)).toBe(false);
  expect(isUncertain(wall, wall + 1_000_001)).toBe(true);
  expect(isUncertain(3_600_000_000, 0)).toBe(true);
});
