import { formatDuration } from "@headwater/core";
import type { ConditionDefinition } from "../conditions/condition.ts";
import type { NormalAction } from "../action-kinds/kinds.ts";
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
  const timed = definition.condition !== undefined && isTimed(definition.condition);
  const found = definition.condition === undefined ? [] : ofTexts(definition.condition, "/condition");
  const ofActions = actions.flatMap((action, index) => {
    const at = pointerTo("/actions", index);
    return [...ofLife(action, at, timed ? wait : undefined, pace), ...ofRepeat(action, at, pace)];
  });
  return [...found, ...ofActions];
}

/** `wait`: of a rule whose condition time alone may make true. */
function ofLife(action: NormalAction, at: string, wait: number | undefined, pace: number): readonly SchemaProblem[] {
  if (wait === undefined || action.kind !== "command" || action.ttlMs * 1000 >= wait + pace) return [];
  const needs = formatDuration(wait + pace);
  return [
    {
      pointer: pointerTo(pointerTo(at, "command"), "ttl"),
      detail:
        `is shorter than the ${needs} that it may take until time alone makes the condition true: the rule's wait ` +
        `of ${formatDuration(wait)}, and ${formatDuration(pace)} between two ticks; the command may expire before ` +
        `it is sent, so make it ${needs} at least, or wait shorter`,
    },
  ];
}

function ofRepeat(action: NormalAction, at: string, pace: number): readonly SchemaProblem[] {
  const { repeat } = action;
  const found: SchemaProblem[] = [];
  if (repeat === 0) return found;
  if (repeat < pace) {
    const ticks = formatDuration(pace);
    const detail = `is shorter than the ${ticks} between two ticks where nothing flows; make it ${ticks} at least`;
    found.push({ pointer: pointerTo(at, "repeat"), detail });
  }
  if (action.kind === "command" && action.ttlMs * 1000 > repeat) {
    const most = formatDuration(repeat);
    const detail = `is longer than repeat; a command is given up when the next is due, so make it ${most} at most`;
    found.push({ pointer: pointerTo(pointerTo(at, "command"), "ttl"), detail });
  }
  return found;
}

/** What is computed of numbers is a number, and no text is ever equal to it. */
function ofTexts(condition: ConditionDefinition, at: string): readonly SchemaProblem[] {
  const { all, any, not } = condition as Record<string, ConditionDefinition[] | ConditionDefinition | undefined>;
  const found = Object.entries({ all, any, not }).flatMap(([name, inner]) =>
    Array.isArray(inner)
      ? inner.flatMap((each, index) => ofTexts(each, pointerTo(pointerTo(at, name), index)))
      : inner === undefined
        ? []
        : ofTexts(inner, pointerTo(at, name)),
  );
  const computed = computedOf(condition);
  if (computed === undefined) return found;
  const { equals, in: list, threshold } = condition;
  for (const [name, operand] of Object.entries({ equals, in: list, threshold })) {
    const texts = [operand].flat();
    if (operand === undefined || !texts.every((each) => typeof each === "string")) continue;
    const detail = `is text, and ${computed} is a number: the comparison tells nothing; compare it with a number`;
    found.push({ pointer: pointerTo(at, name), detail });
  }
  return found;
}

/** What a condition computes where that is always a number. */
function computedOf(condition: ConditionDefinition): string | undefined {
  const { window, aggregate, rate, change, relativeTo } = condition;
  if (window !== undefined)
    return aggregate === "first" || aggregate === "last" ? undefined : `the ${String(aggregate)}`;
  if (rate !== undefined) return "the rate";
  if (change !== undefined) return "the change";
  return relativeTo === undefined ? undefined : "the ratio";
}

function isTimed(condition: ConditionDefinition): boolean {
  if (timed.some((name) => condition[name] !== undefined)) return true;
  const { all, any, not } = condition as Record<string, ConditionDefinition[] | ConditionDefinition | undefined>;
  return [all, any, not].flat().some((inner) => inner !== undefined && isTimed(inner));
}
