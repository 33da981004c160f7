/** The pages of the navigation. */
export const places = [
  ["/", "Fleet"],
  ["/alerts", "Alerts"],
  ["/rules", "Rules"],
  ["/pipeline", "Pipeline"],
] as const;

/**
 * Whether a place is where the reader is, or above it. A device belongs to the fleet, the quarantine to the pipeline.
 */
export function isAt(location: string, path: string): boolean {
  if (path === "/") return location === "/" || location.startsWith("/devices/") || location === "/connect";
  if (path === "/pipeline" && location.startsWith("/quarantine")) return true;
  return location === path || location.startsWith(`${path}/`);
}
