import { Type, type Static } from "@sinclair/typebox";
import { parseTimeRef, RequestError } from "@headwater/core";
import { timeReference } from "@headwater/service";
import { severities } from "../definition/index.ts";
import type { AlertFilter, AlertPlace } from "./alert-model.ts";

const name = Type.Optional(Type.String({ maxLength: 256 }));
const time = (description: string) => Type.Optional(Type.String({ maxLength: 60, description, ...timeReference }));

/** By what alerts are chosen, in a query and in a body. */
export const alertFilterFields = {
  state: Type.Optional(
    Type.Union(
      ["active", "acknowledged", "cleared", "open"].map((state) => Type.Literal(state)),
      { description: "open: active or acknowledged" },
    ),
  ),
  device: name,
  rule: name,
  severity: Type.Optional(Type.Union(severities.map((severity) => Type.Literal(severity)))),
  shadow: Type.Optional(Type.Boolean({ description: "true: only alerts of rules in shadow; false: only the others" })),
  assignee: Type.Optional(Type.String({ maxLength: 256, description: "Whose they are; empty: nobody's" })),
  muted: Type.Optional(
    Type.Boolean({ description: "true: only those whose actions are held back; false: the others" }),
  ),
  from: time("Raised at or after: ISO 8601, or relative like -1h"),
  to: time("Raised before"),
};

const fields = Type.Object(alertFilterFields);

/** Throws RequestError (400, `invalid-time` or `invalid-range`). */
export function filterOf(given: Static<typeof fields>, now: number): AlertFilter {
  const { device, rule, severity, shadow, assignee, muted } = given;
  const state = given.state as AlertFilter["state"];
  const from = given.from === undefined ? undefined : parseTimeRef(given.from, now);
  const to = given.to === undefined ? undefined : parseTimeRef(given.to, now);
  if (from !== undefined && to !== undefined && from > to) {
    throw new RequestError(400, "invalid-range", "`from` is later than `to`; it has to be before it");
  }
  const filter = { state, device, rule, severity, shadow, assignee, muted, from, to };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

export function isAlertPlace(value: unknown): value is AlertPlace {
  if (typeof value !== "object" || value === null) return false;
  const { raisedAt, id } = value as Partial<AlertPlace>;
  return Number.isSafeInteger(raisedAt) && typeof id === "string";
}
