import { referenceStarts } from "./reference-windows.ts";
import type { Aggregate, SeriesQuery, SeriesRow } from "../time-series-store.ts";

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
  const windows = [...Map.groupBy(rows, ([time]) => startOf(time))].map(([start, inside]): SeriesRow => [
    start,
    aggregated(
      aggregate,
      inside.map(([, value]) => value as number),
    ),
  ]);
  return inOrder(windows);
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

function aggregated(aggregate: Aggregate, values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const of: Record<Aggregate, number | undefined> = {
    count: values.length,
    sum,
    mean: sum / values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    first: values[0],
    last: values.at(-1),
  };
  return of[aggregate] as number;
}
