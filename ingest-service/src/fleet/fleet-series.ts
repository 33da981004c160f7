import type { DatabaseSync } from "node:sqlite";
import { RequestError, sharedTurn } from "@headwater/core";
import { numberField, type SeriesRow, textAggregates, textField } from "@headwater/time-series";
import type { DeviceSeries, SeriesOwner } from "../telemetry/device-series.ts";
import { type FilledRow, filledRows } from "../telemetry/fill.ts";
import { scaledRows, shaped } from "../telemetry/shape.ts";
import type { ReadRange } from "../telemetry/range-query.ts";
import { begun } from "../telemetry/rows.ts";
import { type Across, AcrossDevices } from "./across.ts";
import type { FleetDevice } from "./fleet-devices.ts";
import { type Group, type GroupKey, groupOf } from "./grouping.ts";

/** One series of an answer that has several. */
export interface FleetPart {
  /** What it is of, as the answer says it. */
  readonly head: Readonly<Record<string, unknown>>;
  /** The same as text, for the columns of exports. */
  readonly labels: Readonly<Record<string, string>>;
  readonly batches: AsyncIterable<readonly FilledRow[]>;
}

export interface FleetSeriesRequest {
  readonly devices: readonly FleetDevice[];
  readonly metrics: readonly string[];
  readonly range: ReadRange;
  /** Of each series. */
  readonly limit: number | undefined;
  /** Told of each device that has texts alone of a metric where numbers are asked for. */
  readonly onOfText?: ((metric: string) => void) | undefined;
}

/** Devices asked at the same time. */
const AT_ONCE = 8;
/** Devices whose group is looked up in one turn of the event loop. */
const GROUPED_AT_ONCE = 200;
/** Numbers that one answer across devices keeps in memory. */
const MOST_KEPT = 2_000_000;

/** Each device's series of each metric, one after the other. */
export async function* eachSeries(series: DeviceSeries, request: FleetSeriesRequest): AsyncGenerator<FleetPart> {
  const { devices, metrics, range, limit, onOfText } = request;
  const { aggregate } = range;
  const isForText = aggregate === undefined || textAggregates.includes(aggregate);
  for (const metric of metrics) {
    for (const { id, owner } of devices) {
      for (const field of isForText ? [numberField(metric), textField(metric)] : [numberField(metric)]) {
        const query = { ...range, field, limit };
        const found = await begun(series.query(owner, query));
        const isLast = field !== numberField(metric) || !isForText;
        if (found === undefined && !isLast) continue;
        const shape = { field, range, fill: range.fill, scale: range.scale };
        const batches = shaped(series, owner, shape, found?.batches ?? nothing(), limit);
        // A device that has nothing of the metric at all has no series.
        if (found === undefined && !isForText) await tellOfText(series, owner, metric, range, onOfText);
        if (found !== undefined) yield { head: { metric, device: id }, labels: { metric, device: id }, batches };
        found?.close();
        break;
      }
    }
  }
}

export interface AcrossRequest extends FleetSeriesRequest {
  readonly across: Across;
  readonly by: readonly GroupKey[];
}

/** One series of each metric and group of devices. */
export async function* acrossSeries(
  db: DatabaseSync,
  series: DeviceSeries,
  { devices, metrics, range, limit, onOfText, across, by }: AcrossRequest,
): AsyncGenerator<FleetPart> {
  const groups = new Map<string, { readonly group: Group; readonly devices: FleetDevice[] }>();
  for (const [i, device] of devices.entries()) {
    if (i % GROUPED_AT_ONCE === GROUPED_AT_ONCE - 1) await sharedTurn();
    const group = groupOf(db, device.id, by);
    const key = JSON.stringify(group);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { group, devices: [device] });
    else known.devices.push(device);
  }
  const full = () =>
    new RequestError(
      400,
      "too-many-values",
      `This is more than ${MOST_KEPT} values to put together; choose a longer \`window\`, a shorter range, or fewer devices`,
    );
  for (const metric of metrics) {
    for (const { group, devices: ofGroup } of groups.values()) {
      const all = new AcrossDevices(across, MOST_KEPT, full);
      const heard = await addAll(series, all, ofGroup, metric, { range, onOfText });
      if (heard === 0) continue;
      const labels = Object.fromEntries(Object.entries(group).map(([name, value]) => [name, String(value ?? "")]));
      const head = { metric, ...(by.length > 0 && { group }), devices: heard };
      yield { head, labels: { metric, ...labels }, batches: filled(all.rows(), range, limit) };
    }
  }
}

/** How many devices have anything. */
async function addAll(
  series: DeviceSeries,
  all: AcrossDevices,
  devices: readonly FleetDevice[],
  metric: string,
  { range, onOfText }: Pick<FleetSeriesRequest, "range" | "onOfText">,
): Promise<number> {
  const { from, to, window, aggregate } = range;
  const query = { from, to, window, aggregate, field: numberField(metric) };
  const waiting = devices.values();
  let heard = 0;
  const one = async (): Promise<void> => {
    for (const { owner } of waiting) {
      const isThere = await all.add(scaledRows(series.query(owner, query), range.scale));
      if (isThere) heard += 1;
      else await tellOfText(series, owner, metric, range, onOfText);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return heard;
}

async function tellOfText(
  series: DeviceSeries,
  owner: SeriesOwner,
  metric: string,
  { from, to }: ReadRange,
  onOfText: FleetSeriesRequest["onOfText"],
): Promise<void> {
  if (onOfText === undefined) return;
  for await (const rows of series.query(owner, { from, to, field: textField(metric), limit: 1 })) {
    if (rows.length === 0) continue;
    onOfText(metric);
    return;
  }
}

async function* filled(
  batches: AsyncIterable<readonly SeriesRow[]>,
  range: ReadRange,
  limit: number | undefined,
): AsyncGenerator<readonly FilledRow[]> {
  const { window, fill } = range;
  if (fill === "none" || window === undefined) yield* batches;
  else yield* filledRows(batches, { range: { ...range, window }, fill, limit, before: async () => null });
}

async function* nothing(): AsyncGenerator<never> {}
