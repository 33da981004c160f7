import { RequestError, sharedTurn } from "@headwater/core";
import { type SeriesRow, type Span, type Window, type Windows, windowsOf } from "@headwater/time-series";
import type { SeriesRange } from "./series-range.ts";

/** What a window without points has; `none`: it is left out. */
export type Fill = "none" | "null" | "previous" | number;

export type FilledRow = readonly [time: number, value: number | string | null];

export function parseFill(text: string): Fill {
  if (text === "none" || text === "null" || text === "previous") return text;
  const value = /^-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  const written = JSON.stringify(text);
  throw new RequestError(
    400,
    "invalid-fill",
    `\`fill\` ${written} is none; write none, null, previous or a number like 0`,
  );
}

const BATCH = 2_000;

export interface FillOptions {
  readonly range: SeriesRange & { readonly window: Window };
  readonly fill: Exclude<Fill, "none">;
  readonly limit?: number | undefined;
  /** The value of the last window before the range; asked for only by `previous`. */
  readonly before: () => Promise<FilledRow[1]>;
}

/** Rows of windows, with a row for each window of the range that has none. */
export async function* filledRows(
  batches: AsyncIterable<readonly SeriesRow[]>,
  { range, fill, limit, before }: FillOptions,
): AsyncGenerator<readonly FilledRow[]> {
  let left = limit ?? Infinity;
  for await (const rows of unlimited(batches, range, fill, before)) {
    yield rows.length > left ? rows.slice(0, left) : rows;
    left -= rows.length;
    if (left <= 0) return;
  }
}

async function* unlimited(
  batches: AsyncIterable<readonly SeriesRow[]>,
  range: FillOptions["range"],
  fill: Exclude<Fill, "none">,
  before: FillOptions["before"],
): AsyncGenerator<readonly FilledRow[]> {
  const walk = new WindowWalk(windowsOf(range.window), range);
  const isBack = range.order === "desc";
  const filler = typeof fill === "number" ? fill : null;
  const hasPrevious = fill === "previous";
  // Newest first, an empty window has the value of the next row.
  let previous: FilledRow[1] = hasPrevious && !isBack ? await before() : null;
  for await (const rows of batches) {
    let batch: FilledRow[] = [];
    for (const row of rows) {
      if (hasPrevious && isBack) previous = row[1];
      for (let start = walk.next(); start !== undefined && start !== row[0]; start = walk.next()) {
        batch.push([start, hasPrevious ? previous : filler]);
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
        await sharedTurn();
      }
      batch.push(row);
      previous = row[1];
    }
    if (batch.length > 0) yield batch;
  }
  if (hasPrevious && isBack) previous = await before();
  let batch: FilledRow[] = [];
  for (let start = walk.next(); start !== undefined; start = walk.next()) {
    batch.push([start, hasPrevious ? previous : filler]);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
    await sharedTurn();
  }
  if (batch.length > 0) yield batch;
}

/** The beginnings of the windows of a range, one after the other. */
class WindowWalk {
  readonly #windows: Windows;
  readonly #range: SeriesRange;
  #span: Span | undefined;

  constructor(windows: Windows, range: SeriesRange) {
    this.#windows = windows;
    this.#range = range;
  }

  next(): number | undefined {
    const { from, to, order } = this.#range;
    if (from >= to) return undefined;
    if (this.#span === undefined) this.#span = this.#windows.at(order === "desc" ? to - 1 : from);
    else this.#span = this.#windows.at(order === "desc" ? this.#span.start - 1 : this.#span.end);
    const isWithin = order === "desc" ? this.#span.end > from : this.#span.start < to;
    return isWithin ? this.#span.start : undefined;
  }
}
