import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { openInfluxStore } from "@headwater/time-series/influx";
import { expect } from "vitest";
import {
  csvRows,
  dashboardFile,
  everything,
  fluxOf,
  panelsOf,
  targetsOf,
  variablesOf,
  type Viewing,
} from "./grafana.ts";
import { minute, minutes, oddDevice, oddMetric, writeScene } from "./fleet-scene.ts";

/** The dashboards, by name. */
export const boards = {
  fleet: dashboardFile("fleet.json"),
  device: dashboardFile("device.json"),
  alerts: dashboardFile("alerts.json"),
};
export type Board = keyof typeof boards;
const bucket = `dashboards-${process.pid}-${Date.now()}`;
/** Of the hour (µs since the epoch). */
export const start = Math.floor(Date.now() / 60_000 - minutes) * minute;
const texts = { find: "", findMetric: "" };
const viewed: Readonly<Record<Board, Viewing["variables"]>> = {
  fleet: { ...texts, metric: "temperature" },
  device: { ...texts, device: oddDevice, metric: [oddMetric, "pump", "temperature", "window_text_"] },
  alerts: { ...texts, rule: everything },
};

/** Makes a bucket and writes the fleet's hour into it. */
export async function writeBucket(): Promise<void> {
  const { orgs } = (await (await influx("GET", `/api/v2/orgs?org=${setting("ORG")}`)).json()) as {
    orgs: { id: string }[];
  };
  const made = { orgID: orgs[0]?.id, name: bucket, retentionRules: [] };
  await influx("POST", "/api/v2/buckets", JSON.stringify(made));
  const store = openInfluxStore({ url: setting("URL"), org: setting("ORG"), bucket, token: setting("TOKEN") });
  await writeScene(store, start);
  await store.close();
}

export async function removeBucket(): Promise<void> {
  const { buckets } = (await (await influx("GET", `/api/v2/buckets?name=${bucket}`)).json()) as {
    buckets: { id: string }[];
  };
  await influx("DELETE", `/api/v2/buckets/${buckets[0]?.id}`);
}

export function at(atMinute: number): Date {
  return new Date((start + atMinute * minute) / 1000);
}

/** As InfluxDB writes it. */
export function iso(atMinute: number): string {
  return at(atMinute).toISOString().replace(".000Z", "Z");
}

export function viewingOf(board: Board, variables: Viewing["variables"] = {}): Viewing {
  return { from: at(0), to: at(minutes), bucket, variables: { ...viewed[board], ...variables } };
}

export async function shown(
  board: Board,
  title: string,
  { target = 0, variables = {} }: { target?: number; variables?: Viewing["variables"] } = {},
): Promise<Record<string, string>[]> {
  const panel = panelsOf(boards[board]).find((each) => each.title === title);
  const query = panel === undefined ? undefined : targetsOf(panel)[target]?.query;
  if (panel === undefined || query === undefined) return expect.fail(`${board} has no panel ${title}`);
  return (await answer(query, viewingOf(board, variables), panel)).rows;
}

export async function options(board: Board, name: string, variables: Viewing["variables"] = {}): Promise<string[]> {
  const variable = variablesOf(boards[board]).find((each) => each.name === name);
  const query = variable?.query;
  if (typeof query !== "string") return expect.fail(`${board} has no list of ${name}`);
  const { rows } = await answer(query, viewingOf(board, variables));
  return rows.map((row) => row["_value"] ?? "").toSorted();
}

export async function answer(
  query: string,
  viewing: Viewing,
  panel: Pick<Panel, "maxDataPoints" | "interval"> = {},
): Promise<{ rows: Record<string, string>[]; bytes: number }> {
  const body = JSON.stringify({ query: fluxOf(query, viewing, panel), dialect: { header: true, annotations: [] } });
  const csv = await (await influx("POST", `/api/v2/query?org=${setting("ORG")}`, body)).text();
  expect(csv).not.toMatch(/^,?error,/m);
  const rows = csvRows(csv).map(({ result: _result, table: _table, ...row }) => row);
  return { rows, bytes: Buffer.byteLength(csv) };
}

async function influx(method: string, path: string, body?: string): Promise<Response> {
  const response = await fetch(`${setting("URL")}${path}`, {
    method,
    headers: { authorization: `Token ${setting("TOKEN")}`, "content-type": "application/json" },
    ...(body !== undefined && { body }),
  });
  if (!response.ok) expect.fail(`${method} ${path}: ${response.status} ${await response.text()}\n${body ?? ""}`);
  return response;
}

function setting(name: "URL" | "ORG" | "TOKEN"): string {
  return (
    process.env[`HEADWATER_INFLUX_${name}`] ??
    expect.fail(`HEADWATER_INFLUX_${name} is not set: npm run servers -- start`)
  );
}
