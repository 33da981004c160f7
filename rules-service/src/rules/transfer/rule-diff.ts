import { Type, type Static } from "@sinclair/typebox";
import { canonicalJson } from "../../language/canonical.ts";
import { pointerTo } from "../../language/problems.ts";

export const fieldChange = Type.Object(
  {
    pointer: Type.String({ description: "JSON Pointer of the field in the rule" }),
    before: Type.Optional(Type.Unknown({ description: "Absent: the rule has no such field" })),
    after: Type.Optional(Type.Unknown({ description: "Absent: the field is removed" })),
  },
  { title: "FieldChange" },
);
export type FieldChange = Static<typeof fieldChange>;

/**
 * The innermost fields in which two values differ. Elements of lists are compared by their place, as a rule's own
 * problems name them.
 */
export function differences(before: unknown, after: unknown, pointer = ""): FieldChange[] {
  if (isNested(before) && isNested(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => {
      const place = pointerTo(pointer, name);
      if (!Object.hasOwn(after, name)) return [{ pointer: place, before: before[name] }];
      if (!Object.hasOwn(before, name)) return [{ pointer: place, after: after[name] }];
      return differences(before[name], after[name], place);
    });
  }
  return canonicalJson(before) === canonicalJson(after) ? [] : [{ pointer, before, after }];
}

function isNested(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
