import type { Scope } from "../sign-in/session.ts";

export interface Place {
  readonly path: string;
  readonly name: string;
  /** Without it there is nothing to see. */
  readonly needs?: Scope;
}

/** The pages of the navigation. */
export const places: readonly Place[] = [
  { path: "/", name: "Fleet", needs: "devices:read" },
  { path: "/boards", name: "Boards", needs: "boards:read" },
  { path: "/alerts", name: "Alerts", needs: "alerts:read" },
  { path: "/rules", name: "Rules", needs: "rules:read" },
  { path: "/pipeline", name: "Pipeline", needs: "ledger:read" },
  { path: "/access", name: "Access" },
];

/**
 * Whether a place is where the reader is, or above it. A device belongs to the fleet, the quarantine to the pipeline,
 * the audit trail to the access.
 */
export function isAt(location: string, path: string): boolean {
  if (path === "/") return location === "/" || location.startsWith("/devices/") || location === "/connect";
  if (path === "/pipeline" && location.startsWith("/quarantine")) return true;
  if (path === "/access" && location === "/audit") return true;
  return location === path || location.startsWith(`${path}/`);
}
