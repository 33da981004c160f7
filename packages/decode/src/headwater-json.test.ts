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
    const { samples } = decode('[{"a": 1}, {"ts": 1700000000123, "values": {"a": 2}}, {"values": {"a": 3}}]');
    expect(samples.map(({ time }) => time)).toEqual([undefined, 1_700_000_000_123_000, undefined]);
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

describe("a sample that cannot be read does not refuse its neighbours", () => {
  it.each([
    ['{"ts": "yesterday", "values": {"a": 2}}', "A time has to be"],
    ['{"ts": [1], "values": {"a": 2}}', "A time has to be"],
    ["7", "has to be an object"],
    ['{"": 1}', "name"],
    [`{"${"x".repeat(257)}": 9007199254740993}`, "name"],
    [`{"a": ${"[".repeat(40)}1${"]".repeat(40)}}`, "nests deeper"],
  ])("%s", (bad, reason) => {
    const { samples, effects, notes } = decode(`[{"a": 1}, ${bad}, {"a": 3}]`);
    expect(samples.map(({ readings }) => readings[0]!.value)).toEqual([1, 3]);
    expect(notes).toBeUndefined();
    expect(effects!.quarantine).toMatch(/^A part of the message cannot be read, the rest is stored: sample 1: /);
    expect(effects!.quarantine).toContain(reason);
    expect(JSON.parse(Buffer.from(effects!.quarantined!).toString())).toEqual(JSON.parse(`[${bad}]`));
  });

  it("digits of what is set aside stay exact", () => {
    const { effects } = decode('[{"a": 1}, {"": 9007199254740993}]');
    expect(Buffer.from(effects!.quarantined!).toString()).toBe('[{"":9007199254740993}]');
  });

  it("where none can be read the message is refused", () => {
    expect(() => decode('[{"": 1}, {"": 2}, 3, 4, 5]')).toThrow(/sample 0: .*sample 2: .*and 2 more/);
  });
});

describe("no time of its own", () => {
  it.each(["null", '""', '" "', "NaN"])("ts of %s", (ts) => {
    expect(decode(`{"ts": ${ts}, "values": {"a": 1}}`).samples).toEqual([{ readings: [{ metric: "a", value: 1 }] }]);
  });

  it.each(['"2026-11-27T10:00:00"', '"2026-11-27 10:00:00.5"'])("ts of %s names no instant: kept as text", (ts) => {
    expect(decode(`{"ts": ${ts}, "values": {"a": 1}}`).samples).toMatchObject([
      { unplaced: { kind: "local", text: JSON.parse(ts) as string } },
    ]);
  });
});

describe("NaN and the infinities are no reading, noted, and no reason for quarantine", () => {
  it.each(["NaN", "-NaN", "nan", "-nan", "nan(0x8)", "Infinity", "-Infinity", "+inf", "-INF", "1.#QNAN", "-1.#IND"])(
    "%s",
    (written) => {
      expect(decode(`{"a":${written},"b":1}`)).toEqual({
        samples: [{ readings: [{ metric: "b", value: 1 }] }],
        notes: { "not-a-number": "a" },
      });
      expect(decode(`[{"a":${written}}]`)).toMatchObject({ samples: [], effects: { ignored: "no-values" } });
    },
  );

  it("nor null", () => {
    expect(decode('{"a": null}')).toMatchObject({ samples: [], effects: { ignored: "no-values" } });
  });

  it("inside of a text they are text, also with quotes and backslashes", () => {
    const { samples } = decode('{"a": NaN, "b": "x\\\\\\" NaN, .5 ", "c": "NaN"}');
    expect(samples[0]!.readings.map(({ value }) => value)).toEqual(['x\\" NaN, .5 ', "NaN"]);
  });
});

describe("what firmware leaves around and inside of JSON", () => {
  it("a NUL behind, a byte order mark before", () => {
    expect(decode('{"a": 1}\0').samples).toEqual([{ readings: [{ metric: "a", value: 1 }] }]);
    expect(decode('\uFEFF{"a": 1}\r\n\0\0').samples).toEqual([{ readings: [{ metric: "a", value: 1 }] }]);
    expect(() => decode('{"a": 1}\0{"b": 2}')).toThrow("not JSON");
    expect(() => decode("\0\0")).toThrow("not JSON");
  });

  it("numbers with a point at one end, or a plus", () => {
    const { samples } = decode('{"a": .5, "b": 5., "c": -.5e1, "d": +7, "e": 5.e2}');
    expect(samples[0]!.readings.map(({ value }) => value)).toEqual([0.5, 5, -5, 7, 500]);
  });

  it.each(['{"a": 007}', '{"a": 1.2.3}', '{"a": .}', '{"a": tru}', "{a: 1}", '{"a": "NaN}', '{"a": --1}'])(
    "%s stays wrong",
    (text) => {
      expect(() => decode(text)).toThrow("not JSON");
    },
  );
});

describe("a number that a double cannot hold is the nearest one, its digits noted", () => {
  it.each(["9007199254740993", "-9007199254740993", "123456789012345678901234567891", "1e-400"])("%s", (source) => {
    const { samples, notes } = decode(`{"n": ${source}, "m": 1}`);
    expect(samples[0]!.readings[0]).toEqual({ metric: "n", value: Number(source) });
    expect(notes).toEqual({ exact: `{"n":"${source}"}` });
  });

  it("by sample, whole, and without those that were set aside", () => {
    const { notes } = decode('[{"n": 1}, {"n": 9007199254740993, "": 1}, {"n": 9007199254740995}]');
    expect(notes).toEqual({ exact: '{"1:n":"9007199254740995"}' });
  });

  it.each(["1e400", "-1e999"])("%s, which no double comes near, is kept as text", (source) => {
    const { samples, notes } = decode(`{"n": ${source}, "m": 1}`);
    expect(samples[0]!.readings[0]).toEqual({ metric: "n", value: source });
    expect(notes).toEqual({ "kept-as-text": "n" });
  });

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
    ['{"ts": 1, "values": {}}', "no readings"],
    ['{"": 1}', "name"],
    ['{"ts": "yesterday", "values": {"a": 1}}', "A time has to be"],
    ['{"ts": true, "values": {"a": 1}}', "A time has to be"],
    ['{"a": "\\ud800"}', "lone surrogate"],
    ['{"\\udc00": 1}', "lone surrogate"],
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

  it("a sample with text that is no Unicode is set aside alone, with what it had", () => {
    const { samples, effects } = decode(
      '[{"a": "\\ud800"}, {"b": 1}, {"\\udfff": 1}, {"c": {"d": ["\\ud83d"]}}, {"e": "\\ud83c\\udf21"}]',
    );
    expect(samples.map(({ readings }) => readings)).toEqual([
      [{ metric: "b", value: 1 }],
      [{ metric: "e", value: "\u{1f321}" }],
    ]);
    expect(effects?.quarantine).toContain("sample 0: The payload has text that is no valid Unicode");
    expect(JSON.parse(Buffer.from(effects!.quarantined!).toString())).toEqual([
      { a: "\ud800" },
      { "\udfff": 1 },
      { c: { d: ["\ud83d"] } },
    ]);
    expect(() => decode('{"a": "\\ud800", "b": 1}')).toThrow("no valid Unicode");
  });

  it("so many samples that cannot be read refuse the message whole: each of them takes its time", () => {
    const limits = { ...defaultDecodeLimits, maxReadings: 3 };
    expect(decode('[1, 2, 3, {"a": 1}]', limits).samples).toHaveLength(1);
    expect(() => decode('[1, 2, 3, 4, {"a": 1}]', limits)).toThrow(
      "More than 3 parts of the message cannot be read: sample 0:",
    );
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
            const { samples, effects } = decodeHeadwaterJson(bytes, defaultDecodeLimits);
            expect(samples.length > 0 || effects !== undefined).toBe(true);
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
