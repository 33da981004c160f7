import { ConfigError } from "@headwater/core";
import { propertyRuns } from "@headwater/testkit/property-runs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { TopicPattern } from "./topic-pattern.ts";

const match = (pattern: string, topic: string) => {
  const names = new TopicPattern(pattern).match(topic.split("/"));
  return names === undefined ? undefined : Object.fromEntries(names);
};

it.each([
  ["a/b", "a/b", {}],
  ["a/b", "a/c", undefined],
  ["a/b", "a/b/c", undefined],
  ["tele/{device}/SENSOR", "tele/plug/SENSOR", { device: "plug" }],
  ["tele/{device}/SENSOR", "tele//SENSOR", undefined],
  ["a/+/{x}", "a/b/c", { x: "c" }],
  ["a/+", "a/", undefined],
  ["shellies/{device}/{rest...}", "shellies/s1/relay/0/power", { device: "s1", rest: "relay/0/power" }],
  ["shellies/{device}/{rest...}", "shellies/s1", undefined],
  ["z/{device...}/availability", "z/living/lamp/availability", { device: "living/lamp" }],
  ["z/{device...}/availability", "z/lamp/availability", { device: "lamp" }],
  ["z/{device...}/availability", "z/availability", undefined],
  ["z/{device...}/{last}", "z/a/b/c", { device: "a/b", last: "c" }],
  ["{device...}/x", "$SYS/x", undefined],
  ["a/#", "a/b/c", {}],
  ["a/#", "a", undefined],
  ["{device}/events/rpc", "$SYS/events/rpc", undefined],
  ["#", "$SYS/x", undefined],
  ["a/senml+cbor", "a/senml+cbor", {}],
])("%s and %s", (pattern, topic, names) => {
  expect(match(pattern, topic)).toEqual(names);
});

it.each(["a/#/b", "a/b#", "{a}/{a}", "{a...}/{b...}", "{a...}/#", "a/{b", "a/{B}", "a/x{b}"])(
  "%s is no pattern",
  (pattern) => {
    expect(() => new TopicPattern(pattern)).toThrow(ConfigError);
  },
);

it.each([
  ["a/{x}", "a/{device}", true],
  ["a/+", "a/b", true],
  ["a/b", "a/+", false],
  ["a/#", "a/{device}/{metric}", true],
  ["a/{device...}", "a/{x}/{y...}/z", true],
  ["a/{x}/{y...}", "a/{device...}", false],
  ["{a...}/x", "b/c/x", true],
  ["{a...}/x", "b/c/y", false],
  ["z/{a...}/b/{c}", "z/{d}/{e}/b/f", true],
  ["a/b/c", "a/b", false],
  ["a/b", "a/b/c", false],
  ["a/{x}", "a/", false],
  ["{x}/b", "$a/b", false],
  ["{x...}", "$a/b", false],
])("%s covers %s: %s", (pattern, other, covered) => {
  expect(new TopicPattern(pattern).covers(new TopicPattern(other))).toBe(covered);
});

it("whatever a covered pattern matches, the one that covers it does", () => {
  const level = fc.constantFrom("a", "b", "+", "{x}");
  const pattern = fc
    .tuple(fc.array(level, { maxLength: 3 }), fc.constantFrom([], ["{r...}"]), fc.array(level, { maxLength: 2 }))
    .map((parts) => parts.flat())
    .filter((parts) => parts.length > 0 && parts.filter((part) => part === "{x}").length < 2)
    .map((parts) => parts.join("/"));
  const topic = fc.array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(pattern, pattern, topic, (one, other, levels) => {
      const [covering, covered] = [new TopicPattern(one), new TopicPattern(other)];
      if (covering.covers(covered) && covered.match(levels) !== undefined) expect(covering.match(levels)).toBeDefined();
      expect(covering.covers(covering)).toBe(true);
    }),
    { numRuns: propertyRuns(2000) },
  );
});
