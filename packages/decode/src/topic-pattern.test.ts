import { ConfigError } from "@headwater/core";
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
