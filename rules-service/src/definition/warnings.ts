import { formatDuration } from "@headwater/core";
import type { ConditionDefinition } from "../conditions/condition.ts";
import type { SchemaProblem } from "@headwater/service/schema";
import { pointerTo } from "../language/problems.ts";
import { normaliseRule, type RuleDefinition } from "./definition.ts";

/** Members of a condition by which time alone may make it true. */
const timed = ["for", "absent", "window", "rate", "change", "relativeTo", "within"];

/**
 * What a rule may be taken with, and will hardly do as it is meant. `pace`: how often ticks come where nothing flows
 * (microseconds).
 */
export function warningsOf(definition: RuleDefinition, pace: number): readonly SchemaProblem[] {
  const { actions, wait } = normaliseRule(definition);
  if (definition.condition === undefined || !isTimed(definition.condition)) return [];
  return actions.flatMap((action, index) => {
    if (action.kind !== "command" || action.ttlMs * 1000 >= wait + pace) return [];
    const needs = formatDuration(wait + pace);
    return {
      pointer: pointerTo(pointerTo(pointerTo("/actions", index), "command"), "ttl"),
      detail:
        `is shorter than the ${needs} that it may take until time alone makes the condition true: the rule's wait ` +
        `of ${formatDuration(wait)}, and ${formatDuration(pace)} between two ticks; the command may expire before ` +
        `it is sent, so make it ${needs} at least, or wait shorter`,
    };
  });
}

function isTimed(condition: ConditionDefinition): boolean {
  if (timed.some((name) => condition[name] !== undefined)) return true;
  const { all, any, not } = condition as Record<string, ConditionDefinition[] | ConditionDefinition | undefined>;
  return [all, any, not].flat().some((inner) => inner !== undefined && isTimed(inner));
}
