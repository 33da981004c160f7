import type { Schemas } from "@headwater/client";
import { columns } from "../text/columns.ts";

const heads = ["ID", "STATE", "SEVERITY", "RULE", "DEVICE", "VALUE", "RAISED", "CLEARED"];

/** Alerts as a table for a terminal; what only some have stands behind their state. */
export function describeAlerts(alerts: readonly Schemas["Alert"][]): string {
  const rows = alerts.map((alert) => {
    const { id, severity, rule, device, gateway, metric, value, raisedAt, clearedAt = "" } = alert;
    const about = metric === "" ? "" : `${metric} ${value}`;
    const of = gateway === undefined ? device : `gateway ${gateway}`;
    return [id, stateOf(alert), severity, rule, of, about, raisedAt, clearedAt];
  });
  return columns([heads, ...rows]);
}

function stateOf({ state, shadow, flapping, mutedBy, assignee }: Schemas["Alert"]): string {
  const notes = [
    ...(shadow ? ["shadow"] : []),
    ...(flapping ? ["flapping"] : []),
    ...mutedBy,
    ...(assignee === undefined ? [] : [`of ${assignee}`]),
  ];
  return notes.length === 0 ? state : `${state} (${notes.join(", ")})`;
}
