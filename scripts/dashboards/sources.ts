import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";

/** The data sources that deploy/grafana provisions. */
export const influx = { type: "influxdb", uid: "headwater-influxdb" } as const;
export const prometheus = { type: "prometheus", uid: "headwater-prometheus" } as const;

/** A query in Flux, which Grafana's own schema leaves to the data source. */
export function flux(query: string, refId = "A"): Builder<Dataquery> {
  const target = { refId, datasource: influx, query: query.trim() };
  return { build: () => target as unknown as Dataquery };
}

/** A query in PromQL over the time range of the dashboard; `legend` takes labels as {{name}}. */
export function promql(expr: string, legend: string, refId = "A"): Builder<Dataquery> {
  return new DataqueryBuilder().refId(refId).datasource(prometheus).expr(expr).range().legendFormat(legend);
}
