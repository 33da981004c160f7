import { DecodeError } from "@headwater/core";
import { expect, it } from "vitest";
import { InexactNumber } from "./json-text.ts";
import { MessageBuilder } from "./message-builder.ts";

const build = (limits = {}) => new MessageBuilder({ maxReadings: 3, maxMetricLength: 8, maxDepth: 2, ...limits });

it("readings of one time are one sample, in the order in which times came", () => {
  const builder = build({ maxReadings: 10 });
  for (const [metric, time] of [
    ["a", 2],
    ["a", 1],
    ["b", 2],
    ["c", undefined],
    ["b", 1],
  ] as const)
    builder.add(metric, 1, time);
  expect(builder.finish().samples.map(({ time, readings }) => [time, readings.map(({ metric }) => metric)])).toEqual([
    [2, ["a", "b"]],
    [1, ["a", "b"]],
    [undefined, ["c"]],
  ]);
});

it("without a time a metric that repeats begins another sample", () => {
  const builder = build({ maxReadings: 10 });
  for (const metric of ["a", "b", "a", "c"]) builder.add(metric, 1);
  expect(builder.finish().samples.map(({ readings }) => readings.map(({ metric }) => metric))).toEqual([
    ["a", "b"],
    ["a", "c"],
  ]);
});

it.each<[unknown, number | boolean | string, boolean]>([
  [1e308, 1e308, false],
  [2 ** 53, 2 ** 53, false],
  [2n ** 53n, 2 ** 53, false],
  [2n ** 2000n, String(2n ** 2000n), true],
  [new InexactNumber("1e400"), "1e400", true],
  [false, false, false],
  ["", "", false],
  [[1, new InexactNumber("9007199254740993")], "[1,9007199254740993]", false],
])("%s is kept as %j", (value, kept, marked) => {
  const builder = build();
  builder.add("a", value);
  expect(builder.finish()).toEqual({
    samples: [{ readings: [{ metric: "a", value: kept }] }],
    ...(marked ? { notes: { "kept-as-text": "a" } } : {}),
  });
});

it("a number that no double says exactly is the nearest, its digits noted by sample", () => {
  const builder = build();
  builder.add("a", 2n ** 53n + 1n);
  expect(builder.finish().notes).toEqual({ exact: '{"a":"9007199254740993"}' });
  builder.add("a", new InexactNumber("9007199254740995"));
  expect(builder.finish().notes).toEqual({ exact: '{"0:a":"9007199254740993","1:a":"9007199254740995"}' });
});

it.each([Number.NaN, -Infinity, new InexactNumber("NaN"), new InexactNumber("-Infinity")])(
  "%s is no reading, and noted",
  (value) => {
    const builder = build();
    builder.add("a", value);
    builder.add("b", 1);
    expect(builder.finish()).toEqual({
      samples: [{ readings: [{ metric: "b", value: 1 }] }],
      notes: { "not-a-number": "a" },
    });
  },
);

it("a time that no double holds is kept as text", () => {
  const builder = build();
  builder.add("a", 1, 2 ** 53);
  expect(builder.finish().samples).toMatchObject([{ unplaced: { kind: "beyond", text: "9007199254740992" } }]);
});

it("the limits: readings, names, depth, times, units, notes", () => {
  const builder = build();
  for (const metric of ["a", "b", "c"]) builder.add(metric, 1);
  expect(() => builder.add("d", 1)).toThrow("more than 3 readings");
  expect(() => build().add("", 1)).toThrow("1 to 8 characters");
  expect(() => build().add("123456789", 1)).toThrow("1 to 8 characters");
  expect(() => build().add("123456789", null)).toThrow("1 to 8 characters");
  expect(() => build().add("a", [[[[1]]]])).toThrow("nests deeper");
  expect(() => build().add("a", "\ud800")).toThrow("Unicode");
  expect(() => build().add("\ud800", 1)).toThrow("Unicode");
  expect(() => build().add("a", Symbol("x"))).toThrow(DecodeError);
  const long = build();
  long.add("a", 1, undefined, "u".repeat(100));
  for (let i = 0; i < 5000; i += 1) long.note("not-read", "x");
  long.fact("fact", "y".repeat(5000));
  const { samples, notes } = long.finish();
  expect(samples[0]!.readings[0]!.unit).toHaveLength(64);
  expect([notes!["not-read"]!.length, notes!["fact"]!.length]).toEqual([1024, 1024]);
});

it("nothing read is an error, unless metrics have no value or the message says something else", () => {
  expect(() => build().finish()).toThrow("no readings");
  expect(build().finish({ ignored: "x" })).toEqual({ samples: [], effects: { ignored: "x" } });
  const builder = build();
  builder.add("a", null);
  expect(builder.finish()).toMatchObject({ samples: [], effects: { ignored: "no-values" } });
  expect(builder.finish({ ignored: "no-values" })).toEqual({
    samples: [],
    notes: { "without-value": "a" },
    effects: { ignored: "no-values" },
  });
});
