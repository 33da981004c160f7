import { type SeriesRow, windowsOf } from "@headwater/time-series";
import type { DeviceSeries, SeriesOwner } from "./device-series.ts";
import { type Fill, type FilledRow, filledRows } from "./fill.ts";
import type { SeriesRange } from "./series-range.ts";

/** Of a field: what is asked of it, and how it is told. */
export interface Shape {
  readonly field: string;
  readonly range: SeriesRange;
  readonly fill: Fill;
  readonly scale: number;
}

/** In the unit that is asked for, and with what empty windows have. */
export function shaped(
  series: DeviceSeries,
  owner: SeriesOwner,
  { field, range, fill, scale }: Shape,
  batches: AsyncIterable<readonly SeriesRow[]>,
  limit: number | undefined,
): AsyncIterable<readonly FilledRow[]> {
  const { window } = range;
  const scaled = scale === 1 ? batches : scaledRows(batches, scale);
  if (fill === "none" || window === undefined) return scaled;
  const before = async (): Promise<FilledRow[1]> => {
    const to = windowsOf(window).at(range.from).start;
    const last = { ...range, field, from: Number.MIN_SAFE_INTEGER, to, order: "desc", limit: 1 } as const;
    for await (const [row] of scaledRows(series.query(owner, last), scale)) if (row !== undefined) return row[1];
    return null;
  };
  return filledRows(scaled, { range: { ...range, window }, fill, limit, before });
}

export async function* scaledRows(
  batches: AsyncIterable<readonly SeriesRow[]>,
  scale: number,
): AsyncGenerator<readonly SeriesRow[]> {
  for await (const rows of batches) {
    yield rows.map(([time, value]) => [time, typeof value === "number" ? value * scale : value]);
  }
}
