import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { stringify } from "yaml";
import { chartOf } from "./chart.ts";
import { checks, type Resource } from "./checks.ts";
import { listOfInflux, type Words } from "./flux-of-influx.ts";

export const templateFile = new URL("../../../deploy/influxdb/headwater.yml", import.meta.url);

const label = "headwater";

/** What each dashboard's variables are called in InfluxDB, where all dashboards share them. */
const words: Readonly<Record<string, Words>> = {
  fleet: { "r._field =~ /^${metric:regex}$/": "r._field == v.headwater_metric" },
  device: {
    "r.device =~ /^${device:regex}$/": "r.device == v.headwater_device",
    "r._field =~ /^${metric:regex}$/": "r._field == v.headwater_device_metric",
  },
  alerts: { " and r.rule =~ /^${rule:regex}$/": "" },
};

/** Variables of the dashboards that are lists. InfluxDB shows those that a dashboard uses. */
const lists = [
  { board: "fleet", name: "metric", as: "headwater_metric", description: "Numbers and booleans; the first 500" },
  { board: "device", name: "device", as: "headwater_device", description: "The first 1,000" },
  { board: "device", name: "metric", as: "headwater_device_metric", description: "Numbers and booleans of the device" },
] as const;

/** InfluxDB's own dashboards with the panels of Grafana's that ask InfluxDB, as the file of a template. */
export function influxTemplate(boards: Readonly<Record<string, Dashboard>>): string {
  const resources = [
    resource("Label", label, { description: "What Headwater brings", color: "#326BBA" }),
    resource("Variable", "headwater-bucket", {
      name: "headwater_bucket",
      description: "Where Headwater stores readings and alerts",
      type: "constant",
      values: ["headwater"],
    }),
    ...lists.map(({ board, name, as, description }) => {
      const variable = boards[`${board}.json`]!.templating.list!.find((each) => each.name === name)!;
      return resource("Variable", as.replaceAll("_", "-"), {
        name: as,
        description,
        type: "query",
        language: "flux",
        query: listOfInflux(variable.query as string, words[board]!),
      });
    }),
    ...Object.entries(words).map(([name, its]) => {
      const { title, panels = [] } = boards[`${name}.json`]!;
      const charts = panels.map((panel) => chartOf(panel as Panel, its));
      return resource("Dashboard", `headwater-${name}`, { name: title, charts });
    }),
    ...checks(),
  ].map((each) =>
    each.kind === "Label" ? each : { ...each, spec: { ...each.spec, associations: [{ kind: "Label", name: label }] } },
  );
  const head =
    "# InfluxDB's own dashboards and checks; `headwater influx apply` puts them into an organization, for its bucket.\n";
  return `${head}${resources.map((each) => stringify(each, { lineWidth: 0 })).join("---\n")}`;
}

function resource(kind: string, name: string, spec: Resource["spec"]): Resource {
  return { apiVersion: "influxdata.com/v2alpha1", kind, metadata: { name }, spec };
}
