import { describe, expect, it } from "vitest";
import { parseRule } from "../../src/definition/index.ts";
import { warningsOf } from "../../src/definition/warnings.ts";
import { problems } from "./problems-of.ts";

describe("a problem", () => {
  it.each([
    [{ metric: "t", above: Infinity }, "has to be a number or an object, not Infinity, which is no finite number"],
    [{ metric: "t", above: Number.NaN }, "has to be a number or an object, not NaN, which is no finite number"],
    [{ expression: "metrics.t >" }, "cannot be read: Unexpected token: EOF; write it like metrics.temperature > 80"],
    [{ expression: `${"!".repeat(300)}(metrics.t > 1)` }, "has more than 200 parts; make several conditions"],
    [{ expression: `metrics.t${"[0]".repeat(40)} == 1` }, "nests deeper than 20; make several conditions"],
  ])("of %j says the value and what to do", (condition, detail) => {
    expect(problems({ id: "a", condition })[0]).toContain(detail);
  });

  it("of a group that names what there is not says what there is", () => {
    const webhook = { webhook: { url: "https://ops.example/hook" }, groupBy: ["site"] };
    const [found] = problems({ id: "a", condition: { metric: "t", above: 1 }, actions: [webhook] });
    expect(found).toMatch(/^\/actions\/0\/groupBy\/0 text "site" .* tags\.NAME, attributes\.NAME or labels\.NAME$/);
  });
});

describe("a warning", () => {
  function warnings(condition: Record<string, unknown>): string[] {
    const parsed = parseRule({ id: "a", condition });
    if (!parsed.ok) expect.fail(JSON.stringify(parsed.problems));
    return warningsOf(parsed.definition, 10_000_000).map(({ pointer, detail }) => `${pointer} ${detail}`);
  }
  const window = { metric: "t", window: { over: "5m" } };

  it.each([
    [{ ...window, aggregate: "mean", equals: "open" }, "/condition/equals is text, and the mean is a number"],
    [{ ...window, aggregate: "count", in: ["1", "2"] }, "/condition/in is text, and the count is a number"],
    [{ metric: "t", rate: { over: "5m" }, op: "!=", threshold: "x" }, "/condition/threshold is text, and the rate"],
    [{ metric: "t", change: { since: "5m" }, equals: "x" }, "/condition/equals is text, and the change"],
    [
      { metric: "t", relativeTo: { over: "5m", aggregate: "max" }, equals: "x" },
      "/condition/equals is text, and the ratio",
    ],
    [
      { all: [{ metric: "t", above: 1 }, { not: { ...window, aggregate: "p95", equals: "x" } }] },
      "/condition/all/1/not/equals is text, and the p95",
    ],
  ])("says that %j compares a number with a text", (condition, text) => {
    expect(warnings(condition)).toEqual([expect.stringContaining(text)]);
  });

  it("is not given where a text may come", () => {
    expect(warnings({ ...window, aggregate: "last", equals: "open" })).toEqual([]);
    expect(warnings({ ...window, aggregate: "count", where: { equals: "open" }, in: [1, "x"] })).toEqual([]);
    expect(warnings({ metric: "t", equals: "open" })).toEqual([]);
  });
});
