import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { filterCovers, filterMatches, isTopicFilter, levelsMatch } from "./topic-filter.ts";

const covers = (outer: string, inner: string) => filterCovers(outer.split("/"), inner.split("/"));

describe("a topic filter", () => {
  it.each([
    ["a/b", "a/b", true],
    ["a/+", "a/b", true],
    ["a/+", "a/b/c", false],
    ["a/+", "a/", true],
    ["+", "a", true],
    ["+", "/a", false],
    ["+/+", "/a", true],
    ["/+", "/a", true],
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["a/#", "ab", false],
    ["#", "a/b", true],
    ["#", "$SYS/x", false],
    ["+/x", "$SYS/x", false],
    ["$SYS/#", "$SYS/x", true],
    ["a/+/#", "a", false],
    ["a//b", "a/b", false],
  ])("%s and the topic %s: %s", (filter, topic, matches) => {
    expect(filterMatches(filter, topic)).toBe(matches);
  });

  it.each(["", "a#", "#/a", "a/#/b", "a+", "+a/b", "a\u0000b"])("%j is none", (text) => {
    expect(isTopicFilter(text)).toBe(false);
  });

  it.each(["#", "+", "/", "a/+/b/#", "$share/g/a", "//"])("%j is one", (text) => {
    expect(isTopicFilter(text)).toBe(true);
  });
});

describe("a filter under another", () => {
  it.each([
    ["a/#", "a/b/+", true],
    ["a/#", "a", true],
    ["a/#", "a/#", true],
    ["a/#", "#", false],
    ["a/+", "a/#", false],
    ["a/+/#", "a/#", false],
    ["a/+", "a/b", true],
    ["a/b", "a/+", false],
    ["+/#", "#", true],
    ["#", "+/#", true],
    ["#", "$SYS/#", false],
    ["+/#", "$SYS/x", false],
    ["$SYS/#", "$SYS/+", true],
    ["+/b", "#", false],
  ])("%s covers %s: %s", (outer, inner, expected) => {
    expect(covers(outer, inner)).toBe(expected);
  });

  // Two names, the empty level, one that begins with `$`, and a name that no filter spells out: with these every case
  // of containment shows.
  const named = ["a", "b", "", "$x"] as const;
  const topicLevels = [...named, "other"];
  const maxLevels = 3;
  const filterOf = fc
    .tuple(fc.array(fc.constantFrom(...named, "+"), { minLength: 0, maxLength: maxLevels }), fc.boolean())
    .map(([levels, open]) => [...levels, ...(open || levels.length === 0 ? ["#"] : [])]);
  // One level deeper than any filter is long: what lies below is matched by the same `#`.
  const topics: string[][] = [];
  let longer: string[][] = [[]];
  for (let depth = 1; depth <= maxLevels + 2; depth += 1) {
    longer = longer.flatMap((levels) => topicLevels.map((level) => [...levels, level]));
    topics.push(...longer);
  }

  it("holds exactly if every topic that the inner one matches is matched by the outer one", () => {
    fc.assert(
      fc.property(filterOf, filterOf, (outer, inner) => {
        const escaping = topics.find((topic) => levelsMatch(inner, topic) && !levelsMatch(outer, topic));
        if (filterCovers(outer, inner)) expect(escaping).toBeUndefined();
        else expect(escaping).toBeDefined();
      }),
      { numRuns: propertyRuns(3000) },
    );
  });
});
