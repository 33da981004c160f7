import { Type, type Static } from "@sinclair/typebox";
import { InvariantError } from "@headwater/core";
import { pointerTo } from "../../language/problems.ts";
import { checkHold } from "../comparison/check.ts";
import { holdFields, severityField } from "../comparison/schema.ts";
import { conditionKind } from "../condition.ts";
import { withHold } from "../hold/compile.ts";
import { rankOf } from "../verdict.ts";
import { maxLength, parseExpression } from "./cel.ts";
import { expressionProgram } from "./expression.ts";

const schema = Type.Object(
  {
    expression: Type.String({
      minLength: 1,
      maxLength,
      description:
        "True or false, in the Common Expression Language, over `metrics` (last values) and `device` (id, type, tags, attributes).",
    }),
    ...holdFields,
    ...severityField,
  },
  { additionalProperties: false, title: "ExpressionCondition", description: "What no other condition can say." },
);
type Definition = Static<typeof schema>;

export const expressionKind = conditionKind<Definition>({
  name: "expression",
  key: "expression",
  schema,
  check(condition, pointer, { problems }) {
    const parsed = parseExpression(condition.expression, "bool");
    if (!parsed.ok) problems.add(pointerTo(pointer, "expression"), parsed.problem);
    checkHold(condition, pointer, problems);
  },
  compile(condition) {
    const parsed = parseExpression(condition.expression, "bool");
    if (!parsed.ok) throw new InvariantError(`An expression was compiled unchecked: ${parsed.problem}`);
    const rank = condition.severity === undefined ? undefined : rankOf(condition.severity);
    return withHold(expressionProgram(parsed.expression, rank), condition);
  },
});
