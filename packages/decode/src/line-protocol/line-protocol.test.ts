import { DecodeError } from "@headwater/core";
import { describe, expect, it } from "vitest";
import { anyBytesAreDecodedOrRefused } from "../../test/decoder-properties.ts";
import { defaultDecodeLimits } from "../decoder.ts";
import { lineProtocol } from "./line-protocol.ts";

const decode = (text: string, options = {}) => lineProtocol(options)(Buffer.from(text), defaultDecodeLimits);

it("the documentation's example", () => {
  expect(decode("weather,location=us-midwest,season=summer temperature=82,humidity=71i 1465839830100400200\n")).toEqual(
    {
      samples: [
        {
          time: 1_465_839_830_100_400,
          readings: [
            { metric: "weather.temperature{location=us-midwest,season=summer}", value: 82 },
            { metric: "weather.humidity{location=us-midwest,season=summer}", value: 71 },
          ],
        },
      ],
    },
  );
});

it("what Telegraf sends: a series with tags is a metric of its own, the order of tags does not matter", () => {
  const { samples } = decode(
    "cpu,cpu=cpu0,host=edge usage_idle=98.5,usage_user=1 1700000000000000000\n" +
      "cpu,host=edge,cpu=cpu1 usage_idle=97.25 1700000000000000000\n" +
      'mem used=123i,ok=true,state="fine, \\"really\\"" 1700000000000000000',
  );
  expect(samples).toHaveLength(1);
  expect(samples[0]!.readings.map(({ metric, value }) => [metric, value])).toEqual([
    ["cpu.usage_idle{cpu=cpu0,host=edge}", 98.5],
    ["cpu.usage_user{cpu=cpu0,host=edge}", 1],
    ["cpu.usage_idle{cpu=cpu1,host=edge}", 97.25],
    ["mem.used", 123],
    ["mem.ok", true],
    ["mem.state", 'fine, "really"'],
  ]);
});

it("what tags hold is told from what separates them: two series never become one metric", () => {
  const lines = [
    "m,a=1,b=2 value=1",
    String.raw`m,a=1\,b\=2 value=2`,
    String.raw`m,a\=1\,b=2 value=3`,
    "m,a=1} value=4",
    String.raw`m,a=1\x value=5`,
  ];
  const metrics = lines.map((line) => decode(line).samples[0]!.readings[0]!.metric);
  expect(metrics).toEqual([
    "m{a=1,b=2}",
    String.raw`m{a=1\,b\=2}`,
    String.raw`m{a\=1\,b=2}`,
    String.raw`m{a=1\}}`,
    String.raw`m{a=1\\x}`,
  ]);
});

it("numbers as devices print them and InfluxDB does not: a plus sign, NaN in the spellings of C", () => {
  expect(decode("m a=+5,b=+.5,c=-nan(ind),d=1.#INF,e=+9007199254740993")).toEqual({
    samples: [
      {
        readings: [
          { metric: "m.a", value: 5 },
          { metric: "m.b", value: 0.5 },
          { metric: "m.e", value: 9_007_199_254_740_992 },
        ],
      },
    ],
    notes: { "not-a-number": "m.c,m.d", exact: '{"m.e":"9007199254740993"}' },
  });
});

it("so many lines that cannot be read refuse the message whole: each of them takes its time", () => {
  expect(decode(`${"x\n".repeat(10_000)}m a=1`).samples).toHaveLength(1);
  expect(() => decode(`${"x\n".repeat(10_001)}m a=1`)).toThrow("More than 10000 parts of the message cannot be read");
});

it("the field value is the measurement itself; without a timestamp the receive time counts", () => {
  expect(decode("temperature value=21.5\npressure value=1013i")).toEqual({
    samples: [
      {
        readings: [
          { metric: "temperature", value: 21.5 },
          { metric: "pressure", value: 1013 },
        ],
      },
    ],
  });
});

it.each([
  ["ns", "1465839830100400200", 1_465_839_830_100_400],
  ["ns", "-1500", -2],
  ["us", "1465839830100400", 1_465_839_830_100_400],
  ["ms", "1465839830100", 1_465_839_830_100_000],
  ["s", "1465839830", 1_465_839_830_000_000],
])("a timestamp in %s", (precision, timestamp, time) => {
  expect(decode(`a value=1 ${timestamp}`, { precision }).samples[0]!.time).toBe(time);
});

it.each([
  ["9007199254740993i", 9_007_199_254_740_992, "9007199254740993"],
  ["-9223372036854775807i", -9_223_372_036_854_775_808, "-9223372036854775807"],
  ["18446744073709551615u", 18_446_744_073_709_551_616, "18446744073709551615"],
  ["9007199254740993", 9_007_199_254_740_992, "9007199254740993"],
])("%s is the nearest double, its digits noted", (written, value, digits) => {
  expect(decode(`a value=${written}`)).toEqual({
    samples: [{ readings: [{ metric: "a", value }] }],
    notes: { exact: `{"a":"${digits}"}` },
  });
});

it("1e400 is kept as text and marked, for no double comes near it", () => {
  expect(decode("a value=1e400")).toEqual({
    samples: [{ readings: [{ metric: "a", value: "1e400" }] }],
    notes: { "kept-as-text": "a" },
  });
});

it.each(["NaN", "nan", "-nan", "inf", "-Inf", "+Infinity"])("%s is no reading, and noted", (written) => {
  expect(decode(`a value=${written},b=1`)).toEqual({
    samples: [{ readings: [{ metric: "a.b", value: 1 }] }],
    notes: { "not-a-number": "a" },
  });
  expect(decode(`a value=${written}`)).toMatchObject({ samples: [], effects: { ignored: "no-values" } });
});

it("a timestamp that no double holds is kept as text", () => {
  const { samples } = decode("a value=1 99999999999999999999");
  expect(samples).toMatchObject([{ unplaced: { kind: "beyond", text: "99999999999999999" } }]);
});

it("lines that cannot be read are set aside, with their bytes, and the others are read", () => {
  const { samples, effects } = decode('a value=1\nb\nc value=2\nd value="x" y\ne value=3 1\n');
  expect(samples.flatMap(({ readings }) => readings.map(({ metric }) => metric))).toEqual(["a", "c", "e"]);
  expect(effects!.quarantine).toMatch(/Line 2 has no fields; Line 4/);
  expect(Buffer.from(effects!.quarantined!).toString()).toBe('b\nd value="x" y\n');
});

it("a line with a name that is too long is set aside whole", () => {
  const { samples, effects } = decode(`a value=1\nb x=1,${"y".repeat(300)}=2\nc value=2`);
  expect(samples.flatMap(({ readings }) => readings.map(({ metric }) => metric))).toEqual(["a", "c"]);
  expect(Buffer.from(effects!.quarantined!).toString()).toMatch(/^b x=1,y+=2\n$/);
});

it.each([
  ["", "no readings"],
  ["# a comment\n", "no readings"],
  ["a value=x\nb", "Line 2 has no fields"],
  ['a value="\n\n', "Line 1|3"],
  ["a value=NaNs", "Line 1"],
  ["a value=9223372036854775808i", "Line 1"],
  ["a,b=1,b=2 value=1", "twice"],
  ["a value=1 1.5", "timestamp|goes on"],
  ["a __proto__", "key=value"],
])("%j is refused", (text, reason) => {
  expect(() => decode(text)).toThrow(new RegExp(reason));
  expect(() => decode(text)).toThrow(DecodeError);
});

it("__proto__ is a name like any other", () => {
  expect(decode("__proto__,constructor=x __proto__=1").samples[0]!.readings).toEqual([
    { metric: "__proto__.__proto__{constructor=x}", value: 1 },
  ]);
});

describe("hostile payloads", () => {
  anyBytesAreDecodedOrRefused(
    lineProtocol(),
    [
      "weather,location=us\\ midwest temperature=82,humidity=71i,wet=t 1465839830100400200\n",
      'm s="a\\"b\\\\",u=1u,f=-.5e-3\r\n# c\r\nn value=F',
    ].map((text) => Buffer.from(text)),
    [
      `m,${"a=".repeat(100_000)} v=1`,
      `m v=${"1".repeat(262_000)}x`,
      `m v=${"1".repeat(262_000)}`,
      `m v="${'\\"'.repeat(130_000)}`,
      `m v=1 ${"1".repeat(262_000)}`,
      "\\".repeat(262_000),
      "\n".repeat(262_000),
      "b\n".repeat(131_000),
      "a b=1,\n".repeat(37_000),
      'm s="\n'.repeat(52_000),
    ].map((text) => Buffer.from(text)),
  );
});
