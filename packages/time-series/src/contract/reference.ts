import { referenceStarts } from "./reference-windows.ts";
import type { Aggregate, SummaryAggregate } from "../aggregate.ts";
import type { SeriesQuery, SeriesRow } from "../time-series-store.ts";

/** The right answer to a query, computed the slow and obvious way from everything that was written, in order. */
export function referenceRows(
  written: readonly SeriesRow[],
  query: Omit<SeriesQuery, "measurement" | "tags" | "field">,
): SeriesRow[] {
  const { from, to, aggregate, order, limit = Infinity } = query;
  const rows = [...new Map(written)].filter(([time]) => time >= from && time < to).sort(([a], [b]) => a - b);
  const inOrder = (all: SeriesRow[]): SeriesRow[] => (order === "desc" ? all.toReversed() : all).slice(0, limit);
  if (aggregate === undefined) return inOrder(rows);
  const startOf = startsFor(rows, query);
  const all = [...new Map(written)].sort(([a], [b]) => a - b);
  const windows = [...Map.groupBy(rows, ([time]) => startOf(time))].flatMap(([start, inside]): SeriesRow[] => {
    const value = aggregated(aggregate, { inside, all, endOf: endFor(query), start, from, to });
    return value === undefined ? [] : [[start, value]];
  });
  return inOrder(windows);
}

interface Inside {
  readonly inside: readonly SeriesRow[];
  readonly all: readonly SeriesRow[];
  readonly endOf: (start: number) => number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

function startsFor(
  rows: readonly SeriesRow[],
  { from, window }: Pick<SeriesQuery, "from" | "window">,
): (time: number) => number {
  const [first, last] = [rows[0], rows.at(-1)];
  if (window === undefined || first === undefined || last === undefined) return () => from;
  if (typeof window === "number") return (time) => Math.floor(time / window) * window;
  const starts = referenceStarts(window, first[0], last[0] + 1);
  return (time) => starts.findLast((start) => start <= time)!;
}

function endFor({ window, to }: Pick<SeriesQuery, "window" | "to">): (start: number) => number {
  if (window === undefined) return () => to;
  if (typeof window === "number") return (start) => start + window;
  return (start) => referenceStarts(window, start, start + 800 * 86_400_000_000)[1]!;
}

function aggregated(aggregate: Aggregate, window: Inside): number | undefined {
  const values = window.inside.map(([, value]) => value as number);
  const sum = values.reduce((total, value) => total + value, 0);
  const of: Record<SummaryAggregate, number | undefined> = {
    count: values.length,
    sum,
    mean: sum / values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    first: values[0],
    last: values.at(-1),
  };
  return aggregate in of ? of[aggregate as SummaryAggregate] : pointwise(aggregate, values, window);
}

function pointwise(aggregate: Aggregate, values: readonly number[], window: Inside): number | undefined {
  if (aggregate === "stddev") {
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
  }
  if (aggregate === "median" || aggregate.startsWith("p")) {
    const sorted = values.toSorted((a, b) => a - b);
    const rank = (aggregate === "median" ? 0.5 : Number(aggregate.slice(1)) / 100) * (sorted.length - 1);
    const low = sorted[Math.floor(rank)]!;
    return low + (sorted[Math.ceil(rank)]! - low) * (rank % 1);
  }
  const first = window.all.findIndex(([time]) => time === window.inside[0]![0]);
  const last = window.all.findIndex(([time]) => time === window.inside.at(-1)![0]);
  const points = window.all.map(([time, value]) => [time, value as number] as const);
  if (aggregate === "integral") {
    const start = Math.max(window.start, window.from);
    const end = Math.min(window.endOf(window.start), window.to);
    const around = points.slice(Math.max(0, first - 1), last + 2);
    if (around.length < 2) return undefined;
    let area = 0;
    for (let i = 1; i < around.length; i++) {
      const [[t0, v0], [t1, v1]] = [around[i - 1]!, around[i]!];
      const at = (time: number): number => v0 + ((v1 - v0) * (time - t0)) / (t1 - t0);
      const [a, b] = [Math.max(t0, start), Math.min(t1, end)];
      if (b > a) area += (((at(a) + at(b)) / 2) * (b - a)) / 1e6;
    }
    return area;
  }
  const steps = points.slice(Math.max(0, first - 1), last + 1);
  if (steps.length < 2) return undefined;
  const falls = steps.flatMap(([, value], i) => (i > 0 && value < steps[i - 1]![1] ? [steps[i - 1]![1]] : []));
  const difference = steps.at(-1)![1] - steps[0]![1];
  const increase = difference + falls.reduce((total, value) => total + value, 0);
  const seconds = (steps.at(-1)![0] - steps[0]![0]) / 1e6;
  const of = {
    difference,
    increase,
    resets: falls.length,
    rate: difference / seconds,
    "increase-rate": increase / seconds,
  };
  return of[aggregate as keyof typeof of];
}
