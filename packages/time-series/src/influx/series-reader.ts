import type { FluxTableMetaData } from "@influxdata/influxdb-client";
import { isSummaryAggregate, type PointAggregate } from "../aggregate.ts";
import { type PointRange, windowRows } from "../aggregation/window-rows.ts";
import type { SeriesQuery, SeriesRow } from "../time-series-store.ts";
import { isLocal, type Span, type Windows, windowsOf } from "../windows/index.ts";
import { ColumnsOf } from "./columns.ts";
import { countFlux, extentFlux, type FluxGrid, hasTextValues, seriesFlux } from "./flux.ts";
import { numberOf, textOf } from "./result-values.ts";
import { microsOf } from "./times.ts";

export type RunFlux = (
  flux: string,
  onRow: (values: string[], table: FluxTableMetaData) => void,
) => AsyncGenerator<void>;

/** Rows of one slice that is read to be turned around: about so many at least, and at most twice as many. */
const LEAST_ROWS = 1_000;
const SLICE_ROWS = 20_000;
/** Of texts, each of which may be long. */
const SLICE_TEXTS = 1_000;
/** Rows of a slice that the reader gets at once. */
const BATCH = 8_192;

/**
 * Rows of a series out of Flux. Windows of a calendar are asked for as runs of equal ones: Flux has locations of its
 * own, with other rules and another version of them. The newest rows first come out of slices that are turned around,
 * since Flux would sort all of a range in its memory.
 */
export class SeriesReader {
  readonly #bucket: string;
  readonly #run: RunFlux;

  constructor(bucket: string, run: RunFlux) {
    this.#bucket = bucket;
    this.#run = run;
  }

  async *read(query: SeriesQuery, { start, end }: Span): AsyncGenerator<readonly SeriesRow[]> {
    const { window, aggregate, order, limit = Infinity } = query;
    if (aggregate !== undefined && !isSummaryAggregate(aggregate)) {
      yield* this.#ofPoints(query, aggregate, { start, end }, limit);
      return;
    }
    const isOneRow = aggregate !== undefined && window === undefined;
    const needsExtent = !isOneRow && (order === "desc" || (window !== undefined && isLocal(window)));
    if (!needsExtent) {
      yield* this.#forward(query, { start, end }, limit);
      return;
    }
    const extent = await this.#extent(query, { start, end });
    if (extent === undefined) return;
    yield* order === "desc" ? this.#backward(query, extent, limit) : this.#forward(query, extent, limit);
  }

  /** Of windows that Flux would make in another way, out of their points. */
  #ofPoints(
    query: SeriesQuery,
    aggregate: PointAggregate,
    { start, end }: Span,
    limit: number,
  ): AsyncGenerator<readonly SeriesRow[]> {
    const read = (range: PointRange): AsyncGenerator<readonly SeriesRow[]> => {
      const points = { ...query, window: undefined, aggregate: undefined, order: range.order, limit: range.limit };
      return this.read(points, { start: range.from, end: range.to });
    };
    const { window, order } = query;
    return windowRows(read, { from: start, to: end, window, aggregate, order }, limit);
  }

  async *#forward(query: SeriesQuery, span: Span, limit: number): AsyncGenerator<readonly SeriesRow[]> {
    const { window } = query;
    if (window === undefined) {
      yield* this.#rows(query, span, limit);
      return;
    }
    let left = limit;
    for (const run of windowsOf(window).runs(span.start, span.end)) {
      const part = { start: Math.max(span.start, run.start), end: Math.min(span.end, run.end) };
      for await (const rows of this.#rows(query, part, left, { every: run.every, start: run.start })) {
        left -= rows.length;
        yield rows;
      }
      if (left <= 0) return;
    }
  }

  async *#backward(query: SeriesQuery, span: Span, limit: number): AsyncGenerator<readonly SeriesRow[]> {
    const windows = query.window === undefined ? undefined : windowsOf(query.window);
    const wanted = Math.min(Math.max(limit, LEAST_ROWS), hasTextValues(query) ? SLICE_TEXTS : SLICE_ROWS);
    let left = limit;
    let length = span.end - span.start;
    for (let { end } = span; end > span.start && left > 0;) {
      const shortest = windows === undefined ? end - 1 : windows.at(end - 1).start;
      const start = Math.max(span.start, Math.min(shortest, startOf(end - length, windows)));
      const points = await this.#count(query, { start, end });
      if (points > 2 * wanted && start < shortest && hasMoreWindows(windows, { start, end }, 2 * wanted)) {
        // As many as wanted, were they evenly spread.
        length = Math.max(1, Math.floor(((end - start) * wanted) / points / 1.5));
        continue;
      }
      const rows: SeriesRow[] = [];
      if (points > 0) {
        for await (const some of this.#forward(query, { start, end }, Infinity)) rows.push(...some);
      }
      rows.reverse();
      for (let at = 0; at < Math.min(left, rows.length); at += BATCH) {
        yield rows.slice(at, Math.min(left, at + BATCH));
      }
      left -= rows.length;
      if (rows.length < wanted / 4) length *= rows.length === 0 ? 16 : 4;
      end = start;
    }
  }

  /** From the first to after the last point. */
  async #extent(query: SeriesQuery, span: Span): Promise<Span | undefined> {
    const times: number[] = [];
    const columns = new ColumnsOf(["_time", "_value"]);
    const pieces = this.#run(extentFlux(this.#bucket, query, span), (values, table) => {
      const at = columns.of(table);
      if (at !== undefined) times.push(microsOf(values[at.time] as string));
    });
    for await (const _ of pieces);
    if (times.length === 0) return undefined;
    return { start: Math.min(...times), end: Math.max(...times) + 1 };
  }

  async #count(query: SeriesQuery, span: Span): Promise<number> {
    let count = 0;
    const columns = new ColumnsOf(["_value"]);
    const pieces = this.#run(countFlux(this.#bucket, query, span), (values, table) => {
      const at = columns.of(table);
      if (at !== undefined) count = Number(values[at.value]);
    });
    for await (const _ of pieces);
    return count;
  }

  /** One query of Flux, oldest first. */
  async *#rows(query: SeriesQuery, span: Span, limit: number, grid?: FluxGrid): AsyncGenerator<readonly SeriesRow[]> {
    const isOneRow = query.aggregate !== undefined && grid === undefined;
    const valueOf = hasTextValues(query) ? textOf : numberOf;
    let rows: SeriesRow[] = [];
    const columns = new ColumnsOf(isOneRow ? ["_value"] : ["_time", "_value"]);
    const pieces = this.#run(seriesFlux(this.#bucket, query, span, limit, grid), (values, table) => {
      const at = columns.of(table);
      if (at === undefined) return;
      const time = isOneRow ? query.from : microsOf(values[at.time] as string);
      rows.push([startIn(grid, time), valueOf(values[at.value] as string)]);
    });
    for await (const _ of pieces) {
      if (rows.length === 0) continue;
      yield rows;
      rows = [];
    }
  }
}

/** A window cut off by the range still begins where all its like begin. */
function startIn(grid: FluxGrid | undefined, time: number): number {
  return grid === undefined ? time : windowsOf({ every: grid.every, offset: grid.start % grid.every }).at(time).start;
}

function startOf(time: number, windows: Windows | undefined): number {
  return windows === undefined ? time : windows.at(time).start;
}

function hasMoreWindows(windows: Windows | undefined, { start, end }: Span, most: number): boolean {
  if (windows === undefined) return true;
  let count = 0;
  for (const run of windows.runs(start, end)) {
    count += Math.round((run.end - run.start) / run.every);
    if (count > most) return true;
  }
  return false;
}
