import { Type, type Static } from "@sinclair/typebox";
import { pointerTo } from "../../language/problems.ts";
import { checkHold } from "../comparison/check.ts";
import { holdFields } from "../comparison/schema.ts";
import { conditionKind, type ConditionDefinition } from "../condition.ts";
import { withHold } from "../hold/compile.ts";
import { joined, negated } from "./logic.ts";

const part = Type.Unsafe<ConditionDefinition>({ type: "object", description: "A condition." });
const parts = (description: string) => Type.Array(part, { minItems: 1, maxItems: 20, description });

const allSchema = Type.Object(
  { all: parts("Every one of them holds."), ...holdFields },
  { additionalProperties: false, title: "AllCondition", description: "Several conditions at once." },
);
const anySchema = Type.Object(
  { any: parts("At least one of them holds."), ...holdFields },
  { additionalProperties: false, title: "AnyCondition", description: "One of several conditions." },
);
const notSchema = Type.Object(
  { not: part, ...holdFields },
  { additionalProperties: false, title: "NotCondition", description: "A condition that does not hold." },
);

export const allKind = conditionKind<Static<typeof allSchema>>({
  name: "all",
  key: "all",
  schema: allSchema,
  check(condition, pointer, { check, problems }) {
    for (const [index, each] of condition.all.entries()) check(each, pointerTo(pointerTo(pointer, "all"), index));
    checkHold(condition, pointer, problems);
  },
  compile: (condition, { compile, rank }) => withHold(joined("all", condition.all.map(compile), rank), condition),
});

export const anyKind = conditionKind<Static<typeof anySchema>>({
  name: "any",
  key: "any",
  schema: anySchema,
  check(condition, pointer, { check, problems }) {
    for (const [index, each] of condition.any.entries()) check(each, pointerTo(pointerTo(pointer, "any"), index));
    checkHold(condition, pointer, problems);
  },
  compile: (condition, { compile, rank }) => withHold(joined("any", condition.any.map(compile), rank), condition),
});

export const notKind = conditionKind<Static<typeof notSchema>>({
  name: "not",
  key: "not",
  schema: notSchema,
  check(condition, pointer, { check, problems }) {
    check(condition.not, pointerTo(pointer, "not"));
    checkHold(condition, pointer, problems);
  },
  compile: (condition, { compile }) => withHold(negated(compile(condition.not)), condition),
});
