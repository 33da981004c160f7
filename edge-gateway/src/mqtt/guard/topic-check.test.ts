import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { checkTopicFilter, checkTopicName } from "./topic-check.ts";

const limits = {
  maxPacketBytes: 1000,
  maxTopicBytes: 40,
  maxTopicLevels: 5,
  maxFilters: 3,
  maxClientIdBytes: 23,
  maxUserProperties: 4,
  maxPropertyBytes: 256,
};
const name = (text: string) => checkTopicName(Buffer.from(text), 0, Buffer.byteLength(text), limits);
const filter = (text: string) => checkTopicFilter(Buffer.from(text), 0, Buffer.byteLength(text), limits);

describe("a topic name", () => {
  it.each(["a", "/", "//a", "a b", "$SYS/x", "a/b/c/d/e"])("%j passes", (topic) => {
    expect(name(topic)).toBeUndefined();
  });
  it.each([
    ["", "topic-name"],
    ["#", "topic-name"],
    ["a+", "topic-name"],
    ["a/b/c/d/e/f", "topic-too-deep"],
    ["x".repeat(41), "topic-too-long"],
    ["a\0", "invalid-text"],
  ])("%j does not: %s", (topic, violation) => {
    expect(name(topic)).toBe(violation);
  });
});

describe("a topic filter", () => {
  it.each(["#", "+", "a/#", "+/a", "a/+/b", "+/+", "/+", "/#", "a/+/#", "$share/g/#"])("%j passes", (topic) => {
    expect(filter(topic)).toBeUndefined();
  });
  it.each(["", "a#", "#a", "a/#/b", "+a", "a+", "a/+b", "a/b+", "##", "++", "#/", "ab/+e"])("%j does not", (topic) => {
    expect(filter(topic)).toBe("topic-filter");
  });

  it("has wildcards as whole levels, and # at the end", () => {
    const level = fc.constantFrom("", "a", "+", "#", "a+", "+a", "#a", "ab");
    fc.assert(
      fc.property(fc.array(level, { minLength: 1, maxLength: 5 }), (levels) => {
        const right = levels.every(
          (it, index) => (it === "#" && index === levels.length - 1) || it === "+" || !/[+#]/.test(it),
        );
        expect(filter(levels.join("/")) === undefined).toBe(right && levels.join("/") !== "");
      }),
      { numRuns: propertyRuns(2000) },
    );
  });
});
