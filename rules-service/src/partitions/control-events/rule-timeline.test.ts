import { expect, it } from "vitest";
import type { RuleChange } from "../../engine/engine.ts";
import { transitionOf } from "./rule-timeline.ts";

const change = (mode: RuleChange["mode"], revision = 1, threshold = 1): RuleChange => ({
  rule: "r",
  revision,
  mode,
  definition: { id: "r", condition: { metric: "m", op: ">", threshold } },
});

it.each([
  ["a draft", undefined, change("disabled"), "nothing"],
  ["a deleted draft", undefined, change("deleted"), "nothing"],
  ["switched on", undefined, change("live"), "warmed"],
  ["switched on again", change("disabled"), change("live"), "warmed"],
  ["revised while live", change("live"), change("live", 2, 2), "warmed"],
  ["revised while live and judges alike", change("live"), change("live", 2), "direct"],
  ["revised while off", change("disabled"), change("disabled", 2), "nothing"],
  ["put in shadow", change("live"), change("shadow"), "direct"],
  ["taken out of shadow", change("shadow"), change("live"), "direct"],
  ["switched off", change("live"), change("disabled"), "direct"],
  ["deleted while in shadow", change("shadow"), change("deleted"), "direct"],
  ["the same once more", change("live"), change("live"), "nothing"],
] as const)("a rule that is %s", (_name, present, next, expected) => {
  expect(transitionOf(present, next)).toBe(expected);
});
