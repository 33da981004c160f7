import { Type } from "@sinclair/typebox";
import type { Static } from "@sinclair/typebox";
import { durationSchema } from "../../duration-schema.ts";
import { severityMapSchema, severitySchema } from "../../severity.ts";

const operators = [">", ">=", "<", "<=", "==", "!="] as const;
export type Operator = (typeof operators)[number];

const operatorSchema = Type.Unsafe<Operator>({
  type: "string",
  enum: [...operators],
  description: "Compares the reading (left) with `threshold` (right).",
});

const bounds = (description: string) => Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description });
const levels = (description: string) => Type.Union([Type.Number(), severityMapSchema], { description });

/** Most readings in a row that `times` may ask for. */
const maxTimes = 1000;

export const thresholdSchema = Type.Object(
  {
    metric: Type.String({ minLength: 1, maxLength: 200, description: "The metric whose readings are judged." }),
    op: Type.Optional(operatorSchema),
    threshold: Type.Optional(
      Type.Union([Type.Number(), Type.Boolean()], { description: "With `op`. true and false count as 1 and 0." }),
    ),
    above: Type.Optional(levels("Greater than (not equal to) this number, or a number for each severity.")),
    below: Type.Optional(levels("Less than (not equal to) this number, or a number for each severity.")),
    between: Type.Optional(bounds("From the first to the second number, both included.")),
    outside: Type.Optional(bounds("Less than the first or greater than the second number.")),
    clearBelow: Type.Optional(
      Type.Number({ description: "With > , >= or `above`: the alert clears only below this number." }),
    ),
    clearAbove: Type.Optional(
      Type.Number({ description: "With < , <= or `below`: the alert clears only above this number." }),
    ),
    severity: Type.Optional(severitySchema),
    for: Type.Optional(durationSchema("How long it has to hold without a break, on the device's own event times.")),
    times: Type.Optional(
      Type.Integer({ minimum: 1, maximum: maxTimes, description: "How many readings in a row it has to hold." }),
    ),
  },
  {
    additionalProperties: false,
    description:
      "A reading held against a threshold: exactly one of op + threshold, above, below, between and outside.",
    "x-notYet": {
      window: "window aggregates are to come; compare single readings with `above`, `below` or `op` and `threshold`",
      rate: "rates of change are to come; compare readings with `above`, `below` or `op` and `threshold`",
      delta: "differences are to come; compare readings with `above`, `below` or `op` and `threshold`",
      absence: "absence is to come; a rule needs a `metric` and what to compare it with",
      all: "conditions of several metrics are to come; write a rule for each metric",
      any: "conditions of several metrics are to come; write a rule for each metric",
      not: "negation is to come; turn the comparison round instead",
      expression: "expressions are to come; compare readings with `above`, `below` or `op` and `threshold`",
    },
  },
);
export type ThresholdCondition = Static<typeof thresholdSchema>;
