import { Type, type Static } from "@sinclair/typebox";
import { pointerTo } from "../../language/problems.ts";
import { changesToProgram } from "./changes-to.ts";
import { checkComparison, checkHold, comparisons } from "../comparison/check.ts";
import { comparisonOf } from "../comparison/comparison.ts";
import { comparisonFields } from "../comparison/schema.ts";
import { conditionKind } from "../condition.ts";
import { withHold } from "../hold/compile.ts";
import { rankOf } from "../verdict.ts";
import { metricProgram } from "./metric.ts";

export const metricField = Type.String({
  minLength: 1,
  maxLength: 200,
  description: "The metric whose readings are judged.",
});

const schema = Type.Object(
  {
    metric: metricField,
    ...comparisonFields,
    changesTo: Type.Optional(
      Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 1024 })], {
        description: "Comes to have this value, having had another. Ends when it has another again.",
      }),
    ),
  },
  {
    additionalProperties: false,
    title: "MetricCondition",
    description: "Each reading of a metric, compared.",
    "x-instead": {
      aggregate: "an aggregate goes with a window, as in window: { over: 5m }; add it, or remove the aggregate",
      where: "it goes with a window and the aggregate count; add them, or remove it",
      hysteresis: "write the value at which the alert ends, as in clearBelow: 75",
      duration: "write for: 30s",
      gt: 'write above: 80, or op: ">" with threshold: 80',
      gte: 'write op: ">=" with threshold: 80',
      lt: 'write below: 80, or op: "<" with threshold: 80',
      lte: 'write op: "<=" with threshold: 80',
      eq: "write equals",
      operator: 'write op: ">" with threshold: 80',
      value: "write threshold beside op, or above, below or equals",
    },
  },
);
type Definition = Static<typeof schema>;

export const metricKind = conditionKind<Definition>({
  name: "metric",
  key: "metric",
  schema,
  check(condition, pointer, { problems }) {
    if (condition.changesTo === undefined) {
      checkComparison(condition, pointer, problems);
      return;
    }
    const other = comparisons.find((name) => condition[name] !== undefined);
    if (other !== undefined) {
      problems.add(pointer, `has changesTo and ${other}; choose one of them`);
    }
    for (const name of ["clearBelow", "clearAbove", "clearWithin", "threshold", "noData"] as const) {
      if (condition[name] !== undefined)
        problems.add(pointerTo(pointer, name), "does not go with changesTo; remove it");
    }
    checkHold(condition, pointer, problems);
  },
  compile(condition) {
    const { metric, changesTo, severity } = condition;
    if (changesTo === undefined) return withHold(metricProgram(metric, comparisonOf(condition)), condition);
    const wanted = typeof changesTo === "boolean" ? Number(changesTo) : changesTo;
    return withHold(changesToProgram(metric, wanted, severity === undefined ? undefined : rankOf(severity)), condition);
  },
});
