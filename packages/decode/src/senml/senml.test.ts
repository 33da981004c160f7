import { DecodeError } from "@headwater/core";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused } from "../../test/decoder-properties.ts";
import { defaultDecodeLimits } from "../decoder.ts";
import { senmlJson } from "./senml.ts";

const now = 1_700_000_000_000_000;
const options = { now: () => now };
const of = (device: string) => ({ topic: "", names: new Map<string, string>(), device });
const json = senmlJson(options)(of("10e2073a01080063"));

const decode = (pack: unknown, decoder = json) =>
  decoder(Buffer.from(typeof pack === "string" ? pack : JSON.stringify(pack)), defaultDecodeLimits);
/** metric, value, unit, time of each. */
const rows = (pack: unknown, decoder = json) =>
  decode(pack, decoder).samples.flatMap(({ time, readings }) =>
    readings.map(({ metric, value, unit }) => [metric, value, unit, time]),
  );

describe("the examples of RFC 8428, section 5.1", () => {
  it("a single datapoint", () => {
    expect(rows('[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]')).toEqual([
      ["value", 23.1, "Cel", undefined],
    ]);
  });

  it("multiple datapoints now", () => {
    const pack =
      '[{"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},{"n":"current","u":"A","v":1.2}]';
    expect(rows(pack)).toEqual([
      ["voltage", 120.1, "V", undefined],
      ["current", 1.2, "A", undefined],
    ]);
  });

  it("base time, base unit, base version and times before it", () => {
    const pack = `[
      {"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},
      {"n":"current","t":-5,"v":1.2}, {"n":"current","t":-4,"v":1.3}, {"n":"current","v":1.7}]`;
    expect(rows(pack, senmlJson(options)(of("10e2073a0108006")))).toEqual([
      ["voltage", 120.1, "V", 1_276_020_076_001_000],
      ["current", 1.7, "A", 1_276_020_076_001_000],
      ["current", 1.2, "A", 1_276_020_071_001_000],
      ["current", 1.3, "A", 1_276_020_072_001_000],
    ]);
  });

  it("multiple measurements: a name by base name alone", () => {
    const pack = `[
      {"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":20},
      {"u":"lon","v":24.30621}, {"u":"lat","v":60.07965},
      {"t":60,"v":20.3}, {"u":"%EL","t":150,"v":98}]`;
    expect(rows(pack)).toEqual([
      ["value", 20, "%RH", 1_320_067_464_000_000],
      ["value", 24.30621, "lon", 1_320_067_464_000_000],
      ["value", 60.07965, "lat", 1_320_067_464_000_000],
      ["value", 20.3, "%RH", 1_320_067_524_000_000],
      ["value", 98, "%EL", 1_320_067_614_000_000],
    ]);
  });

  it("a collection of resources keeps the names of what is not the device", () => {
    const pack = `[
      {"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":25.2},
      {"n":"humidity","u":"%RH","v":30}, {"bn":"2001:db8::1/","n":"temperature","u":"Cel","v":12.3}, {"n":"humidity","u":"%RH","v":67}]`;
    expect(rows(pack, senmlJson(options)(of("2001:db8::2"))).map(([metric]) => metric)).toEqual([
      "temperature",
      "humidity",
      "2001:db8::1/temperature",
      "2001:db8::1/humidity",
    ]);
  });

  it("all kinds of values", () => {
    const pack = `[
      {"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1}, {"n":"label","vs":"Machine Room"},
      {"n":"open","vb":false}, {"n":"nfv-reader","vd":"aGkgCg"}]`;
    expect(rows(pack).map(([metric, value]) => [metric, value])).toEqual([
      ["temp", 23.1],
      ["label", "Machine Room"],
      ["open", false],
      ["nfv-reader", "aGkgCg"],
    ]);
    expect(decode(pack).notes).toEqual({ "kept-as-base64": "nfv-reader" });
  });
});

describe("times", () => {
  it("below 2^28 seconds count from now, one now for the pack", () => {
    let calls = 0;
    const decoder = senmlJson({ now: () => now + 1000 * calls++ })(of("d"));
    expect(
      rows(
        [
          { n: "a", v: 1, t: -5 },
          { n: "a", v: 2, t: 1.5 },
          { n: "a", v: 3, bt: -10, t: 4 },
          { n: "b", v: 4, t: 10 },
        ],
        decoder,
      ),
    ).toEqual([
      ["a", 1, undefined, now - 5_000_000],
      ["a", 2, undefined, now + 1_500_000],
      ["a", 3, undefined, now - 6_000_000],
      ["b", 4, undefined, undefined],
    ]);
    expect(calls).toBe(1);
  });

  it.each([
    [268_435_455, now + 268_435_455_000_000],
    [268_435_456, 268_435_456_000_000],
    [1_700_000_000.123456, 1_700_000_000_123_456],
  ])("t of %f", (t, time) => {
    expect(rows([{ n: "a", v: 1, t }])[0]![3]).toBe(time);
  });

  it.each(["1e300", "-1e300", "9007199254740993", "1e400"])("of %s s is beyond any time, and kept as text", (t) => {
    expect(decode(`[{"n":"a","v":1,"t":${t}}]`).samples).toMatchObject([{ unplaced: { kind: "beyond" } }]);
  });

  it("a base time and a time are added exactly", () => {
    expect(rows('[{"bt":1795782388.1,"n":"a","v":1,"t":0.2}]')[0]![3]).toBe(1_795_782_388_300_000);
  });
});

describe("what devices write and SenML has not", () => {
  it("a time that is none: null, an empty text, NaN", () => {
    for (const t of ["null", '""', "NaN"]) {
      expect(rows(`[{"bt":1700000000,"n":"a","v":1,"t":${t}}]`)).toEqual([["a", 1, undefined, 1_700_000_000_000_000]]);
      expect(rows(`[{"bt":${t},"n":"a","v":1}]`)).toEqual([["a", 1, undefined, undefined]]);
    }
  });

  it("a value that is null is no reading, and noted", () => {
    const { samples, notes, effects } = decode('[{"n":"a","v":null},{"n":"b","vs":null,"t":-5},{"n":"c","v":1}]');
    expect(samples).toEqual([{ readings: [{ metric: "c", value: 1 }] }]);
    expect(notes).toEqual({ "without-value": "a,b" });
    expect(effects).toBeUndefined();
    expect(decode('[{"n":"a","v":null}]').effects).toEqual({ ignored: "no-values" });
    expect(() => decode('[{"n":"a","u":null,"v":1}]')).toThrow("wrong kind for u");
  });

  it("a record with text that is no Unicode is set aside alone, unless others build on it", () => {
    const { samples, effects } = decode('[{"n":"a","vs":"\\ud800"},{"n":"b","v":1}]');
    expect(samples).toEqual([{ readings: [{ metric: "b", value: 1 }] }]);
    expect(effects?.quarantine).toContain("record 0: The payload has text that is no valid Unicode");
    expect(() => decode('[{"bn":"\\ud800","v":1},{"n":"b","v":1}]')).toThrow("no valid Unicode");
  });
});

describe("bases and sums", () => {
  it("base value and base sum are added; a base alone counts as it is", () => {
    expect(
      rows([
        { bn: "x/", bv: 20, bs: 100, n: "a", u: "W", v: 1.5, s: 3 },
        { n: "b", s: 1 },
        { bs: 0, n: "c", v: -20 },
      ]),
    ).toEqual([
      ["x/a", 21.5, "W", undefined],
      ["x/a_sum", 103, "W.s", undefined],
      ["x/b", 20, undefined, undefined],
      ["x/b_sum", 101, undefined, undefined],
      ["x/c", 0, undefined, undefined],
      ["x/c_sum", 0, undefined, undefined],
    ]);
  });

  it("a record of bases alone holds for those that follow", () => {
    expect(
      rows([
        { bn: "10e2073a01080063/", bt: 1_700_000_000, bu: "Cel" },
        { n: "t", v: 1 },
      ]),
    ).toEqual([["t", 1, "Cel", now]]);
  });

  it("a sum that a double cannot hold is the nearest one, its digits noted, one beyond its range refused", () => {
    const message = decode('[{"n":"a","bv":9007199254740992,"v":1}]');
    expect(message.samples[0]!.readings[0]!.value).toBe(9_007_199_254_740_992);
    expect(message.notes).toEqual({ exact: '{"a":"9007199254740993"}' });
    expect(decode('[{"n":"a","v":9007199254740993}]').notes).toEqual({ exact: '{"a":"9007199254740993"}' });
    expect(() => decode([{ n: "a", bv: 1e308, v: 1e308 }])).toThrow("beyond");
    expect(() => decode('[{"n":"a","bv":9007199254740993,"v":1}]')).toThrow("too large");
  });
});

describe("labels", () => {
  it("unknown ones are skipped and noted; those that end in _ have to be understood", () => {
    expect(decode([{ n: "a", v: 1, color: "red", site: 1 }]).notes).toEqual({ "not-read": "color,site" });
    expect(() => decode([{ n: "a", v: 1, color_: "red" }])).toThrow("has to be understood");
  });

  it.each([
    [{}, "array"],
    [[], "no readings"],
    [[1], "object"],
    [[null], "object"],
    [[[]], "object"],
    [[{}], "no value"],
    [[{ n: "a" }], "no value"],
    [[{ n: "a", v: 1, vs: "b" }], "more than one value"],
    [[{ n: "a", v: "1" }], "wrong kind for v"],
    [[{ n: "a", vb: 1 }], "wrong kind for vb"],
    [[{ n: "a", vd: "a+/=" }], "wrong kind for vd"],
    [[{ n: 1, v: 1 }], "wrong kind for n"],
    [[{ n: "a", v: 1, t: "now" }], "wrong kind for t"],
    [[{ v: 1 }], "name"],
    [[{ n: "", v: 1 }], "name"],
    [[{ n: "_a", v: 1 }], "name"],
    [[{ n: "a b", v: 1 }], "name"],
    [[{ n: "größe", v: 1 }], "name"],
    [[{ n: "__proto__", v: 1 }], "name"],
    [[{ n: "a", v: 1, bver: 11 }], "version"],
    [[{ n: "a", v: 1, bver: 0 }], "version"],
    [
      [
        { n: "a", v: 1 },
        { n: "a", v: 1, bver: 5 },
      ],
      "several versions",
    ],
  ])("%j is refused: %s", (pack, reason) => {
    expect(() => decode(pack)).toThrow(reason);
    expect(() => decode(pack)).toThrow(DecodeError);
  });
});

describe("hostile payloads", () => {
  anyBytesAreDecodedOrRefused(
    json,
    [
      '[{"bn":"urn:dev:ow:10e2073a01080063:","bt":1.7e9,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},{"n":"current","t":-5,"v":1.2,"s":4}]',
      '[{"n":"label","vs":"Machine Room"},{"n":"open","vb":false},{"n":"nfv-reader","vd":"aGkgCg"}]',
    ].map((text) => Buffer.from(text)),
    [
      `[${"{},".repeat(80_000)}{}]`,
      `[{"bn":"${"a".repeat(100_000)}","n":"x","v":1},${'{"v":1},'.repeat(10_000)}{"v":2}]`,
      `[{"n":"a","v":${"9".repeat(250_000)}}]`,
      "[".repeat(200_000),
    ].map((text) => Buffer.from(text)),
  );
});
