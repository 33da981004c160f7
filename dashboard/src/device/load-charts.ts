import type { AnswerOf } from "@headwater/client";
import { api } from "../data/api.ts";
import type { Lane, StateSpan } from "../plot/lanes.ts";
import { loadPoints } from "../plot/load-points.ts";
import type { Band, Look } from "../plot/plot-marks.ts";
import type { Points } from "../plot/series-plot.tsx";

export interface Value {
  readonly value: unknown;
  readonly t: number;
  readonly unit?: string | undefined;
}

export interface Shown {
  readonly from: number;
  readonly to: number;
  /** Pixels of a chart, which choose the window. */
  readonly width: number;
  readonly mayReadAlerts: boolean;
}

export interface Charts {
  readonly values: Readonly<Record<string, Value>>;
  readonly series: readonly (readonly [metric: string, points: Points])[];
  /** Metrics of text and those that are on or off. */
  readonly lanes: readonly Lane[];
  readonly bands: readonly Band[];
  /** Why there are no bands, where alerts cannot be asked for: what was measured is there all the same. */
  readonly bandsProblem?: string;
  /** What the charts are made of, where they reach beyond the points that are kept. */
  readonly kept?: string;
}

const hourMs = 3_600_000;
/** From a device to the log. */
const underWayMs = 5_000;
/** Of metrics that come at one time one look finds them all. */
const mostLooks = 6;
const mostCharts = 24;
const mostLanes = 12;
/** More changes than a lane has pixels for. */
const mostStates = 1_000;
const looks: Readonly<Record<string, Look>> = { critical: "critical", warning: "warning" };
const switchStates: Readonly<Record<string, string>> = { 0: "off", 1: "on" };

/** What a state is called that is a boolean, a number or a text. */
export function stateName(value: unknown): string {
  return typeof value === "boolean" ? switchStates[Number(value)]! : (switchStates[String(value)] ?? String(value));
}

/** The values of a device, and what it sent in the time shown. */
export async function loadCharts(device: string, shown: Shown): Promise<Charts> {
  const { from, to, width, mayReadAlerts } = shown;
  const latest = await api.call("GET", "/api/v1/devices/{id}/latest", { path: { id: device } });
  const values: Charts["values"] = latest.values;
  const names = Object.keys(values);
  const numbers = names.filter((metric) => typeof values[metric]!.value === "number").slice(0, mostCharts);
  const texts = names.filter((metric) => typeof values[metric]!.value === "string").slice(0, mostLanes);
  const [drawn, textLanes, alerts] = await Promise.all([
    Promise.all(numbers.map((metric) => drawnNumber(device, metric, values[metric]!.value, { from, to, width }))),
    Promise.all(texts.map((metric) => loadLane(device, metric, from, to))),
    mayReadAlerts ? loadBands(device, from).catch((problem: Error) => problem) : [],
  ]);
  return {
    values,
    series: drawn.flatMap((each) => (each.points === undefined ? [] : [[each.metric, each.points] as const])),
    ...keptOf(drawn),
    lanes: [...drawn.flatMap(({ lane }) => lane ?? []), ...textLanes],
    ...(alerts instanceof Error ? { bands: [], bandsProblem: alerts.message } : { bands: alerts }),
  };
}

/** The same for all metrics of one range. */
function keptOf(drawn: readonly Drawn[]): { readonly kept?: string } {
  const kept = drawn.find((each) => each.kept !== undefined)?.kept;
  return kept === undefined ? {} : { kept };
}

interface Drawn {
  readonly metric: string;
  readonly kept?: string | undefined;
  readonly points?: Points;
  readonly lane?: Lane;
}

/** The store keeps a boolean as 1 or 0: what was nothing else in the time shown is drawn as on and off. */
async function drawnNumber(
  device: string,
  metric: string,
  newest: unknown,
  { from, to, width }: Omit<Shown, "mayReadAlerts">,
): Promise<Drawn> {
  const { points, kept } = await loadPoints(device, metric, from, to, width);
  const mayBeSwitch = (newest === 0 || newest === 1) && points.every(([, value]) => value === null || inUnit(value));
  if (!mayBeSwitch) return { metric, points, kept };
  const lane = await loadLane(device, metric, from, to);
  const isSwitch = lane.spans.length < mostStates && lane.spans.every(({ state }) => state === "on" || state === "off");
  return isSwitch ? { metric, lane, kept } : { metric, points, kept };
}

function inUnit(value: number): boolean {
  return value >= 0 && value <= 1;
}

async function loadLane(device: string, metric: string, from: number, to: number): Promise<Lane> {
  return { name: metric, ...(await loadStates(device, { of: "metric", metric }, from, to)) };
}

/** When a device was connected. */
export async function loadPresence(device: string, from: number, to: number): Promise<Lane> {
  return { name: "presence", ...(await loadStates(device, { of: "presence" }, from, to)) };
}

async function loadStates(
  id: string,
  what: { readonly of: "metric"; readonly metric: string } | { readonly of: "presence" },
  from: number,
  to: number,
): Promise<Pick<Lane, "spans" | "isCut">> {
  const query = { ...what, from: new Date(from).toISOString(), to: new Date(to).toISOString(), limit: mostStates };
  const { items, truncated } = await api.call("GET", "/api/v1/devices/{id}/states", { path: { id }, query });
  const spans = items.map(({ state, from: begin, to: end }): StateSpan => ({
    state: stateName(state),
    from: Date.parse(begin),
    to: Date.parse(end),
  }));
  return { spans, ...(truncated === true && { isCut: true }) };
}

/**
 * The units of a device's metrics; the store of series keeps none. Looked for in the log at the newest value of each
 * metric, however long ago that was, and further only if it came to the log at another time, so that little of the log
 * is read. What was sent without a unit has none.
 */
export async function loadUnits(id: string, values: Charts["values"]): Promise<ReadonlyMap<string, string>> {
  const units = new Map<string, string>();
  const seen = new Set<string>();
  const path = { id };
  let looks = 0;
  for (const [metric, { t }] of Object.entries(values).toSorted(([, one], [, other]) => other.t - one.t)) {
    if (seen.has(metric) || looks === mostLooks) continue;
    looks += 1;
    const around = { from: new Date(t - hourMs).toISOString(), to: new Date(t + underWayMs).toISOString() };
    let items: AnswerOf<"GET", "/api/v1/devices/{id}/events">["items"] = [];
    for (const range of [around, {}]) {
      ({ items } = await api.call("GET", "/api/v1/devices/{id}/events", { path, query: { ...range, limit: 50 } }));
      if (items.length > 0) break;
    }
    for (const reading of items.flatMap(({ readings = [] }) => readings)) {
      seen.add(reading.metric);
      if (reading.unit !== undefined && !units.has(reading.metric)) units.set(reading.metric, reading.unit);
    }
  }
  return units;
}

async function loadBands(device: string, from: number): Promise<readonly Band[]> {
  const query = { device, from: new Date(from).toISOString(), limit: 200 };
  const { items } = await api.call("GET", "/api/v1/alerts", { query });
  return items.map(({ raisedAt, clearedAt, severity, rule }) => ({
    from: Date.parse(raisedAt),
    to: clearedAt === undefined ? Infinity : Date.parse(clearedAt),
    look: looks[severity] ?? "accent",
    name: `${rule} (${severity})`,
  }));
}
