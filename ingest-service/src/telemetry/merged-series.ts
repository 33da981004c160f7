import { type Aggregate, isSummaryAggregate, type SeriesRow, windowRows, windowsOf } from "@headwater/time-series";
import { rangeAfter, type SeriesRange } from "./series-range.ts";

/** Asks one of the series for the first `limit` rows of a range. */
export type ReadSeries = (range: SeriesRange, limit: number) => AsyncIterable<readonly SeriesRow[]>;

type Batches = AsyncGenerator<readonly SeriesRow[]>;

/** A page of each of some series, in rows. */
interface Pages {
  /** Of all series together. */
  readonly most: number;
  readonly leastEach: number;
}

const pagesOfNumbers: Pages = { most: 20_000, leastEach: 200 };
/** Each text may be long. */
const pagesOfTexts: Pages = { most: 500, leastEach: 20 };
const BATCH = 2_000;

/**
 * Several series as one, in the order of time, a page of each in memory. They are read page by page: as many answers
 * under way as there are series would wait for each other's connections to the store.
 */
export function mergedSeries(series: readonly ReadSeries[], range: SeriesRange, isText: boolean): Batches {
  const { aggregate } = range;
  const all: Sources = { series, pages: isText ? pagesOfTexts : pagesOfNumbers };
  if (aggregate === undefined) return mergedRows(all, range, ([value]) => value!);
  if (aggregate === "first" || aggregate === "last") return pickedRows(all, range, aggregate);
  if (aggregate === "mean") return mergedMeans(all, range);
  if (!isSummaryAggregate(aggregate)) {
    const { from, to, window, order } = range;
    return windowRows((points) => mergedRows(all, points, ([value]) => value!), { from, to, window, aggregate, order });
  }
  return mergedRows(all, range, (values) => values.map(Number).reduce(combinations[aggregate]));
}

const combinations: Readonly<Record<"min" | "max" | "sum" | "count", (a: number, b: number) => number>> = {
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  sum: (a, b) => a + b,
  count: (a, b) => a + b,
};

interface Sources {
  readonly series: readonly ReadSeries[];
  readonly pages: Pages;
}

function sourcesOf({ series, pages }: Sources, range: SeriesRange): PagedRows[] {
  const page = Math.max(pages.leastEach, Math.floor(pages.most / series.length));
  return series.map((read) => new PagedRows(read, range, page));
}

/** `combine` gets the values of one time, that of the last series first. */
async function* mergedRows(
  all: Sources,
  range: SeriesRange,
  combine: (values: readonly SeriesRow[1][]) => SeriesRow[1],
): Batches {
  for await (const rows of rowsByTime(sourcesOf(all, range), range)) {
    yield rows.map(([time, values]) => [time, combine(values.map(([, value]) => value))]);
  }
}

/** The mean of means, each by its count. */
async function* mergedMeans(all: Sources, range: SeriesRange): Batches {
  const of = (aggregate: Aggregate): PagedRows[] => sourcesOf(all, { ...range, aggregate });
  const means = of("mean");
  const counts = of("count");
  for await (const rows of rowsByTime([...means, ...counts], range)) {
    const batch: SeriesRow[] = [];
    for (const [time, values] of rows) {
      const countOf = (index: number): number => Number(values.find(([source]) => source === counts[index])?.[1] ?? 1);
      const found = values
        .filter(([source]) => means.includes(source))
        .map(([source, value]) => ({ mean: Number(value), count: countOf(means.indexOf(source)) }));
      const total = found.reduce((sum, { count }) => sum + count, 0);
      // A point that came between two questions is in the count of a window that has no mean yet.
      if (found.length === 1) batch.push([time, found[0]!.mean]);
      else if (found.length > 1)
        batch.push([time, found.reduce((sum, { mean, count }) => sum + mean * count, 0) / total]);
    }
    yield batch;
  }
}

/** The first or last point of each window, out of all points: a window does not say when its points were. */
async function* pickedRows(all: Sources, range: SeriesRange, aggregate: "first" | "last"): Batches {
  const { window, order } = range;
  const windows = window === undefined ? undefined : windowsOf(window);
  let span = windows === undefined ? { start: range.from, end: Infinity } : { start: 0, end: 0 };
  let open: SeriesRow | undefined;
  const isFirstMet = (aggregate === "first") === (order !== "desc");
  const raw = { ...range, window: undefined, aggregate: undefined };
  for await (const rows of mergedRows(all, raw, ([value]) => value!)) {
    const batch: SeriesRow[] = [];
    for (const [time, value] of rows) {
      if (open === undefined || time < span.start || time >= span.end) {
        if (open !== undefined) batch.push(open);
        span = windows?.at(time) ?? span;
        open = [span.start, value];
      } else if (!isFirstMet) {
        open = [span.start, value];
      }
    }
    yield batch;
  }
  if (open !== undefined) yield [open];
}

type Sourced = readonly [source: PagedRows, value: SeriesRow[1]];

/** What the sources have at each time, that of the last source first. */
async function* rowsByTime(
  sources: readonly PagedRows[],
  { order }: SeriesRange,
): AsyncGenerator<readonly (readonly [time: number, values: readonly Sourced[]])[]> {
  const earlier = order === "desc" ? Math.max : Math.min;
  for (;;) {
    for (const source of sources) await source.fill();
    const batch: (readonly [number, readonly Sourced[]])[] = [];
    while (batch.length < BATCH && sources.every((source) => source.isKnown)) {
      const filled = sources.filter((source) => source.head !== undefined);
      if (filled.length === 0) break;
      const time = filled.map((source) => source.head![0]).reduce((a, b) => earlier(a, b));
      const there = filled.filter((source) => source.head![0] === time).toReversed();
      batch.push([time, there.map((source) => [source, source.take()[1]] as const)]);
    }
    if (batch.length === 0) return;
    yield batch;
  }
}

/** The rows of one series, a page in memory. */
class PagedRows {
  readonly #read: ReadSeries;
  readonly #page: number;
  #range: SeriesRange;
  #rows: SeriesRow[] = [];
  #next = 0;
  #isEnd = false;

  constructor(read: ReadSeries, range: SeriesRange, page: number) {
    this.#read = read;
    this.#range = range;
    this.#page = page;
  }

  get head(): SeriesRow | undefined {
    return this.#rows[this.#next];
  }

  /** Whether `head` says what comes next, also that nothing does. */
  get isKnown(): boolean {
    return this.#isEnd || this.#next < this.#rows.length;
  }

  take(): SeriesRow {
    return this.#rows[this.#next++]!;
  }

  async fill(): Promise<void> {
    if (this.isKnown) return;
    const rows: SeriesRow[] = [];
    for await (const some of this.#read(this.#range, this.#page)) rows.push(...some);
    this.#isEnd = rows.length < this.#page;
    this.#rows = rows;
    this.#next = 0;
    const last = rows.at(-1);
    if (last !== undefined) this.#range = rangeAfter(this.#range, last[0]);
  }
}
