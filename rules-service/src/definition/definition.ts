import { Type, type Static } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import type { SchemaProblem } from "@headwater/service/schema";
import { actionSchema, checkAction, normaliseAction, type NormalAction } from "./actions.ts";
import { canonicalJson } from "./canonical.ts";
import type { NormalCondition } from "./conditions/condition.ts";
import { checkCondition, conditionSchema, normaliseCondition, type RuleCondition } from "./conditions/conditions.ts";
import { checkDuration, durationSchema } from "./duration-schema.ts";
import { pointerTo, Problems } from "./problems.ts";
import { schemaProblems } from "./schema-problems.ts";
import { normaliseSelector, selectorSchema, type NormalSelector } from "./selector.ts";
import { severitySchema } from "./severity.ts";

export { severities } from "./severity.ts";
export type { Severity } from "./severity.ts";

/** Number of the published schema; every stored definition names it. */
export const ruleSchemaVersion = 1;
/** Longest rule, in characters of canonical JSON. */
export const maxRuleLength = 256 * 1024;
const defaultLateness = "5s";
const latenessBounds = { least: 0, most: 86_400_000_000 };

/** The published JSON Schema of a rule. */
export const ruleSchema = Type.Object(
  {
    id: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$",
      description: "letters, digits, '.', '_' and '-', beginning with a letter or digit",
    }),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    description: Type.Optional(Type.String({ maxLength: 4000 })),
    selector: Type.Optional(selectorSchema),
    condition: Type.Unsafe<RuleCondition>(conditionSchema),
    severity: Type.Optional(severitySchema),
    lateness: Type.Optional(
      durationSchema("How far behind a device's newest event time a reading may lie and still be judged. Default: 5s."),
    ),
    actions: Type.Optional(Type.Array(actionSchema, { maxItems: 16 })),
  },
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:headwater:rule:1",
    title: "A Headwater rule",
    additionalProperties: false,
    "x-notYet": { schedule: "schedules are to come; leave it out, the rule then applies at all times" },
  },
);

/** A rule as the body of a request. */
export const writtenRuleSchema = Type.Object(ruleSchema.properties, {
  title: "RuleDefinition",
  additionalProperties: false,
});

/** A rule as the body of a revision, whose id is that of the path. */
export const revisedRuleSchema = Type.Object(
  { ...ruleSchema.properties, id: Type.Optional(ruleSchema.properties.id) },
  { title: "RevisedRule", additionalProperties: false },
);

export type RuleDefinition = Static<typeof ruleSchema>;

export type ParsedRule =
  | { readonly ok: true; readonly definition: RuleDefinition }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** Checks a rule of a user. Every problem names its place and the remedy; unknown keys are problems. */
export function parseRule(input: unknown): ParsedRule {
  const problems = new Problems();
  schemaProblems(ruleSchema, input, "", problems);
  if (problems.none) checkMeaning(input as RuleDefinition, problems);
  if (!problems.none) return { ok: false, problems: problems.list };
  const definition = input as RuleDefinition;
  const length = canonicalRule(definition).length;
  if (length > maxRuleLength) {
    return {
      ok: false,
      problems: [{ pointer: "", detail: `is ${length} characters as JSON; at most ${maxRuleLength}` }],
    };
  }
  return { ok: true, definition };
}

/** The canonical text of a rule, which rules.v1 holds. Two definitions are the same if their texts are equal. */
export function canonicalRule(definition: RuleDefinition): string {
  return canonicalJson(definition);
}

/** A rule in the form that the engine evaluates: defaults filled in, equivalent spellings made one. */
export interface NormalRule {
  readonly selector: NormalSelector;
  readonly condition: NormalCondition;
  readonly actions: readonly NormalAction[];
  /** How far a reading may be out of order (microseconds). */
  readonly lateness: number;
}

/** `definition` has passed `parseRule`. */
export function normaliseRule(definition: RuleDefinition): NormalRule {
  return {
    selector: normaliseSelector(definition.selector),
    condition: normaliseCondition(definition.condition, definition.severity),
    actions: (definition.actions ?? []).map(normaliseAction),
    lateness: parseDuration(definition.lateness ?? defaultLateness),
  };
}

function checkMeaning(rule: RuleDefinition, problems: Problems): void {
  checkCondition(rule.condition, "/condition", problems);
  checkSeverity(rule, problems);
  checkDuration(rule.lateness, "/lateness", latenessBounds, problems);
  for (const [index, action] of (rule.actions ?? []).entries()) {
    checkAction(action, rule.condition.metric, pointerTo("/actions", index), problems);
  }
}

function checkSeverity(rule: RuleDefinition, problems: Problems): void {
  const { severity, condition } = rule;
  if (severity === undefined) return;
  if (condition.severity !== undefined && condition.severity !== severity) {
    problems.add("/severity", `differs from ${condition.severity} in the condition; name the severity once`);
  }
  if (typeof (condition.above ?? condition.below) === "object") {
    problems.add("/severity", "the condition names a severity for each threshold already; remove one");
  }
}
