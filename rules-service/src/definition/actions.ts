import { Type, type Static } from "@sinclair/typebox";
import { parseDuration } from "@headwater/core";
import { canonicalJson } from "../language/canonical.ts";
import { checkDuration, durationSchema } from "../language/duration-schema.ts";
import { pointerTo, type Problems } from "../language/problems.ts";

/** Characters of a command's params as JSON, and how deep they may nest. */
const maxParams = 16_384;
const maxDepth = 16;
const ttlBounds = { least: 1_000_000, most: 3650 * 86_400_000_000 };
/** The ttl of a command that names none. */
const defaultTtl = "60s";

const commandSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    params: Type.Optional(Type.Record(Type.String({ pattern: "^[^]{0,200}$" }), Type.Unknown())),
    ttl: Type.Optional(
      durationSchema("How long after its request the command may still reach the device. Default: 60s."),
    ),
  },
  { additionalProperties: false, description: "Sends a command to the device that the alert is about." },
);

const deriveSchema = Type.Object(
  {
    metric: Type.String({ minLength: 1, maxLength: 200 }),
    value: Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 1024 })]),
  },
  { additionalProperties: false, description: "Writes a reading of another metric at the time of the raise." },
);

export const actionSchema = Type.Object(
  { command: Type.Optional(commandSchema), derive: Type.Optional(deriveSchema) },
  {
    additionalProperties: false,
    description: "Done once when an episode is raised. Exactly one of command and derive.",
    "x-notYet": { webhook: "webhooks are to come; use a command or derive, or read the alerts over REST" },
  },
);
export type ActionDefinition = Static<typeof actionSchema>;

export type NormalAction =
  | { readonly kind: "command"; readonly name: string; readonly params: string; readonly ttlMs: number }
  | { readonly kind: "derive"; readonly metric: string; readonly value: number | boolean | string };

export function checkAction(
  action: ActionDefinition,
  metrics: readonly string[],
  pointer: string,
  problems: Problems,
): void {
  const { command, derive } = action;
  if ((command === undefined) === (derive === undefined)) {
    problems.add(pointer, "needs exactly one of command and derive; make it two actions if both are meant");
  }
  if (command !== undefined) {
    const at = pointerTo(pointer, "command");
    checkDuration(command.ttl, pointerTo(at, "ttl"), ttlBounds, problems);
    const params = pointerTo(at, "params");
    if (tooDeep(command.params, maxDepth)) problems.add(params, `nests deeper than ${maxDepth}; make it flatter`);
    else if (JSON.stringify(command.params ?? {}).length > maxParams) {
      problems.add(params, `is longer than ${maxParams} characters as JSON; make it smaller`);
    }
  }
  if (derive !== undefined && metrics.includes(derive.metric)) {
    problems.add(
      pointerTo(pointerTo(pointer, "derive"), "metric"),
      "is the metric that the rule judges; choose another name",
    );
  }
}

export function normaliseAction({ command, derive }: ActionDefinition): NormalAction {
  if (derive !== undefined) return { kind: "derive", metric: derive.metric, value: derive.value };
  const { name = "", params, ttl = defaultTtl } = command ?? {};
  return {
    kind: "command",
    name,
    params: params === undefined ? "" : canonicalJson(params),
    ttlMs: Math.ceil(parseDuration(ttl) / 1000),
  };
}

/** Recursion ends at the limit, however deep a hostile body nests. */
function tooDeep(value: unknown, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => tooDeep(inner, left - 1));
}
