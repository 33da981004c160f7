import { events, type RuleEvent } from "@headwater/proto";
import { expect, it } from "vitest";
import { canonicalRule, parseRule } from "../definition/index.ts";
import { RuleTimeline } from "../partitions/control-events/rule-timeline.ts";
import { storedDefinition } from "../rules/stored-definition.ts";

function defined(id: string, from: string, to: string, revision = 1) {
  const parsed = parseRule({ id, derive: { metric: to, expression: `metrics.${from} + 1.0` } });
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  return { revision, schema: 1, definition: canonicalRule(parsed.definition) };
}

function folded(...inputs: readonly Parameters<typeof events.rule.encode>[0][]) {
  const loops: string[] = [];
  const timeline = new RuleTimeline({
    definitionOf: storedDefinition,
    onLoop: (offset, rule, loop) => loops.push(`${offset} ${rule} ${loop.map((step) => step.rule).join(" ")}`),
  });
  const sequences = new Map<string, number>();
  for (const [offset, input] of inputs.entries()) {
    const sequence = (sequences.get(input.rule!) ?? 0) + 1;
    const event: RuleEvent = events.rule.decode(events.rule.encode({ sequence, ...input }));
    if (timeline.apply(offset, event) !== undefined) sequences.set(input.rule!, sequence);
  }
  const modes = [...timeline.rules()].map((rule) => `${rule} ${timeline.latest(rule)!.change.mode}`);
  return { loops, modes, timeline };
}

it("ignores the later of two events that switch rules on which derive from each other", () => {
  const { loops, modes } = folded(
    { rule: "a", created: defined("a", "t", "k") },
    { rule: "b", created: defined("b", "k", "t") },
    { rule: "a", enabled: {} },
    { rule: "b", enabled: {} },
  );
  expect(loops).toEqual(["3 b b a"]);
  expect(modes).toEqual(["a live", "b disabled"]);
});

it("ignores a revision of a rule that is on, and takes it once the other one is off", () => {
  const rules = [
    { rule: "a", created: defined("a", "t", "k") },
    { rule: "b", created: defined("b", "k", "r") },
    { rule: "a", enabled: {} },
    { rule: "b", enabled: {} },
    { rule: "b", revised: defined("b", "k", "t", 2) },
  ];
  const once = folded(...rules);
  expect(once.loops).toEqual(["4 b b a"]);
  expect(once.timeline.latest("b")!.change).toMatchObject({ mode: "live", revision: 1 });
  const twice = folded(...rules, { rule: "a", disabled: {} }, { rule: "b", revised: defined("b", "k", "t", 2) });
  expect(twice.loops).toHaveLength(1);
  expect(twice.timeline.latest("b")!.change).toMatchObject({ mode: "live", revision: 2 });
});

it("lets a rule in shadow be, which derives nothing, until it is switched on", () => {
  const { loops, modes } = folded(
    { rule: "a", created: defined("a", "t", "k") },
    { rule: "b", created: defined("b", "k", "t") },
    { rule: "a", enabled: {} },
    { rule: "b", shadowed: {} },
    { rule: "b", enabled: {} },
  );
  expect(loops).toEqual(["4 b b a"]);
  expect(modes).toEqual(["a live", "b shadow"]);
});
