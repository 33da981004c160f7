import { api } from "../data/api.ts";

/** What is open, by device. */
export interface OpenAlerts {
  readonly counts: ReadonlyMap<string, number>;
  /** The severity of the worst. */
  readonly worst: ReadonlyMap<string, string>;
}

const mostAlerts = 1_000;
/** The worst first. */
const severities = ["critical", "warning", "info"];

export const noAlerts: OpenAlerts = { counts: new Map(), worst: new Map() };

/** How many alerts are open, and how bad the worst is, by device. */
export async function openAlerts(): Promise<OpenAlerts> {
  const counts = new Map<string, number>();
  const worst = new Map<string, string>();
  const { items } = await api.call("GET", "/api/v1/alerts", { query: { state: "open", limit: mostAlerts } });
  for (const { device, severity } of items) {
    counts.set(device, (counts.get(device) ?? 0) + 1);
    const before = worst.get(device);
    if (before === undefined || severities.indexOf(severity) < severities.indexOf(before)) worst.set(device, severity);
  }
  return { counts, worst };
}
