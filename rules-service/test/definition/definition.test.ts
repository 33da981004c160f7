import fc from "fast-check";
import { severityOf } from "../../src/conditions/verdict.ts";
import { describe, expect, it } from "vitest";
import { canonicalRule, maxRuleLength, normaliseRule, parseRule, ruleSchema } from "../../src/definition/index.ts";
import type { RuleDefinition } from "../../src/definition/index.ts";
import { problems } from "./problems-of.ts";

const whole = {
  id: "boiler-too-hot",
  name: "Boiler too hot",
  selector: { types: ["boiler"], tags: { site: ["north", "south"] } },
  condition: { metric: "temperature", above: { warning: 80, critical: 90 }, clearBelow: 75, for: "30s" },
  actions: [
    { command: { name: "shut_valve", params: { valve: 1 }, ttl: "60s" } },
    { derive: { metric: "overheating", value: 1 } },
  ],
};

function withCondition(condition: Record<string, unknown>): string[] {
  return problems({ id: "a", condition: { metric: "t", ...condition } });
}

describe("a rule", () => {
  it("as the contract shows it is taken and comes back as it was written", () => {
    expect(parseRule(whole)).toEqual({ ok: true, definition: whole });
  });

  it("may have its severity at the top or in the condition", () => {
    const top = parseRule({ id: "a", condition: { metric: "t", op: ">", threshold: 90 }, severity: "critical" });
    const within = parseRule({ id: "a", condition: { metric: "t", op: ">", threshold: 90, severity: "critical" } });
    for (const parsed of [top, within]) {
      if (!parsed.ok) expect.fail();
      const { program, rank } = normaliseRule(parsed.definition);
      expect(program.ranks.map((each) => severityOf(each) ?? severityOf(rank))).toEqual(["critical"]);
    }
  });

  it("without a severity warns, without a lateness waits 5 s, without a ttl gives a command a minute", () => {
    const parsed = parseRule({
      id: "a",
      condition: { metric: "t", op: ">", threshold: 90 },
      actions: [{ command: { name: "x" } }],
    });
    if (!parsed.ok) expect.fail();
    const rule = normaliseRule(parsed.definition);
    expect(severityOf(rule.rank)).toBe("warning");
    expect(rule.wait).toBe(5_000_000);
    expect(rule.lateness).toBe(5_000_000);
    expect(rule.actions[0]).toMatchObject({ ttlMs: 60_000, params: "" });
  });

  it.each([
    [{ ...whole, condtion: {} }, "/condtion", '"condition"'],
    [{ ...whole, condition: null, severity: "info" }, "/condition", "has to be an object"],
    [{ ...whole, severty: "warning" }, "/severty", '"severity"'],
    [{ ...whole, selector: { typs: ["a"] } }, "/selector/typs", '"types"'],
    [{ ...whole, selector: { sites: ["a"] } }, "/selector/sites", "tags: { site: [north] }"],
    [{ ...whole, selector: "boiler" }, "/selector", "its keys are ids, types, tags, attributes, not"],
    [{ ...whole, selector: { types: "boiler" } }, "/selector/types", 'write ["boiler"]'],
    [{ ...whole, when: {} }, "/when", "write it as condition"],
    [{ ...whole, enabled: true }, "/enabled", "switched on by enable"],
    [{ ...whole, condition: "t > 80" }, "/condition", "write it like { metric: temperature, above: 80 }"],
    [{ ...whole, actions: [{ command: "shut" }] }, "/actions/0/command", "its keys are name"],
    [{ ...whole, actions: [{ webhook: { url: "ftp://ops.example" } }] }, "/actions/0/webhook/url", "http or https"],
    [{ ...whole, actions: [{ webhook: { url: "https://a:b@ops.example" } }] }, "/actions/0/webhook/url", "urlSecret"],
    [{ ...whole, actions: [{ webhook: {} }] }, "/actions/0/webhook", "exactly one of url and urlSecret"],
    [
      { ...whole, actions: [{ webhook: { urlSecret: "a", url: "https://b.example" } }] },
      "/actions/0/webhook",
      "one of",
    ],
    [{ ...whole, actions: [{ webhook: { urlSecret: "../a" } }] }, "/actions/0/webhook/urlSecret", ""],
    [{ ...whole, actions: [{ webhook: { urlSecret: "a", format: "irc" } }] }, "/actions/0/webhook/format", "slack"],
    [{ ...whole, actions: [{ webhook: { urlSecret: "a", deadline: "8d" } }] }, "/actions/0/webhook/deadline", "7d"],
    [{ ...whole, actions: [{ webhook: { urlSecret: "a" }, on: ["rased"] }] }, "/actions/0/on/0", "raised"],
    [{ ...whole, actions: [{ webhook: { urlSecret: "a" }, repeat: "often" }] }, "/actions/0/repeat", "no duration"],
    [{ ...whole, actions: [{ webhook: { urlSecret: "a" }, repeat: "10ms" }] }, "/actions/0/repeat", "from 1s to 30d"],
    [
      { ...whole, actions: [{ command: { name: "a" }, on: ["cleared"], repeat: "15m" }] },
      "/actions/0/repeat",
      "add raised, escalated, deescalated to on",
    ],
    [{ ...whole, actions: [{ derive: { metric: "m", value: 1 }, repeat: "15m" }] }, "/actions/0/repeat", "done once"],
    [
      { ...whole, actions: [{ command: { name: "a" }, repeatAcknowledged: true }] },
      "/actions/0/repeatAcknowledged",
      "`repeat`",
    ],
    [
      { ...whole, actions: [{ derive: { metric: "m", value: 1 }, on: ["raised", "cleared"] }] },
      "/actions/0/on",
      "names cleared, and a derive is done when an episode is raised: remove it",
    ],
    [{ ...whole, actions: [{ command: { name: "a" }, on: ["ended"] }] }, "/actions/0/on/0", "cleared"],
    [{ ...whole, actions: [{ command: { name: "a" }, groupBy: ["rule"] }] }, "/actions/0/groupBy", "webhook, email"],
    [{ ...whole, actions: [{ webhook: { urlSecret: "a" }, groupBy: ["site"] }] }, "/actions/0/groupBy/0", ""],
    [{ ...whole, actions: [{ webhook: { urlSecret: "a" }, groupWait: "1m" }] }, "/actions/0/groupWait", "add groupBy"],
    [
      { ...whole, actions: [{ webhook: { urlSecret: "a" }, groupBy: ["rule"], groupWait: "2h" }] },
      "/actions/0/groupWait",
      "from 0s to 1h",
    ],
    [
      { ...whole, actions: [{ webhook: { urlSecret: "a" }, groupBy: [], repeat: "1m" }] },
      "/actions/0/repeat",
      "shorter than groupInterval",
    ],
    [
      { ...whole, actions: [{ webhook: { urlSecret: "a", deadline: "5m" }, groupBy: ["rule"] }] },
      "/actions/0",
      "gives up before its group is due",
    ],
    [
      { ...whole, actions: [{ email: { to: ["a@b.example, c@d.example"] } }] },
      "/actions/0/email/to/0",
      "plain address",
    ],
    [{ ...whole, actions: [{ email: { to: ["a\r\nBcc:x@b.example"] } }] }, "/actions/0/email/to/0", "plain address"],
    [{ ...whole, schedule: {} }, "/schedule/timeZone", "is missing"],
    [
      { ...whole, schedule: { timeZone: "Mars/Olympus", weekly: [{ days: ["mon"], from: "06:00", to: "22:00" }] } },
      "/schedule/timeZone",
      "is no time zone",
    ],
    [
      { ...whole, schedule: { timeZone: "UTC", weekly: [{ days: ["mo"], from: "06:00", to: "22:00" }] } },
      "/schedule/weekly/0/days/0",
      '"mon"',
    ],
    [
      { ...whole, schedule: { timeZone: "UTC", weekly: [{ days: ["mon"], from: "6", to: "22:00" }] } },
      "/schedule/weekly/0/from",
      "06:00",
    ],
    [{ ...whole, actions: [{}] }, "/actions/0", "exactly one"],
    [{ ...whole, actions: [{ command: { name: "a", ttl: "soon" } }] }, "/actions/0/command/ttl", "no duration"],
    [
      { ...whole, actions: [{ derive: { metric: "temperature", value: 1 } }] },
      "/actions/0/derive/metric",
      "another name",
    ],
    [{ ...whole, id: "no spaces" }, "/id", "does not fit"],
    [{ condition: whole.condition }, "/id", "is missing"],
    [{ ...whole, severity: "warning" }, "/severity", "a severity for each threshold already"],
    [{ ...whole, lateness: "8d" }, "/lateness", "8d is out of range; choose from 0s to 7d"],
    [null, "", "an object"],
    ["boiler", "", "an object"],
    [[], "", "an object"],
  ])("%# is refused with where and what to do", (input, pointer, hint) => {
    const found = problems(input).filter((problem) => problem.startsWith(`${pointer} `));
    expect(found.join()).toContain(hint);
  });

  it.each([
    [{ op: "=>", threshold: 1 }, "/condition/op", '">="'],
    [{ op: "=", threshold: 1 }, "/condition/op", "=="],
    [{ op: "like", threshold: 1 }, "/condition/op", "use one of"],
    [{ op: ">" }, "/condition/threshold", "missing"],
    [{}, "/condition", "choose one of"],
    [{ above: 1, below: 2 }, "/condition", "above and below"],
    [{ above: 1, threshold: 2 }, "/condition/threshold", "belongs to"],
    [{ above: { warning: 80, critical: 70 } }, "/condition/above", "rise"],
    [{ below: { warning: 70, critical: 80 } }, "/condition/below", "fall"],
    [{ above: {} }, "/condition/above", "at least 1"],
    [{ above: { fatal: 1 } }, "/condition/above/fatal", "not known"],
    [{ above: 80, clearBelow: 81 }, "/condition/clearBelow", "never stay raised"],
    [{ above: 80, clearAbove: 70 }, "/condition/clearAbove", "use clearBelow"],
    [{ op: "==", threshold: 1, clearBelow: 0 }, "/condition/clearBelow", "remove it"],
    [{ above: 1, for: "10s", times: 2 }, "/condition/times", "keep one of the two"],
    [{ above: 1, for: "90d" }, "/condition/for", "out of range"],
    [{ above: 1, times: 1.5 }, "/condition/times", "whole number"],
    [{ above: 1, times: 1001 }, "/condition/times", "out of range"],
    [{ between: [3, 1] }, "/condition/between", "[1, 3]"],
    [{ between: [3] }, "/condition/between", "at least 2"],
    [{ above: "80" }, "/condition/above", "a number or an object"],
    [{ above: Number.NaN }, "/condition/above", "a number or an object"],
    [{ window: {}, aggregate: "mean", above: 1 }, "/condition/window", "exactly one of over, session and readings"],
    [{ expression: "metrics.t > 1" }, "/condition/metric", "is not known here"],
    [{ window: { over: "1d", timeZone: "UTC" }, aggregate: "sum", above: 1 }, "/condition/window/timeZone", "every"],
    [
      { window: { over: "7d", every: "1d", timeZone: "Mars/Base" }, aggregate: "sum", above: 1 },
      "/condition/window/timeZone",
      "Europe/Berlin",
    ],
    [
      { window: { over: "7d", every: "6h", timeZone: "UTC" }, aggregate: "sum", above: 1 },
      "/condition/window/every",
      "1d, 1w or 1mo",
    ],
    [
      { window: { over: "10d", every: "1w", timeZone: "UTC" }, aggregate: "sum", above: 1 },
      "/condition/window/over",
      "4w",
    ],
    [
      { window: { over: "3mo", every: "1mo", timeZone: "UTC" }, aggregate: "sum", above: 1 },
      "/condition/window/over",
      "2mo",
    ],
    [{ window: { over: "1mo", every: "1mo" }, aggregate: "sum", above: 1 }, "/condition/window/every", "timeZone"],
    [{ absent: "1m", reasons: [] }, "/condition/reasons", "at least 1"],
    [{ absent: "1m", reasons: ["gateway-away"] }, "/condition/reasons/0", "gateway-offline"],
  ])("with the condition %j is refused with where and what to do", (condition, pointer, hint) => {
    const found = withCondition(condition).filter((problem) => problem.startsWith(`${pointer} `));
    expect(found.join()).toContain(hint);
  });

  it("tells of gateways by an absence that stands alone", () => {
    const condition = (reasons: string[]) => ({ id: "r", condition: { not: { absent: "1m", reasons } } });
    expect(problems(condition(["gateway-offline"])).join()).toMatch(/^\/condition\/not\/reasons .*in another rule/);
    expect(problems(condition(["device-silent"]))).toEqual([]);
  });

  it("has limits", () => {
    const nested = JSON.parse(`${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`) as unknown;
    const command = (params: unknown) => ({ ...whole, actions: [{ command: { name: "a", params } }] });
    expect(problems(command({ deep: nested })).join()).toContain("nests deeper");
    expect(problems(command({ long: "x".repeat(20_000) })).join()).toContain("longer than");
    expect(problems({ ...whole, selector: { ids: Array.from({ length: 10_001 }, () => "a") } }).join()).toContain(
      "at most 10000",
    );
    const ids = Array.from({ length: 5000 }, (_, i) => `${i}`.padStart(100, "x"));
    expect(problems({ ...whole, selector: { ids } }).join()).toContain(`at most ${maxRuleLength}`);
    const keys = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`unknown${i}`, 1]));
    expect(problems({ ...whole, ...keys })).toHaveLength(20);
  });

  it("is refused or taken, whatever it is", () => {
    const anything = fc.anything({
      maxDepth: 4,
      key: fc.constantFrom(...Object.keys(whole), "metric", "above", "op", "__proto__"),
    });
    fc.assert(
      fc.property(anything, fc.anything(), (condition, rest) => {
        const parsed = parseRule({ ...whole, condition, selector: rest });
        if (parsed.ok) normaliseRule(parsed.definition);
        else expect(parsed.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe("the canonical form", () => {
  it("is the same however the keys are ordered", () => {
    const reversed = (value: unknown): unknown =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([key, inner]) => [key, reversed(inner)]),
          );
    expect(canonicalRule(reversed(whole) as RuleDefinition)).toBe(canonicalRule(whole));
    expect(JSON.parse(canonicalRule(whole))).toEqual(whole);
  });
});

describe("the published schema", () => {
  it("is one JSON Schema 2020-12 object that closes every object", () => {
    const schema = JSON.parse(JSON.stringify(ruleSchema)) as Record<string, unknown>;
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      additionalProperties: false,
    });
    const open: string[] = [];
    const walk = (node: unknown, at: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { type, properties, additionalProperties } = node as Record<string, unknown>;
      if (type === "object" && properties !== undefined && additionalProperties !== false) open.push(at);
      for (const [key, inner] of Object.entries(node)) walk(inner, `${at}/${key}`);
    };
    walk(schema, "");
    expect(open).toEqual([]);
  });
});
