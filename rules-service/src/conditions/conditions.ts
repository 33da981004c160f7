import { Type } from "@sinclair/typebox";
import { describe, type Problems } from "../language/problems.ts";
import { schemaProblems } from "../language/schema-problems.ts";
import { absenceKind } from "./absence/kind.ts";
import type { ConditionDefinition, ConditionKind } from "./condition.ts";
import { expressionKind } from "./expression/kind.ts";
import { allKind, anyKind, notKind } from "./logic/kind.ts";
import { metricKind } from "./metric/kind.ts";
import { attributeKind, otherKind } from "./other/kind.ts";
import type { Program } from "./program.ts";
import { changeKind, relativeKind } from "./relative/kind.ts";
import { rateKind, windowKind } from "./window/kind.ts";

/** Every kind of condition, the more particular before the more general. A new one is a folder and a line here. */
const kinds: readonly ConditionKind[] = [
  allKind,
  anyKind,
  notKind,
  expressionKind,
  absenceKind,
  windowKind,
  rateKind,
  changeKind,
  relativeKind,
  otherKind,
  attributeKind,
  metricKind,
];

/** How deep conditions may lie in each other. */
const maxDepth = 8;
/** Most conditions of a rule, those inside others included. */
export const maxConditions = 100;

export const conditionSchema = Type.Unsafe<ConditionDefinition>({
  anyOf: kinds.map(({ schema }) => schema),
  description: "When it raises. The members tell which kind it is.",
  "x-checkedByKind": true,
});

function kindOf(condition: unknown): ConditionKind | undefined {
  if (typeof condition !== "object" || condition === null || Array.isArray(condition)) return undefined;
  return kinds.find(
    ({ key }) => Object.hasOwn(condition, key) && (condition as ConditionDefinition)[key] !== undefined,
  );
}

/** Adds what is wrong with a condition of a user. */
export function checkCondition(condition: unknown, pointer: string, problems: Problems): void {
  let left = maxConditions;
  const check = (each: unknown, at: string, depth: number): void => {
    if (problems.full) return;
    left -= 1;
    if (left === -1) problems.add(at, `the rule has more than ${maxConditions} conditions; make several rules`);
    if (left < 0) return;
    if (depth > maxDepth) {
      problems.add(at, `conditions lie more than ${maxDepth} deep in each other; make it flatter`);
      return;
    }
    const kind = kindOf(each);
    if (kind === undefined) {
      problems.add(at, noKind(each));
      return;
    }
    const before = problems.list.length;
    schemaProblems(kind.schema, each, at, problems);
    if (problems.list.length > before) return;
    kind.check(each as ConditionDefinition, at, { problems, check: (inner, place) => check(inner, place, depth + 1) });
  };
  check(condition, pointer, 1);
}

function noKind(condition: unknown): string {
  if (typeof condition !== "object" || condition === null || Array.isArray(condition)) {
    return `has to be an object, not ${describe(condition)}; write it like { metric: temperature, above: 80 }`;
  }
  return "names no metric; a condition has a metric with something to compare it with, or one of absent, expression, all, any and not";
}

/** The program of a condition that has passed the checks; `rank` is that of the rule's severity. */
export function compileCondition(condition: ConditionDefinition, rank: number): Program {
  const compile = (each: ConditionDefinition): Program => kindOf(each)!.compile(each, { rank, compile });
  return compile(condition);
}
