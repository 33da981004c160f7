import { Type, type Static } from "@sinclair/typebox";
import { durationSchema } from "../../language/duration-schema.ts";
import { severityMapSchema, severitySchema } from "../../language/severity.ts";

const operators = [">", ">=", "<", "<=", "==", "!="] as const;
export type Operator = (typeof operators)[number];

const text = Type.String({ maxLength: 1024 });
const bounds = (description: string) => Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description });
const levels = (description: string) => Type.Union([Type.Number(), severityMapSchema], { description });
const operand = Type.Union([Type.Number(), Type.Boolean(), text]);

/** Most readings in a row that `times` may ask for. */
const maxTimes = 1000;

export const operatorSchema = Type.Unsafe<Operator>({
  type: "string",
  enum: [...operators],
  description: "Compares the value (left) with `threshold` (right).",
});

/** How long, or how often, a comparison has to hold. */
export const holdFields = {
  for: Type.Optional(durationSchema("How long it has to hold without a break, on the device's own times.")),
  times: Type.Optional(
    Type.Integer({ minimum: 1, maximum: maxTimes, description: "How many samples in a row it has to hold." }),
  ),
  clearFor: Type.Optional(durationSchema("How long it has to be clear before the alert ends.")),
};

export const severityField = { severity: Type.Optional(severitySchema) };

export const noDataField = {
  noData: Type.Optional(
    Type.Unsafe<"keep" | "clear" | "raise">({
      type: "string",
      enum: ["keep", "clear", "raise"],
      description: "What an unknown value means: nothing changes (the default), clear, or raised.",
    }),
  ),
};

/** What a value is compared with. */
export const comparisonFields = {
  op: Type.Optional(operatorSchema),
  threshold: Type.Optional({ ...operand, description: "With `op`. true and false count as 1 and 0." }),
  above: Type.Optional(levels("Greater than (not equal to) this number, or a number for each severity.")),
  below: Type.Optional(levels("Less than (not equal to) this number, or a number for each severity.")),
  between: Type.Optional(bounds("From the first to the second number, both included.")),
  outside: Type.Optional(bounds("Less than the first or greater than the second number.")),
  equals: Type.Optional({ ...operand, description: "Exactly this number, text, true or false." }),
  in: Type.Optional(Type.Array(operand, { minItems: 1, maxItems: 100, description: "One of these." })),
  clearBelow: Type.Optional(
    Type.Number({ description: "With > , >= or `above`: the alert clears only below this number." }),
  ),
  clearAbove: Type.Optional(
    Type.Number({ description: "With < , <= or `below`: the alert clears only above this number." }),
  ),
  clearWithin: Type.Optional(bounds("With `outside`: the alert clears only from the first to the second number.")),
  ...holdFields,
  ...severityField,
  ...noDataField,
};

const comparisonSchema = Type.Object(comparisonFields);
export type ComparisonDefinition = Static<typeof comparisonSchema>;

const holdSchema = Type.Object({ ...holdFields, ...severityField });
export type HoldDefinition = Static<typeof holdSchema>;
