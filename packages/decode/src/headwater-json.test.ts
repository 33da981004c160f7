import { DecodeError } from "@headwater/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { defaultDecodeLimits } from "./decoder.ts";
import { decodeHeadwaterJson } from "./headwater-json.ts";

const decode = (text: string, limits = defaultDecodeLimits) => decodeHeadwaterJson(Buffer.from(text), limits);

describe("the shapes that devices send", () => {
  it("metrics and their values", () => {
    expect(decode('{"temperature": 21.5, "on": true, "mode": "eco"}').samples).toEqual([
      {
        readings: [
          { metric: "temperature", value: 21.5 },
          { metric: "on", value: true },
          { metric: "mode", value: "eco" },
        ],
      },
    ]);
  });

  it("a time and values, the time in milliseconds, with a fraction, or in ISO 8601", () => {
    const timeOf = (ts: string) => decode(`{"ts": ${ts}, "values": {"a": 1}}`).samples[0]!.time;
    expect(timeOf("1700000000123")).toBe(1_700_000_000_123_000);
    expect(timeOf("1700000000123.456")).toBe(1_700_000_000_123_456);
    expect(timeOf('"2023-11-14T22:13:20.123456Z"')).toBe(1_700_000_000_123_456);
  });

  it("arrays of both", () => {
    const { samples } = decode('[{"a": 1}, {"ts": 1000, "values": {"a": 2}}, {"values": {"a": 3}}]');
    expect(samples.map(({ time }) => time)).toEqual([undefined, 1_000_000, undefined]);
    expect(samples.map(({ readings }) => readings[0]!.value)).toEqual([1, 2, 3]);
  });

  it("objects and arrays as values are kept as their JSON; null is noted and no reading", () => {
    const { samples, notes } = decode('{"gps": {"lat": 1.5, "tags": ["x", null]}, "empty": null, "a": 1}');
    expect(samples[0]!.readings).toEqual([
      { metric: "gps", value: '{"lat":1.5,"tags":["x",null]}' },
      { metric: "a", value: 1 },
    ]);
    expect(notes).toEqual({ "without-value": "empty" });
  });

  it("keys beside ts and values are noted", () => {
    expect(decode('{"ts": 1, "values": {"a": 1}, "site": "north"}').notes).toEqual({ "not-read": "site" });
  });
});

describe("numbers that a double cannot hold are kept as text and noted", () => {
  it.each(["9007199254740993", "-9007199254740993", "1e400", "-1e999", "123456789012345678901234567891", "1e-400"])(
    "%s",
    (source) => {
      const { samples, notes } = decode(`{"n": ${source}, "m": 1}`);
      expect(samples[0]!.readings[0]).toEqual({ metric: "n", value: source });
      expect(notes).toEqual({ "kept-as-text": "n" });
    },
  );

  it.each(["9007199254740992", "1e308", "0.1", "21.300000000000001", "0e-999", "1152921504606846976", "-0"])(
    "%s is held",
    (source) => {
      const { samples, notes } = decode(`{"n": ${source}}`);
      expect(samples[0]!.readings[0]!.value).toBe(Number(source));
      expect(notes).toBeUndefined();
    },
  );

  it("also inside of an object", () => {
    expect(decode('{"o": {"n": 9007199254740993}}').samples[0]!.readings[0]!.value).toBe('{"n":9007199254740993}');
  });
});

describe("hostile payloads", () => {
  it.each([
    ["", "not JSON"],
    ["{", "not JSON"],
    ["nul", "not JSON"],
    ["21.5", "has to be an object"],
    ['"text"', "has to be an object"],
    ["null", "has to be an object"],
    ["[1, 2]", "has to be an object"],
    ["[[]]", "has to be an object"],
    ["{}", "no readings"],
    ["[]", "no readings"],
    ['{"a": null}', "no readings"],
    ['{"ts": 1, "values": {}}', "no readings"],
    ['{"": 1}', "name"],
    ['{"ts": "yesterday", "values": {"a": 1}}', "ts has to be"],
    ['{"ts": 1e300, "values": {"a": 1}}', "ts has to be"],
    ['{"ts": null, "values": {"a": 1}}', "ts has to be"],
    ['{"a": "\\ud800"}', "lone surrogate"],
    ['{"\\udc00": 1}', "lone surrogate"],
    ['{"a": NaN}', "not JSON"],
  ])("%s", (text, reason) => {
    expect(() => decode(text)).toThrow(DecodeError);
    expect(() => decode(text)).toThrow(reason);
  });

  it("bytes that are not UTF-8", () => {
    expect(() => decodeHeadwaterJson(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), defaultDecodeLimits)).toThrow(
      "UTF-8",
    );
  });

  it("__proto__, constructor and toString are metrics like any other", () => {
    const { samples } = decode('{"__proto__": 1, "constructor": 2, "toString": 3}');
    expect(samples[0]!.readings.map(({ metric, value }) => [metric, value])).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
      ["toString", 3],
    ]);
    expect(({} as { a?: unknown }).a).toBeUndefined();
    expect(() => decode('{"__proto__": {"ts": 1, "values": {"a": 1}}}')).not.toThrow();
  });

  it("of a repeated key the last one counts", () => {
    expect(decode('{"a": 1, "a": 2}').samples[0]!.readings).toEqual([{ metric: "a", value: 2 }]);
  });

  it("deep nesting, with and without numbers that need a closer look", () => {
    const deep = (depth: number, inner: string) => `{"a": ${"[".repeat(depth)}${inner}${"]".repeat(depth)}}`;
    expect(() => decode(deep(100_000, "1"))).toThrow(/nests deeper|nested too deep/);
    expect(() => decode(deep(100_000, "9007199254740993"))).toThrow(/nests deeper|nested too deep/);
    expect(() => decode(deep(20, "1"))).not.toThrow();
  });

  it("more readings or longer names than allowed", () => {
    const limits = { maxReadings: 3, maxMetricLength: 4, maxDepth: 2 };
    expect(() => decode('[{"a":1,"b":2},{"a":1,"b":2}]', limits)).toThrow("more than 3");
    expect(() => decode('{"abcde": 1}', limits)).toThrow("name");
  });

  it("any bytes give readings or a DecodeError, soon", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 400 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            const { samples } = decodeHeadwaterJson(bytes, defaultDecodeLimits);
            for (const { readings } of samples) {
              expect(readings.length).toBeGreaterThan(0);
              for (const { metric, value } of readings) {
                expect(metric).not.toBe("");
                if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
                else if (typeof value === "string") expect(value.isWellFormed()).toBe(true);
                else expect(typeof value).toBe("boolean");
              }
            }
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
          }
        },
      ),
      { numRuns: propertyRuns(1000) },
    );
  });
});
