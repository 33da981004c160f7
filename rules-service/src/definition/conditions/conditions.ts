import type { Problems } from "../problems.ts";
import type { Severity } from "../severity.ts";
import type { NormalCondition } from "./condition.ts";
import { threshold } from "./threshold/threshold.ts";
import type { ThresholdCondition } from "./threshold/schema.ts";

/** Every kind of condition. A new one is a folder beside this file and a line here. */
const conditionKinds = [threshold] as const;

export type RuleCondition = ThresholdCondition;

/** The union of all kinds; `kindOf` distinguishes them by keys that only one of them has. */
export const conditionSchema = threshold.schema;

function kindOf(_condition: RuleCondition): (typeof conditionKinds)[number] {
  return conditionKinds[0];
}

export function checkCondition(condition: RuleCondition, pointer: string, problems: Problems): void {
  kindOf(condition).check(condition, pointer, problems);
}

export function normaliseCondition(condition: RuleCondition, severity: Severity | undefined): NormalCondition {
  return kindOf(condition).normalise(condition, severity);
}
