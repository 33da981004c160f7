import { Type, type Static } from "@sinclair/typebox";
import type { RuleRevision } from "@headwater/aggregates";
import { isoFromMicros } from "@headwater/core";
import { loopText } from "../loops/deriving-rules.ts";
import type { StoredRule } from "./rule-model.ts";
import type { RuleOnPartition } from "./rules-in-effect.ts";

const onPartition = Type.Object({
  partition: Type.Integer(),
  state: Type.Union(["live", "shadow", "off", "warming", "pending"].map((state) => Type.Literal(state))),
  revision: Type.Optional(Type.Integer({ description: "The revision that is evaluated there; absent if none is" })),
  fromOffset: Type.Optional(Type.Integer({ description: "The first telemetry offset that it evaluated" })),
});

export const ruleResource = Type.Object(
  {
    id: Type.String(),
    name: Type.Optional(Type.String()),
    state: Type.Union(
      ["draft", "live", "shadow", "disabled", "warming", "deleted"].map((state) => Type.Literal(state)),
      { description: "warming: switched on or revised, and not yet in effect on every partition" },
    ),
    mode: Type.String({ description: "The requested mode: draft, live, shadow, disabled or deleted" }),
    revision: Type.Integer(),
    definition: Type.Unknown({ description: "The rule as it was written" }),
    createdAt: Type.String({ format: "date-time" }),
    updatedAt: Type.String({ format: "date-time" }),
    updatedBy: Type.String(),
    ignored: Type.Optional(
      Type.Object(
        {
          change: Type.Union([Type.Literal("enabled"), Type.Literal("revised")]),
          at: Type.String({ format: "date-time" }),
          by: Type.String(),
          loop: Type.Array(Type.Object({ rule: Type.String(), metric: Type.String() })),
          detail: Type.String(),
        },
        {
          description:
            "A change that would have closed a loop of rules that derive from each other, and counts for nothing: another one came before it. Until the next change that counts",
        },
      ),
    ),
    partitions: Type.Optional(Type.Array(onPartition)),
    position: Type.Optional(Type.String({ description: "Position of the write" })),
  },
  { title: "Rule" },
);
export type RuleResource = Static<typeof ruleResource>;

/** `partitions` are the states of the rule on each partition; the resource lists them only if `detailed`. */
export function toResource(
  { state, createdAt, ignored }: StoredRule,
  partitions: readonly RuleOnPartition[],
  detailed = false,
): RuleResource {
  const definition = definitionOf(state.revisions.at(-1)!);
  const name = nameOf(definition);
  const active = state.mode === "live" || state.mode === "shadow";
  const settled = partitions.every((each) => each.state === state.mode && each.revision === state.revision);
  return {
    id: state.id,
    ...(name !== undefined && { name }),
    state: active && !settled ? "warming" : state.mode,
    mode: state.mode,
    revision: state.revision,
    definition,
    createdAt: isoFromMicros(createdAt),
    updatedAt: isoFromMicros(state.at),
    updatedBy: state.by,
    ...(ignored !== undefined && {
      ignored: { ...ignored, loop: [...ignored.loop], at: isoFromMicros(ignored.at), detail: loopText(ignored.loop) },
    }),
    ...(detailed && { partitions: [...partitions] }),
  };
}

export const revisionResource = Type.Object(
  {
    revision: Type.Integer(),
    definition: Type.Unknown(),
    schema: Type.Integer({ description: "Number of the published schema that it was written in" }),
    at: Type.String({ format: "date-time" }),
    by: Type.String(),
  },
  { title: "Revision" },
);
export type RevisionResource = Static<typeof revisionResource>;

export function toRevision(revision: RuleRevision): RevisionResource {
  const { revision: number, schema, at, by } = revision;
  return { revision: number, definition: definitionOf(revision), schema, at: isoFromMicros(at), by };
}

/** A definition that is no JSON, which something else than this service wrote, is shown as its text. */
export function definitionOf(revision: RuleRevision): unknown {
  try {
    return JSON.parse(revision.definition);
  } catch {
    return revision.definition;
  }
}

function nameOf(definition: unknown): string | undefined {
  if (typeof definition !== "object" || definition === null || !("name" in definition)) return undefined;
  return typeof definition.name === "string" ? definition.name : undefined;
}
