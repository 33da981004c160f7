import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { fluxOfInflux, type Words } from "./flux-of-influx.ts";

/** A cell of a dashboard in InfluxDB's template format (`spec.charts`). */
export type Chart = Readonly<Record<string, unknown>>;

interface Target {
  readonly query: string;
}

const colors = ["#31C0F6", "#A500A5", "#FF7E27"];

/** A panel of Grafana as a cell of InfluxDB: the same queries in the same place, on a grid of half as many columns. */
export function chartOf(panel: Panel, words: Words): Chart {
  const { x, y, w, h } = panel.gridPos!;
  const { kind, ...more } = looks(panel);
  return {
    kind,
    name: panel.title!.replace("$metric", "The metric").replace(/^The metric$/, "The metric over time"),
    note: panel.description,
    xPos: x / 2,
    yPos: y / 2,
    width: w / 2,
    height: Math.ceil(h / 2),
    queries: (panel.targets as unknown as Target[]).map(({ query }) => ({
      query: fluxOfInflux(`${query}${kind === "Single_Stat" ? asValue : times(panel)}`, words),
    })),
    ...more,
  };
}

/** A cell of one number shows the column of this name; Grafana shows any. */
const asValue = `\n  |> rename(columns: {device: "_value"})`;

/** What of a cell follows from the kind of panel. */
function looks(panel: Panel): { readonly kind: string } & Chart {
  const axes = ["x", "y"].map((name) => ({ name, base: "10", scale: "linear" }));
  const scale = colors.map((hex, i) => ({ name: `color ${i + 1}`, type: "scale", hex, value: 0 }));
  const xy = { xCol: "_time", yCol: "_value", axes, colors: scale, hoverDimension: "x", legendOpacity: 1 };
  if (panel.type === "timeseries") {
    const { drawStyle } = panel.fieldConfig!.defaults.custom as { drawStyle: string };
    return drawStyle === "bars"
      ? { kind: "Xy", ...xy, geom: "bar", position: "stacked" }
      : { kind: "Xy", ...xy, geom: "line", position: "overlaid" };
  }
  if (panel.type === "state-timeline") {
    const domains = { xCol: "_time", ySeriesColumns: ["metric"], fillColumns: ["_value"], axes };
    return { kind: "Mosaic", ...domains, colors: scale, legendOpacity: 1 };
  }
  const { reduceOptions } = (panel.options ?? {}) as { reduceOptions?: { values: boolean } };
  if (panel.type === "stat" && reduceOptions?.values === false) {
    const alarm = panel.fieldConfig!.defaults.thresholds!.steps.find(({ value }) => value !== null)?.value;
    const base = { name: "base", type: "text", hex: alarm === undefined ? "#00C9FF" : "#4ED8A0", value: 0 };
    const over = { name: "alarm", type: "text", hex: "#DC4E58", value: alarm };
    return { kind: "Single_Stat", colors: alarm === undefined ? [base] : [base, over] };
  }
  if (panel.type !== "table" && panel.type !== "stat") {
    throw new TypeError(`InfluxDB has no cell for a panel ${panel.type}`);
  }
  const base = { name: "base", type: "text", hex: "#FFFFFF", value: 0 };
  const tableOptions = { verticalTimeAxis: true, wrapping: "truncate", fixFirstColumn: false };
  return { kind: "Table", colors: [base], tableOptions, timeFormat: "YYYY-MM-DD HH:mm:ss" };
}

/** Columns that Grafana shows milliseconds of as a time; InfluxDB shows a time as one. */
function times(panel: Panel): string {
  const columns = (panel.fieldConfig?.overrides ?? [])
    .filter(({ properties }) => properties.some(({ value }) => value === "dateTimeAsIso"))
    .map(({ matcher }) => String(matcher.options));
  return columns
    .map((column) => `\n  |> map(fn: (r) => ({r with ${column}: time(v: int(v: r.${column}) * 1000000)}))`)
    .join("");
}
