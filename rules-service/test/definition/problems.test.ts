import { describe, expect, it } from "vitest";
import { parseRule } from "../../src/definition/index.ts";
import { Addresses } from "../../src/action-kinds/webhook/addresses.ts";
import { warningsOf } from "../../src/definition/warnings.ts";
import { problems } from "./problems-of.ts";

describe("a problem", () => {
  it.each([
    [{ metric: "t", above: Infinity }, "has to be a number or an object, not Infinity, which is no finite number"],
    [{ metric: "t", above: Number.NaN }, "has to be a number or an object, not NaN, which is no finite number"],
    [{ metric: "t", gt: 80 }, '"gt" is not known here; write above: 80, or op: ">" with threshold: 80'],
    [{ metric: "t", value: 80 }, "write threshold beside op, or above, below or equals"],
    [{ metric: "t", window: { over: "5m" }, aggregate: "median", above: 1 }, 'text "median" is not known; write p50'],
    [{ metric: "t", window: { over: "5m" }, aggregate: "avg", above: 1 }, 'text "avg" is not known; write mean'],
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
  const means = { idleTickMs: 10_000, addresses: new Addresses(["10.1.0.0/16"]) };
  function warnings(condition: Record<string, unknown>, actions: readonly object[] = []): string[] {
    const parsed = parseRule({ id: "a", condition, actions });
    if (!parsed.ok) expect.fail(JSON.stringify(parsed.problems));
    return warningsOf(parsed.definition, means).map(({ pointer, detail }) => `${pointer} ${detail}`);
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

  it.each(["metrics.t + 3", "-metrics.t", "metrics.open ? metrics.t * 2 : metrics.t - 1"])(
    "says that %s is never true",
    (expression) => {
      const text = expect.stringContaining(
        `never true or false, so it raises nothing; compare it, as in (${expression})`,
      );
      expect(warnings({ expression })).toEqual([text]);
      expect(warnings({ any: [{ metric: "t", above: 1 }, { not: { expression } }] })).toEqual([text]);
    },
  );

  it.each(["metrics.t + 3 > 5", "!metrics.t", "metrics.t", "metrics.open ? metrics.shut : metrics.t - 1"])(
    "is not given for %s, which may be true",
    (expression) => expect(warnings({ expression })).toEqual([]),
  );

  it.each(["169.254.169.254/latest", "127.1", "localhost:8080", "[fe80::1]", "[::ffff:192.168.0.1]", "3232235521"])(
    "says that a webhook to %s is refused",
    (place) => {
      const webhook = { webhook: { url: `http://${place}` } };
      expect(warnings({ metric: "t", above: 1 }, [webhook])).toEqual([
        expect.stringMatching(/^\/actions\/0\/webhook\/url is not public \(.*HEADWATER_ACTIONS_NETWORKS$/),
      ]);
    },
  );

  it.each(["10.1.2.3", "ops.example", "1.1.1.1", "10.1.2.3.ops.example"])(
    "is not given for a webhook to %s",
    (place) => {
      const webhook = { webhook: { url: `https://${place}/hook` } };
      expect(warnings({ metric: "t", above: 1 }, [webhook])).toEqual([]);
    },
  );

  it("is not given where a text may come", () => {
    expect(warnings({ ...window, aggregate: "last", equals: "open" })).toEqual([]);
    expect(warnings({ ...window, aggregate: "count", where: { equals: "open" }, in: [1, "x"] })).toEqual([]);
    expect(warnings({ metric: "t", equals: "open" })).toEqual([]);
  });
});
