import { Type, type Static } from "@sinclair/typebox";
import { maxLength, parseExpression } from "../../conditions/expression/cel.ts";
import { anyMetric } from "../../conditions/program.ts";
import { pointerTo, type Problems } from "../../language/problems.ts";
import { actionKind } from "../action-kind.ts";
import { maxTextLength } from "./continual.ts";

/** With a condition, what is done when an alert is raised; without one, how each reading of `from` is derived. */
export interface DeriveAction {
  readonly kind: "derive";
  readonly metric: string;
  readonly value: number | boolean | string;
}

const metricName = (description: string) => Type.String({ minLength: 1, maxLength: 200, description });

const schema = Type.Object(
  {
    metric: metricName("The metric that is written."),
    value: Type.Optional(
      Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: maxTextLength })], {
        description: "What it is then.",
      }),
    ),
    expression: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength,
        description:
          "In a rule without a condition, in place of `value`: a number, text, true or false, in the Common Expression Language, over `metrics` (last values) and `device` (id, type, tags, attributes).",
      }),
    ),
    from: Type.Optional(
      metricName(
        "In a rule without a condition: the metric each reading of which derives one. May be left out if the expression names a single metric.",
      ),
    ),
  },
  {
    additionalProperties: false,
    description:
      "Writes a reading of another metric: when an alert is raised, at that time, or, in a rule without a condition, with every reading of `from`, at its time.",
  },
);
export type DeriveDefinition = Static<typeof schema>;

export const derive = actionKind({
  schema,
  check(definition, { pointer, metrics, hasCondition, problems }) {
    const { metric } = definition;
    if (metric === anyMetric) problems.add(pointerTo(pointer, "metric"), `${anyMetric} is no name of a metric`);
    if (metrics.includes(metric)) {
      problems.add(pointerTo(pointer, "metric"), "is the metric that the rule judges; choose another name");
    }
    if (hasCondition) checkOnRaise(definition, pointer, problems);
    else checkContinual(definition, pointer, problems);
  },
  answers: ["raised"],
  normalise: ({ metric, value }): DeriveAction => ({ kind: "derive", metric, value: value ?? 0 }),
});

function checkOnRaise({ value, expression, from }: DeriveDefinition, pointer: string, problems: Problems): void {
  for (const [name, given] of Object.entries({ expression, from })) {
    if (given === undefined) continue;
    problems.add(
      pointerTo(pointer, name),
      "is for a rule without a condition, which derives at every reading; remove the condition, or write a value",
    );
  }
  if (value === undefined && expression === undefined) problems.add(pointer, "needs a value");
}

function checkContinual({ value, expression, from }: DeriveDefinition, pointer: string, problems: Problems): void {
  if (from === anyMetric) problems.add(pointerTo(pointer, "from"), `${anyMetric} is no name of a metric`);
  if (value !== undefined && expression !== undefined) {
    problems.add(pointer, "has a value and an expression; remove one of them");
    return;
  }
  if (expression === undefined) {
    if (value === undefined) {
      problems.add(pointer, 'needs an expression, as in "metrics.temperature + 273.15", or a value');
    } else if (from === undefined) {
      problems.add(
        pointer,
        "needs `from`, the metric each reading of which writes the value; or give the rule a condition",
      );
    }
    return;
  }
  const parsed = parseExpression(expression, "value");
  const at = pointerTo(pointer, "expression");
  if (!parsed.ok) {
    problems.add(at, parsed.problem);
    return;
  }
  const { metrics } = parsed.expression;
  if (metrics.includes(anyMetric)) problems.add(at, `names ${anyMetric}, which is no name of a metric`);
  if (from === undefined && metrics.length !== 1) {
    const named = metrics.length === 0 ? "no metric" : metrics.join(" and ");
    problems.add(pointer, `needs \`from\`: its expression names ${named}; say the readings of which metric derive one`);
  }
}
