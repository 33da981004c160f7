import { Type, type Static } from "@sinclair/typebox";
import type { MaintenanceState } from "@headwater/aggregates";
import { isoFromMicros, microsFromIso } from "@headwater/core";
import { normaliseMaintenance, parseMaintenance } from "../definition/index.ts";

export const maintenanceResource = Type.Object(
  {
    id: Type.String(),
    name: Type.Optional(Type.String()),
    state: Type.Union(
      ["to-come", "open", "closed", "over", "ended"].map((state) => Type.Literal(state)),
      { description: "By the wall clock; rules go by the log's. closed: between two windows of its schedule" },
    ),
    revision: Type.Integer(),
    definition: Type.Unknown({ description: "The window as it was written" }),
    createdAt: Type.String({ format: "date-time" }),
    updatedAt: Type.String({ format: "date-time" }),
    updatedBy: Type.String(),
    position: Type.Optional(Type.String({ description: "Position of the write" })),
  },
  { title: "MaintenanceWindow" },
);
export type MaintenanceResource = Static<typeof maintenanceResource>;

export function toMaintenanceResource(window: MaintenanceState, now: number): MaintenanceResource {
  const { id, revision, createdAt, at, by } = window;
  const definition = writtenWindow(window);
  const name = (definition as { name?: unknown } | null)?.name;
  return {
    id,
    ...(typeof name === "string" && { name }),
    state: stateOf(window, definition, now),
    revision,
    definition,
    createdAt: isoFromMicros(createdAt),
    updatedAt: isoFromMicros(at),
    updatedBy: by,
  };
}

/** A definition that is no JSON, which something else than this service wrote, is shown as its text. */
export function writtenWindow({ definition }: MaintenanceState): unknown {
  try {
    return JSON.parse(definition);
  } catch {
    return definition;
  }
}

function stateOf({ ended }: MaintenanceState, definition: unknown, now: number): MaintenanceResource["state"] {
  if (ended) return "ended";
  const parsed = parseMaintenance(definition);
  // Rules hold nothing back by what this version cannot read.
  if (!parsed.ok) return "closed";
  const { from, to } = parsed.definition;
  if (from !== undefined && now < (microsFromIso(from) ?? 0)) return "to-come";
  if (to !== undefined && now >= (microsFromIso(to) ?? Infinity)) return "over";
  return normaliseMaintenance(parsed.definition).isOpen(now) ? "open" : "closed";
}
