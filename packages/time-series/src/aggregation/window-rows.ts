import type { PointAggregate } from "../aggregate.ts";
import { END_OF_TIME, MIN_TIME } from "../point-checks.ts";
import type { Order, SeriesRow } from "../time-series-store.ts";
import { PointWindows, type PointWindowsQuery } from "./point-windows.ts";

/** A range of the points themselves. */
export interface PointRange {
  readonly from: number;
  readonly to: number;
  readonly order: Order;
  readonly limit?: number | undefined;
}

export type ReadPoints = (range: PointRange) => AsyncIterable<readonly SeriesRow[]>;

/** Whether the points before and behind a range have a say in its windows. */
export function needsNeighbours(aggregate: PointAggregate): boolean {
  return neighbourly.includes(aggregate);
}

const neighbourly: readonly PointAggregate[] = [
  "difference",
  "increase",
  "resets",
  "rate",
  "increase-rate",
  "integral",
];

/** Windows out of points, where a store does not make them itself. */
export async function* windowRows(
  read: ReadPoints,
  query: PointWindowsQuery,
  limit = Infinity,
): AsyncGenerator<readonly SeriesRow[]> {
  const { from, to, order = "asc" } = query;
  const [before, behind] = needsNeighbours(query.aggregate)
    ? await Promise.all([
        firstOf(read({ from: MIN_TIME, to: from, order: "desc", limit: 1 })),
        firstOf(read({ from: to, to: END_OF_TIME, order: "asc", limit: 1 })),
      ])
    : [];
  const windows = new PointWindows(query, order === "desc" ? behind : before);
  let left = limit;
  if (left === 0) return;
  for await (const batch of read({ from, to, order })) {
    const rows: SeriesRow[] = [];
    for (const [time, value] of batch) {
      const row = windows.take(time, Number(value));
      if (row !== undefined) rows.push(row);
    }
    if (rows.length > 0) yield rows.slice(0, left);
    left -= rows.length;
    if (left <= 0) return;
  }
  const beyond = order === "desc" ? before : behind;
  const last = windows.end(beyond && { time: beyond[0], value: Number(beyond[1]) });
  if (last !== undefined) yield [last];
}

async function firstOf(batches: AsyncIterable<readonly SeriesRow[]>): Promise<SeriesRow | undefined> {
  for await (const [row] of batches) if (row !== undefined) return row;
  return undefined;
}
