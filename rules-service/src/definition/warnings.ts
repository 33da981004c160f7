import { formatDuration } from "@headwater/core";
import type { ConditionDefinition } from "../conditions/condition.ts";
import { parseExpression } from "../conditions/expression/cel.ts";
import type { NormalAction } from "../action-kinds/kinds.ts";
import { type Addresses, addressOf } from "../action-kinds/webhook/addresses.ts";
import type { SchemaProblem } from "@headwater/service/schema";
import { pointerTo } from "../language/problems.ts";
import { normaliseRule, type RuleDefinition } from "./definition.ts";

/** Members of a condition by which time alone may make it true. */
const timed = ["for", "absent", "window", "rate", "change", "relativeTo", "within"];

/** What a rule will be carried out with. */
export interface WarningMeans {
  /** Milliseconds between ticks where nothing flows. */
  readonly idleTickMs: number;
  /** Where webhooks may go. */
  readonly addresses: Pick<Addresses, "refusal">;
}

/** What a rule may be taken with, and will hardly do as it is meant. */
export function warningsOf(
  definition: RuleDefinition,
  { idleTickMs, addresses }: WarningMeans,
): readonly SchemaProblem[] {
  const pace = idleTickMs * 1000;
  const { actions, wait } = normaliseRule(definition);
  const timed = definition.condition !== undefined && isTimed(definition.condition);
  const found = definition.condition === undefined ? [] : ofConditions(definition.condition, "/condition");
  const ofActions = actions.flatMap((action, index) => {
    const at = pointerTo("/actions", index);
    return [
      ...ofLife(action, at, timed ? wait : undefined, pace),
      ...ofRepeat(action, at, pace),
      ...ofAddress(action, at, addresses),
    ];
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

/** Of a URL with an address; that of a name is known when it is sent. */
function ofAddress(action: NormalAction, at: string, addresses: WarningMeans["addresses"]): readonly SchemaProblem[] {
  if (action.kind !== "webhook" || action.url === undefined) return [];
  const address = addressOf(new URL(action.url));
  const why = address === undefined ? undefined : addresses.refusal(address);
  if (why === undefined) return [];
  const detail = `${why}, so it will be refused whenever it is sent; name the network in HEADWATER_ACTIONS_NETWORKS`;
  return [{ pointer: pointerTo(pointerTo(at, "webhook"), "url"), detail }];
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

/** Of a condition and those within it: what can never be true. */
function ofConditions(condition: ConditionDefinition, at: string): readonly SchemaProblem[] {
  const { all, any, not } = condition as Record<string, ConditionDefinition[] | ConditionDefinition | undefined>;
  const within = Object.entries({ all, any, not }).flatMap(([name, inner]) =>
    Array.isArray(inner)
      ? inner.flatMap((each, index) => ofConditions(each, pointerTo(pointerTo(at, name), index)))
      : inner === undefined
        ? []
        : ofConditions(inner, pointerTo(at, name)),
  );
  return [...within, ...ofTexts(condition, at), ...ofExpression(condition, at)];
}

/** Arithmetic alone is neither true nor false. */
function ofExpression({ expression }: ConditionDefinition, at: string): readonly SchemaProblem[] {
  if (typeof expression !== "string") return [];
  const parsed = parseExpression(expression, "bool");
  if (!parsed.ok || !parsed.expression.neverTells) return [];
  const detail = `computes a value and is never true or false, so it raises nothing; compare it, as in (${expression}) > 80`;
  return [{ pointer: pointerTo(at, "expression"), detail }];
}

/** What is computed of numbers is a number, and no text is ever equal to it. */
function ofTexts(condition: ConditionDefinition, at: string): readonly SchemaProblem[] {
  const found: SchemaProblem[] = [];
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
