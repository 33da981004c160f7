import type { Aggregate, SeriesQuery, SeriesRow } from "../time-series-store.ts";

/** The right answer to a query, computed the slow and obvious way from everything that was written, in order. */
export function referenceRows(
  written: readonly SeriesRow[],
  query: Omit<SeriesQuery, "measurement" | "tags" | "field">,
): SeriesRow[] {
  const { from, to, window, aggregate, limit = Infinity } = query;
  const rows = [...new Map(written)].filter(([time]) => time >= from && time < to).sort(([a], [b]) => a - b);
  if (aggregate === undefined) return rows.slice(0, limit);
  const startOf = (time: number): number => (window === undefined ? from : Math.floor(time / window) * window);
  return [...Map.groupBy(rows, ([time]) => startOf(time))]
    .map(([start, inside]): SeriesRow => [
      start,
      aggregated(
        aggregate,
        inside.map(([, value]) => value as number),
      ),
    ])
    .slice(0, limit);
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
