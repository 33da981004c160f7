import { Type, type Static } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import { checkDuration, durationSchema } from "../../language/duration-schema.ts";
import { pointerTo } from "../../language/problems.ts";
import { checkHold } from "../comparison/check.ts";
import { holdFields, operatorSchema, severityField } from "../comparison/schema.ts";
import { conditionKind } from "../condition.ts";
import { withHold } from "../hold/compile.ts";
import { metricField } from "../metric/kind.ts";
import { rankOf } from "../verdict.ts";
import { attributeProgram, otherMetricProgram } from "./two-values.ts";

const withinBounds = { least: 1_000_000, most: 31 * 86_400_000_000 };

const otherSchema = Type.Object(
  {
    metric: metricField,
    op: operatorSchema,
    other: Type.String({ minLength: 1, maxLength: 200, description: "The metric that it is compared with." }),
    within: Type.Optional(durationSchema("How old either may be. Default: 10m.")),
    ...holdFields,
    ...severityField,
  },
  {
    additionalProperties: false,
    title: "OtherMetricCondition",
    description: "A metric compared with another of the device.",
  },
);
type OtherDefinition = Static<typeof otherSchema>;

export const otherKind = conditionKind<OtherDefinition>({
  name: "other",
  key: "other",
  schema: otherSchema,
  check(condition, pointer, { problems }) {
    checkDuration(condition.within, pointerTo(pointer, "within"), withinBounds, problems);
    checkHold(condition, pointer, problems);
  },
  compile(condition) {
    const { metric, op, other, within, severity } = condition;
    const rank = severity === undefined ? undefined : rankOf(severity);
    return withHold(otherMetricProgram(metric, op, other, parseDuration(within ?? "10m"), rank), condition);
  },
});

const attributeSchema = Type.Object(
  {
    metric: metricField,
    op: operatorSchema,
    attribute: Type.String({
      minLength: 1,
      maxLength: 200,
      description: "The device's attribute that it is compared with.",
    }),
    default: Type.Optional(
      Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 1024 })], {
        description: "For devices that have no such attribute.",
      }),
    ),
    ...holdFields,
    ...severityField,
  },
  {
    additionalProperties: false,
    title: "AttributeCondition",
    description: "A metric compared with an attribute of its device.",
  },
);
type AttributeDefinition = Static<typeof attributeSchema>;

export const attributeKind = conditionKind<AttributeDefinition>({
  name: "attribute",
  key: "attribute",
  schema: attributeSchema,
  check(condition, pointer, { problems }) {
    checkHold(condition, pointer, problems);
  },
  compile(condition) {
    const { metric, op, attribute, default: otherwise, severity } = condition;
    const rank = severity === undefined ? undefined : rankOf(severity);
    const limit = typeof otherwise === "boolean" ? Number(otherwise) : otherwise;
    return withHold(attributeProgram(metric, op, attribute, limit, rank), condition);
  },
});
