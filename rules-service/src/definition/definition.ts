import { Type, type Static } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import type { SchemaProblem } from "@headwater/service/schema";
import type { ContinualDerivation } from "../action-kinds/derive/continual.ts";
import { actionSchema, checkAction, normaliseAction, type NormalAction } from "../action-kinds/kinds.ts";
import { canonicalJson } from "../language/canonical.ts";
import { checkCondition, compileCondition, conditionSchema } from "../conditions/conditions.ts";
import type { AbsenceReason } from "../conditions/absence/absence.ts";
import { reasonsOf } from "../conditions/absence/kind.ts";
import type { ConditionDefinition } from "../conditions/condition.ts";
import type { Program } from "../conditions/program.ts";
import { rankOf } from "../conditions/verdict.ts";
import { checkDuration, durationSchema } from "../language/duration-schema.ts";
import { pointerTo, Problems } from "../language/problems.ts";
import { schemaProblems } from "../language/schema-problems.ts";
import { checkDeriving, continuallyDerived, deriveSchema, derivesOf } from "./deriving.ts";
import { checkFlapping, checkSchedule, flappingSchema, scheduleSchema, withSchedule } from "./schedule.ts";
import { normaliseSelector, selectorSchema, type NormalSelector } from "./selector.ts";
import { defaultSeverity, severitySchema } from "../language/severity.ts";

export { severities } from "../language/severity.ts";
export type { Severity } from "../language/severity.ts";

/** Number of the published schema; every stored definition names it. */
export const ruleSchemaVersion = 2;
/** Up to here ids have a rule's actions by their places in its list. */
const lastSchemaByPlace = 1;

/** Longest rule, in characters of canonical JSON. */
export const maxRuleLength = 256 * 1024;
const defaultWait = "5s";
const waitBounds = { least: 0, most: 3_600_000_000 };
/** As long as telemetry is on the log by default. */
const latenessBounds = { least: 0, most: 7 * 86_400_000_000 };

const textMap = (description: string) =>
  Type.Record(Type.String({ pattern: "^[A-Za-z0-9_.-]{1,63}$" }), Type.String({ maxLength: 2000 }), {
    maxProperties: 32,
    additionalProperties: false,
    description,
  });

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
    labels: Type.Optional(textMap("For lists and routing, as in { team: heating }.")),
    annotations: Type.Optional(
      textMap("For those who are told, as in { summary: '{{device.id}} at {{value}}' }. `summary` is the title."),
    ),
    selector: Type.Optional(selectorSchema),
    condition: Type.Optional(Type.Unsafe<ConditionDefinition>(conditionSchema)),
    severity: Type.Optional(severitySchema),
    wait: Type.Optional(durationSchema("How long a timer waits for readings that are under way. Default: 5s.")),
    lateness: Type.Optional(
      durationSchema(
        "How far behind a device's newest reading one may lie and still amend, up to 7d. Default: as `wait`.",
      ),
    ),
    schedule: Type.Optional(scheduleSchema),
    flapping: Type.Optional(flappingSchema),
    actions: Type.Optional(Type.Array(actionSchema, { maxItems: 16 })),
    derive: Type.Optional(deriveSchema),
  },
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:headwater:rule:1",
    title: "A Headwater rule",
    additionalProperties: false,
    "x-instead": {
      when: "write it as condition",
      if: "write it as condition",
      trigger: "write it as condition",
      devices: "write it as selector, as in selector: { ids: [boiler-1] }",
      enabled: "a new rule is a draft; it is switched on by enable, or in a file by state: live beside rule",
      state: "a new rule is a draft; it is switched on by enable, or in a file by state: live beside rule",
    },
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

/** Whether ids have the actions of a revision by their places. */
export function actionsAreByPlace({ schema }: { readonly schema: number }): boolean {
  return schema <= lastSchemaByPlace;
}

/** The canonical text of a rule, which rules.v1 holds. Two definitions are the same if their texts are equal. */
export function canonicalRule(definition: RuleDefinition): string {
  return canonicalJson(definition);
}

/** A rule in the form that the engine evaluates: defaults filled in, equivalent spellings made one. */
export interface NormalRule {
  readonly selector: NormalSelector;
  readonly program: Program;
  /** Of the rule's severity. */
  readonly rank: number;
  /** Done when something happens to an episode. */
  readonly actions: readonly NormalAction[];
  /** What a rule without a condition derives from each reading; undefined: it has one. */
  readonly derive: ContinualDerivation["derive"] | undefined;
  /** The metrics that it writes. */
  readonly derives: readonly string[];
  /** Microseconds: how long a timer waits for stragglers. */
  readonly wait: number;
  /** Microseconds: how far back a reading still amends. */
  readonly lateness: number;
  /** Why it may be raised, if it is about absence. */
  readonly reasons: readonly AbsenceReason[] | undefined;
  /** Longest that its verdicts have to hold (microseconds). */
  readonly holds: number;
  /** Equal for definitions that judge alike, whatever they are called and do. */
  readonly judgesLike: string;
}

/** `definition` has passed `parseRule`. */
export function normaliseRule(definition: RuleDefinition): NormalRule {
  const { condition, severity, selector, actions, schedule, flapping } = definition;
  const rank = rankOf(severity ?? defaultSeverity);
  const wait = definition.wait ?? defaultWait;
  const derived = continuallyDerived(definition);
  const program = derived?.program ?? withSchedule(compileCondition(condition!, rank), schedule, flapping);
  return {
    selector: normaliseSelector(selector),
    program,
    rank,
    actions: derived === undefined ? (actions ?? []).map(normaliseAction) : [],
    derive: derived?.derive,
    derives: [...new Set(derivesOf(definition).map(({ metric }) => metric))],
    wait: parseDuration(wait),
    lateness: parseDuration(definition.lateness ?? wait),
    reasons: condition === undefined ? undefined : reasonsOf(condition),
    holds: condition === undefined ? 0 : longestHold(condition),
    judgesLike: judgesLike(definition),
  };
}

function judgesLike(definition: RuleDefinition): string {
  const { condition, schedule, flapping } = definition;
  return canonicalJson(condition === undefined ? { derive: derivesOf(definition) } : { condition, schedule, flapping });
}

/** Whether two definitions differ in nothing that a warm-up would find out. */
export function isWarmAs(a: RuleDefinition, b: RuleDefinition): boolean {
  const text = (definition: RuleDefinition): string => {
    const { selector, wait, lateness } = definition;
    return canonicalJson([judgesLike(definition), { selector, wait, lateness }]);
  };
  return text(a) === text(b);
}

function longestHold(condition: ConditionDefinition): number {
  const { for: duration, clearFor, all, any, not } = condition;
  const own = [duration, clearFor].map((text) => (typeof text === "string" ? parseDuration(text) : 0));
  const inner = [all, any, not === undefined ? undefined : [not]].flatMap(
    (each) => (each ?? []) as ConditionDefinition[],
  );
  return Math.max(...own) + Math.max(0, ...inner.map(longestHold));
}

function checkMeaning(rule: RuleDefinition, problems: Problems): void {
  if (rule.condition === undefined) checkDeriving(rule, problems);
  else checkCondition(rule.condition, "/condition", problems);
  checkSeverity(rule, problems);
  checkSchedule(rule.schedule, "/schedule", problems);
  checkFlapping(rule.flapping, "/flapping", problems);
  checkDuration(rule.wait, "/wait", waitBounds, problems);
  checkDuration(rule.lateness, "/lateness", latenessBounds, problems);
  if (!problems.none) return;
  if (rule.condition === undefined) return;
  const { inputs: metrics } = compileCondition(rule.condition, rankOf(defaultSeverity));
  for (const [index, action] of (rule.actions ?? []).entries()) {
    checkAction(action, { metrics, hasCondition: true }, pointerTo("/actions", index), problems);
  }
  if (rule.derive === undefined) return;
  problems.add(
    "/derive",
    "is for a rule without a condition; write it among the actions, as in actions: [{ derive: … }]",
  );
}

function checkSeverity(rule: RuleDefinition, problems: Problems): void {
  const { severity, condition } = rule;
  // What is no condition at all has been told of.
  if (severity === undefined || typeof condition !== "object" || condition === null) return;
  const own = condition["severity"];
  if (own !== undefined && own !== severity) {
    problems.add("/severity", `differs from ${JSON.stringify(own)} in the condition; name the severity once`);
  }
  if (typeof (condition["above"] ?? condition["below"]) === "object") {
    problems.add("/severity", "the condition names a severity for each threshold already; remove one");
  }
}
