import { Type } from "@sinclair/typebox";
import { expect, it } from "vitest";
import { durationSchema } from "./duration-schema.ts";
import { Problems } from "./problems.ts";
import { schemaProblems } from "./schema-problems.ts";

it.each([
  [durationSchema("How long."), 90, 'has to be text, not number 90; write it with its unit, as in "90s"'],
  [durationSchema("How long."), true, "has to be text, not boolean true; write it like 30s, 5m or 1h30m"],
  [durationSchema("How long."), -1, "has to be text, not number -1; write it like 30s, 5m or 1h30m"],
  [Type.String(), 7, 'has to be text, not number 7; write it in quotes: "7"'],
  [Type.String(), [], "has to be text, not a list of 0"],
  [Type.Number(), "80", 'has to be a number, not text "80"; write 80 without quotes'],
  [Type.Number(), "80°C", 'has to be a number, not text "80°C"'],
  [Type.Number(), " ", 'has to be a number, not text " "'],
  [Type.Array(Type.String()), "open", 'has to be a list, not text "open"; write ["open"]'],
  [Type.Array(Type.String()), 5, "has to be a list, not number 5"],
  [Type.Array(Type.Union([Type.String(), Type.Number()])), 5, "has to be a list, not number 5; write [5]"],
  [Type.Object({ a: Type.Optional(Type.Number()), b: Type.Number() }), 5, "an object, not number 5; its keys are b, a"],
  [Type.Object({}), 5, "has to be an object, not number 5"],
])("a value of another type is told with what to write instead (%#)", (schema, value, expected) => {
  const problems = new Problems();
  schemaProblems(schema, value, "", problems);
  expect(problems.list).toHaveLength(1);
  if (expected.startsWith("has")) expect(problems.list[0]!.detail).toBe(expected);
  else expect(problems.list[0]!.detail).toContain(expected);
});
