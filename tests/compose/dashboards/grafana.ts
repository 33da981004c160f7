import type { Dashboard, Panel, VariableModel } from "@grafana/grafana-foundation-sdk/dashboard";
import { readFileSync } from "node:fs";
import { checkout } from "../compose-file.ts";

/** The parts of Grafana that stand between a dashboard's file and the store: variables, time range, interval. */
export interface Viewing {
  readonly from: Date;
  readonly to: Date;
  readonly bucket: string;
  /** Chosen values by variable; several for one that takes several. */
  readonly variables: Readonly<Record<string, string | readonly string[]>>;
}

export function dashboardFile(name: string): Dashboard {
  return JSON.parse(readFileSync(new URL(`deploy/grafana/dashboards/${name}`, checkout), "utf8")) as Dashboard;
}

export function panelsOf(dashboard: Dashboard): Panel[] {
  return (dashboard.panels ?? []).map((panel) => panel as Panel);
}

export interface Target {
  readonly refId: string;
  readonly query?: string;
  readonly expr?: string;
}

export function targetsOf(panel: Panel): Target[] {
  return (panel.targets ?? []) as unknown as Target[];
}

export function variablesOf(dashboard: Dashboard): VariableModel[] {
  return dashboard.templating.list ?? [];
}

/** A Flux query as Grafana sends it. The interval follows from the panel's width, here 1,000 points by default. */
export function fluxOf(query: string, viewing: Viewing, panel: Pick<Panel, "maxDataPoints" | "interval"> = {}): string {
  const { from, to, bucket, variables } = viewing;
  const rangeMs = to.getTime() - from.getTime();
  const least = Number.parseFloat(panel.interval ?? "0s") * (panel.interval?.endsWith("m") ? 60_000 : 1000);
  const windowMs = Math.max(1000, least, Math.ceil(rangeMs / (panel.maxDataPoints ?? 1000) / 1000) * 1000);
  return query
    .replaceAll(/\$\{(\w+):regex\}/g, (whole, name: string) => {
      const value = variables[name];
      if (value === undefined) throw new Error(`No value for ${whole}`);
      return asRegex(value);
    })
    .replaceAll("v.defaultBucket", JSON.stringify(bucket))
    .replaceAll("v.timeRangeStart", from.toISOString())
    .replaceAll("v.timeRangeStop", to.toISOString())
    .replaceAll("v.windowPeriod", `${windowMs / 1000}s`);
}

/** The value of `allValue` goes in as it is. */
export const everything = ".*";

function asRegex(value: string | readonly string[]): string {
  if (value === everything) return value;
  const escaped = (typeof value === "string" ? [value] : value).map((each) =>
    each.replaceAll(/[\\^$*+?.()|[\]{}/]/g, String.raw`\$&`),
  );
  return escaped.length === 1 ? escaped[0]! : `(${escaped.join("|")})`;
}

/** Answers of InfluxDB in CSV: one record a row, by the names of the columns; nothing for an empty answer. */
export function csvRows(csv: string): Record<string, string>[] {
  return csv
    .trim()
    .split(/\r?\n\r?\n/)
    .filter((table) => table !== "")
    .flatMap((table) => {
      const [header = [], ...rows] = table.split(/\r?\n/).map(cellsOf);
      return rows.map((cells) =>
        Object.fromEntries(header.map((name, i): [string, string] => [name, cells[i] ?? ""]).filter(([name]) => name)),
      );
    });
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}
