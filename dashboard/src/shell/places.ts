export interface Place {
  readonly path: string;
  readonly name: string;
}

/** The pages of the navigation. */
export const places: readonly Place[] = [
  { path: "/", name: "Fleet" },
  { path: "/boards", name: "Boards" },
  { path: "/alerts", name: "Alerts" },
  { path: "/rules", name: "Rules" },
  { path: "/pipeline", name: "Pipeline" },
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
