import type { ApiClient, Schemas } from "@headwater/client";
import { columns } from "../text/columns.ts";

export type Rule = Schemas["Rule"];

/** All rules that are not deleted, by id. */
export async function allRules(api: ApiClient, state?: "draft" | "live" | "shadow" | "disabled"): Promise<Rule[]> {
  const rules: Rule[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 1000, ...(state !== undefined && { state }), ...(cursor !== undefined && { cursor }) };
    const page = await api.call("GET", "/api/v1/rules", { query });
    rules.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return rules;
}

export type Revision = Schemas["Revision"];

/** Every revision of a rule, newest first. */
export async function revisionsOf(api: ApiClient, id: string): Promise<Revision[]> {
  const revisions: Revision[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 1000, ...(cursor !== undefined && { cursor }) };
    const page = await api.call("GET", "/api/v1/rules/{id}/revisions", { path: { id }, query });
    revisions.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return revisions;
}

export function describeRules(rules: readonly Rule[]): string {
  if (rules.length === 0) return "no rules";
  const rows = rules.map(({ id, state, revision, updatedAt, updatedBy, name = "" }) => {
    return [id, state, String(revision), updatedAt, updatedBy, name];
  });
  return columns([["ID", "STATE", "REVISION", "UPDATED", "BY", "NAME"], ...rows]);
}

export function describeRevisions(revisions: readonly Revision[]): string {
  const rows = revisions.map(({ revision, at, by, definition }) => {
    return [String(revision), at, by, JSON.stringify(definition)];
  });
  return columns([["REVISION", "AT", "BY", "RULE"], ...rows]);
}
