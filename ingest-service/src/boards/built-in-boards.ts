import type { BoardDefinition } from "./board-schema.ts";

/** Boards that come with the platform. One that is saved under the same id stands in its place. */
export const builtInBoards: Readonly<Record<string, BoardDefinition>> = {
  "fleet-overview": {
    title: "Fleet overview",
    description: "How many devices there are, who is away, and what is wrong with them",
    variables: [{ name: "group", kind: "group", label: "Group" }],
    widgets: [
      { kind: "count", title: "Devices", of: "devices", devices: { group: "$group" }, width: 3 },
      { kind: "count", title: "Connected", of: "devices", devices: { group: "$group", connected: true }, width: 3 },
      { kind: "count", title: "Away", of: "devices", devices: { group: "$group", connected: false }, width: 3 },
      { kind: "count", title: "Open alerts", of: "alerts", above: { warning: 0 }, width: 3 },
      {
        ...{ kind: "chart", title: "Temperature of each device", width: 8, height: 3 },
        series: [{ metric: "temperature", devices: { group: "$group" } }],
        unit: "°C",
      },
      { kind: "alerts", title: "Open alerts", width: 4, height: 3 },
      {
        ...{ kind: "table", title: "Newest values", width: 12, height: 4 },
        ...{ metrics: ["temperature", "pressure", "flow", "vibration"], devices: { group: "$group" } },
      },
    ],
  },
  device: {
    title: "A device",
    description: "One device at a time: choose it, or come here by a link that names it",
    variables: [{ name: "device", kind: "device", label: "Device" }],
    widgets: [
      { kind: "value", metric: "temperature", device: "$device", unit: "°C", width: 4 },
      { kind: "value", metric: "pressure", device: "$device", unit: "bar", width: 4 },
      {
        kind: "value",
        metric: "battery",
        device: "$device",
        unit: "%",
        below: { warning: 30, critical: 10 },
        width: 4,
      },
      {
        ...{ kind: "chart", title: "Temperature", unit: "°C", width: 8, height: 3 },
        series: [{ metric: "temperature", device: "$device" }],
      },
      { kind: "table", title: "Newest values", device: "$device", width: 4, height: 3 },
      { kind: "alerts", title: "What was wrong with it", state: "all", device: "$device", width: 12, height: 3 },
    ],
  },
  "alerts-and-pipeline": {
    title: "Alerts and pipeline",
    description: "What needs a person, and whether all that devices send arrives",
    span: "24h",
    widgets: [
      { kind: "count", title: "Critical", of: "alerts", severity: "critical", above: { critical: 0 }, width: 3 },
      { kind: "count", title: "Warnings", of: "alerts", severity: "warning", above: { warning: 0 }, width: 3 },
      { kind: "count", title: "Not stored yet", of: "unstored", above: { warning: 10_000 }, width: 3 },
      { kind: "count", title: "In quarantine", of: "quarantine", above: { warning: 0 }, width: 3 },
      { kind: "alerts", title: "Critical, open", severity: "critical", width: 6, height: 4 },
      { kind: "alerts", title: "Whatever happened", state: "all", limit: 20, width: 6, height: 4 },
      {
        ...{ kind: "text", title: "Where to go from here", width: 12 },
        text: "An alert opens with the readings that raised it. The Pipeline page shows where events wait, and the quarantine what could not be read or stored: look, mend and handle it again there.",
      },
    ],
  },
};
