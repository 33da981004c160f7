import type { Scope } from "../sign-in/session.ts";

/** By the beginning of a path, the longer before the shorter: what a place shows nothing without. */
const needs: readonly (readonly [path: string, scopes: readonly Scope[]])[] = [
  ["/devices/", ["devices:read"]],
  ["/boards", ["boards:read"]],
  ["/alerts", ["alerts:read"]],
  ["/rules", ["rules:read"]],
  ["/pipeline", ["ledger:read"]],
  ["/quarantine", ["quarantine:read"]],
  ["/audit", ["audit:read"]],
];

/** The rights without which there is nothing to see at a path of the page; its query is not looked at. */
export function needsOf(path: string): readonly Scope[] {
  const place = path.split(/[?#]/, 1)[0]!;
  if (place === "/") return ["devices:read"];
  if (place === "/connect") return ["devices:write"];
  return needs.find(([begin]) => place.startsWith(begin))?.[1] ?? [];
}
