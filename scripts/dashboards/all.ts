import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { alertsBoard } from "./alerts.ts";
import { deviceBoard } from "./device.ts";
import { fleet } from "./fleet.ts";
import { pipeline } from "./pipeline.ts";

export const dashboardFolder = new URL("../../deploy/grafana/dashboards/", import.meta.url);

/** By the name of its file. */
export function dashboards(): Readonly<Record<string, Dashboard>> {
  const boards = { fleet: fleet(), device: deviceBoard(), alerts: alertsBoard(), pipeline: pipeline() };
  return Object.fromEntries(Object.entries(boards).map(([name, each]) => [`${name}.json`, numbered(each.build())]));
}

/** As the file holds it. */
export function written(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

/** A panel is known by its id, in links to it as well. */
function numbered(dashboard: Dashboard): Dashboard {
  return { ...dashboard, panels: (dashboard.panels ?? []).map((panel, i) => ({ ...panel, id: i + 1 })) };
}
