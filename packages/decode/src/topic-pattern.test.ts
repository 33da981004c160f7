import { ConfigError } from "@headwater/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeIdPart, fillDeviceTemplate, TopicPattern } from "./topic-pattern.ts";

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
  ["a/#", "a/b/c", {}],
  ["a/#", "a", undefined],
  ["{device}/events/rpc", "$SYS/events/rpc", undefined],
  ["#", "$SYS/x", undefined],
  ["a/senml+cbor", "a/senml+cbor", {}],
])("%s and %s", (pattern, topic, names) => {
  expect(match(pattern, topic)).toEqual(names);
});

it.each(["a/#/b", "a/b#", "{a}/{a}", "{a...}/b", "a/{b", "a/{B}", "a/x{b}"])("%s is no pattern", (pattern) => {
  expect(() => new TopicPattern(pattern)).toThrow(ConfigError);
});

describe("devices by template", () => {
  it("names are filled in, what would mix two devices is encoded", () => {
    const names = new Map([
      ["group", "plant:1"],
      ["node", "a/b%+#\u0000"],
    ]);
    expect(fillDeviceTemplate("{group}:{node}", names)).toBe("plant%3a1:a%2fb%25%2b%23%00");
  });

  it("two different pairs of names never become one device", () => {
    const names = fc.tuple(fc.string(), fc.string());
    fc.assert(
      fc.property(names, names, ([a, b], [c, d]) => {
        fc.pre(a !== c || b !== d);
        const fill = (x: string, y: string) =>
          fillDeviceTemplate(
            "{x}:{y}",
            new Map([
              ["x", x],
              ["y", y],
            ]),
          );
        expect(fill(a, b)).not.toBe(fill(c, d));
      }),
    );
  });

  it("what is encoded is a level of a topic", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeIdPart(text)).not.toMatch(/[/+#\p{Cc}]/u);
      }),
    );
  });
});
