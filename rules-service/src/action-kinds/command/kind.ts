import { Type } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import { canonicalJson } from "../../language/canonical.ts";
import { checkDuration, durationSchema } from "../../language/duration-schema.ts";
import { pointerTo } from "../../language/problems.ts";
import { actionKind } from "../action-kind.ts";

/** Characters of a command's params as JSON, and how deep they may nest. */
const maxParams = 16_384;
const maxDepth = 16;
const ttlBounds = { least: 1_000_000, most: 3650 * 86_400_000_000 };
/** The ttl of a command that names none. */
const defaultTtl = "60s";

export interface CommandAction {
  readonly kind: "command";
  readonly name: string;
  readonly params: string;
  readonly ttlMs: number;
}

export const command = actionKind({
  schema: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 200 }),
      params: Type.Optional(Type.Record(Type.String({ pattern: "^[^]{0,200}$" }), Type.Unknown())),
      ttl: Type.Optional(
        durationSchema("How long after its request the command may still reach the device. Default: 60s."),
      ),
    },
    { additionalProperties: false, description: "Sends a command to the device that the alert is about." },
  ),
  check({ params, ttl }, { pointer, problems }) {
    checkDuration(ttl, pointerTo(pointer, "ttl"), ttlBounds, problems);
    const at = pointerTo(pointer, "params");
    if (tooDeep(params, maxDepth)) problems.add(at, `nests deeper than ${maxDepth}; make it flatter`);
    else if (JSON.stringify(params ?? {}).length > maxParams) {
      problems.add(at, `is longer than ${maxParams} characters as JSON; make it smaller`);
    }
  },
  normalise: ({ name, params, ttl = defaultTtl }): CommandAction => ({
    kind: "command",
    name,
    params: params === undefined ? "" : canonicalJson(params),
    ttlMs: Math.ceil(parseDuration(ttl) / 1000),
  }),
});

/** Recursion ends at the limit, however deep a hostile body nests. */
function tooDeep(value: unknown, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => tooDeep(inner, left - 1));
}
