import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { alertsBoard } from "./alerts.ts";
import { deviceBoard } from "./device.ts";
import { fleet } from "./fleet.ts";
import { pipeline } from "./pipeline.ts";

export const dashboardFolder = new URL("../../deploy/grafana/dashboards/", import.meta.url);

/** By the name of its file. */
export function dashboards(): Readonly<Record<string, Dashboard>> {
  const boards = { fleet: fleet(), device: deviceBoard(), alerts: alertsBoard(), pipeline: pipeline() };
  return Object.fromEntries(Object.entries(boards).map(([name, each]) => [`${name}.json`, placed(each.build())]));
}

/** As the file holds it. */
export function written(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

const gridWidth = 24;

/**
 * In rows from left to right, each below the highest panel of the one before; a repeated panel has a row of its own.
 * Each has an id, by which links know it.
 */
function placed(dashboard: Dashboard): Dashboard {
  let [x, y, rowHeight] = [0, 0, 0];
  const panels = (dashboard.panels ?? []).map((each, i) => {
    const panel = each as Panel;
    const { w, h } = panel.gridPos ?? { w: gridWidth, h: 1 };
    const isRepeated = panel.repeat !== undefined;
    if (x + (isRepeated ? gridWidth : w) > gridWidth) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const gridPos = { x, y, w, h };
    [x, rowHeight] = [isRepeated ? gridWidth : x + w, Math.max(rowHeight, h)];
    return { ...panel, id: i + 1, gridPos };
  });
  return { ...dashboard, panels };
}
