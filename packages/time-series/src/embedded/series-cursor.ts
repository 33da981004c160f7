import { type Aggregate, isSummaryAggregate, type PointAggregate, type SummaryAggregate } from "../aggregate.ts";
import { PointWindows } from "../aggregation/point-windows.ts";
import { needsNeighbours } from "../aggregation/window-rows.ts";
import type { Order, SeriesRow } from "../time-series-store.ts";
import { type Span, type Window, type Windows, windowsOf } from "../windows/index.ts";
import { type ClassMarks, classSpans, hoursInSteps, isOfSummaries, lookFor } from "../retention.ts";
import type { ChunkInfo } from "./chunk-table.ts";
import { lowerBound, type Run, type Values } from "./run.ts";
import { type BucketRun, summarizeBuckets } from "./bucket-run.ts";
import type { ScanPart, ScanRange, Summaries } from "./series-scan.ts";
import { joinSummaries, summarize, type Summary } from "./summary.ts";

export interface CursorQuery {
  readonly series: number;
  readonly from: number;
  readonly to: number;
  readonly window?: Window | undefined;
  readonly aggregate?: Aggregate | undefined;
  readonly limit?: number | undefined;
  readonly order?: Order | undefined;
}

export interface CursorPage {
  readonly rows: Run;
  readonly done: boolean;
}

/** Rows in one page, and parts read for one, so that a long query never holds up the writes for long. */
const PAGE_ROWS = 8_192;
const PAGE_PARTS = 256;
/** Characters of text in one page, and one text more. */
const PAGE_TEXT = 1_048_576;

type Scan = (range: ScanRange, summaryFits: (chunk: ChunkInfo) => boolean) => Iterable<ScanPart>;

/**
 * A query in progress. Between two pages it keeps only a time and the unfinished window, so it holds
 * no lock, no statement and no snapshot, and one that nobody finishes costs nothing.
 */
export class SeriesCursor {
  readonly #query: CursorQuery;
  readonly #isBack: boolean;
  readonly #windows: Windows | undefined;
  /** What is left of the range. */
  #from: number;
  #to: number;
  #left: number;
  /** The window that was looked up last, and what is known of the one that is not finished. */
  #span: Span;
  #openStart = 0;
  #open: Summary | undefined;
  /** Undefined: not all of the windows have been looked at, or nobody has to know. */
  #isOfHours: boolean | undefined;
  #looking: Generator<void, boolean> | undefined;
  /** Of an aggregate that needs all points. */
  #pointWindows: PointWindows | undefined;

  constructor(query: CursorQuery) {
    this.#query = query;
    this.#isBack = query.order === "desc";
    this.#windows = query.window === undefined ? undefined : windowsOf(query.window);
    this.#span = this.#windows === undefined ? { start: query.from, end: Infinity } : { start: 0, end: 0 };
    this.#from = query.from;
    this.#to = query.to;
    this.#left = query.limit ?? Infinity;
  }

  get series(): number {
    return this.#query.series;
  }

  /**
   * Looks for about so many milliseconds at what the query's windows are. False: there is more to look at, and until
   * then pages are empty.
   */
  prepare(ms: number): boolean {
    if (this.#isOfHours !== undefined || !isOfSummaries(this.#query)) return true;
    this.#looking ??= hoursInSteps(this.#query);
    this.#isOfHours = lookFor(this.#looking, ms);
    return this.#isOfHours !== undefined;
  }

  /** Which summaries serve instead of points, by the marks of the series; undefined: none do. */
  summaries(marksOf: (series: number) => ClassMarks): Summaries | undefined {
    if (!isOfSummaries(this.#query)) return undefined;
    const { aggregate } = this.#query;
    this.prepare(Infinity);
    const wanted = aggregate === "mean" || aggregate === "sum" || aggregate === "count" ? "sums" : "all";
    return {
      spans: classSpans({ ...this.#query, isOfSummaries: true }, marksOf(this.#query.series)),
      isOfHours: this.#isOfHours!,
      wanted,
    };
  }

  page(scan: Scan): CursorPage {
    const { aggregate } = this.#query;
    if (aggregate === undefined) return this.#rawPage(scan);
    return isSummaryAggregate(aggregate) ? this.#windowPage(scan, aggregate) : this.#pointPage(scan, aggregate);
  }

  #parts(scan: Scan, summaryFits: (chunk: ChunkInfo) => boolean): Iterable<ScanPart> {
    if (this.#left === 0) return [];
    return scan({ from: this.#from, to: this.#to, order: this.#query.order }, summaryFits);
  }

  #rawPage(scan: Scan): CursorPage {
    const rows = new Rows();
    const wanted = Math.min(PAGE_ROWS, this.#left);
    let done = true;
    for (const part of this.#parts(scan, () => false)) {
      if (!("run" in part)) continue;
      const { times, values } = part.run;
      const count = Math.min(times.length, wanted - rows.length);
      for (let i = 0; i < count && rows.textLength < PAGE_TEXT; i++) {
        const at = this.#isBack ? times.length - 1 - i : i;
        rows.add(times[at] as number, values[at] as number);
      }
      if (rows.length < wanted && rows.textLength < PAGE_TEXT) continue;
      done = false;
      break;
    }
    this.#left -= rows.length;
    this.#passed(rows.lastTime, rows.lastTime);
    return { rows: rows.take(), done: done || this.#left === 0 };
  }

  #pointPage(scan: Scan, aggregate: PointAggregate): CursorPage {
    const rows = new Rows();
    const { from, to } = this.#query;
    const hasNeighbours = needsNeighbours(aggregate);
    const beside = (isBehind: boolean): SeriesRow | undefined => {
      if (!hasNeighbours) return undefined;
      return isBehind
        ? pointOf(
            scan({ from: to, to: Infinity, order: "asc" }, () => false),
            0,
          )
        : pointOf(
            scan({ from: -Infinity, to: from, order: "desc" }, () => false),
            -1,
          );
    };
    const windows = (this.#pointWindows ??= new PointWindows({ ...this.#query, aggregate }, beside(this.#isBack)));
    let parts = 0;
    let done = true;
    for (const part of this.#parts(scan, () => false)) {
      if (!("run" in part)) continue;
      const { times, values } = part.run;
      for (let i = 0; i < times.length; i++) {
        const at = this.#isBack ? times.length - 1 - i : i;
        const row = windows.take(times[at] as number, values[at] as number);
        if (row !== undefined) rows.add(row[0], row[1]);
      }
      this.#passed(times[0] as number, times.at(-1) as number);
      if (++parts < PAGE_PARTS && rows.length < Math.min(PAGE_ROWS, this.#left)) continue;
      done = false;
      break;
    }
    if (done) {
      const neighbour = beside(!this.#isBack);
      const row = windows.end(neighbour && { time: neighbour[0], value: neighbour[1] as number });
      if (row !== undefined) rows.add(row[0], row[1]);
    }
    rows.cutTo(this.#left);
    this.#left -= rows.length;
    return { rows: rows.take(), done: done || this.#left === 0 };
  }

  #windowPage(scan: Scan, aggregate: SummaryAggregate): CursorPage {
    const rows = new Rows();
    let parts = 0;
    let done = true;
    for (const part of this.#parts(scan, this.#inOneWindow)) {
      if ("run" in part) {
        if (this.#isBack) this.#takeRunBack(part.run, aggregate, rows);
        else this.#takeRun(part.run, aggregate, rows);
        this.#passed(part.run.times[0] as number, part.run.times.at(-1) as number);
      } else if ("buckets" in part) {
        const { starts } = part.buckets;
        if (this.#isBack) this.#takeBucketsBack(part.buckets, aggregate, rows);
        else this.#takeBuckets(part.buckets, aggregate, rows);
        this.#passed(starts[0]!, starts.at(-1)! + part.length - 1);
      } else {
        this.#take(this.#windowOf(part.start), part.summary, aggregate, rows);
        this.#passed(part.start, part.stop);
      }
      const isRoomy = rows.length < Math.min(PAGE_ROWS, this.#left) && rows.textLength < PAGE_TEXT;
      if (++parts < PAGE_PARTS && isRoomy) continue;
      done = false;
      break;
    }
    if (done) this.#finishWindow(aggregate, rows);
    rows.cutTo(this.#left);
    this.#left -= rows.length;
    return { rows: rows.take(), done: done || this.#left === 0 };
  }

  #passed(first: number, last: number): void {
    if (this.#isBack) this.#to = first;
    else this.#from = last + 1;
  }

  readonly #inOneWindow = (chunk: ChunkInfo): boolean => chunk.stop < this.#windowOf(chunk.start).end;

  #windowOf(time: number): Span {
    if (this.#windows !== undefined && (time < this.#span.start || time >= this.#span.end)) {
      this.#span = this.#windows.at(time);
    }
    return this.#span;
  }

  #takeRun({ times, values }: Run, aggregate: SummaryAggregate, rows: Rows): void {
    for (let start = 0; start < times.length;) {
      const window = this.#windowOf(times[start] as number);
      let end = start + 1;
      while (end < times.length && (times[end] as number) < window.end) end++;
      this.#take(window, summarize(values, start, end), aggregate, rows);
      start = end;
    }
  }

  #takeRunBack({ times, values }: Run, aggregate: SummaryAggregate, rows: Rows): void {
    for (let end = times.length; end > 0;) {
      const window = this.#windowOf(times[end - 1] as number);
      const start = lowerBound(times, window.start);
      this.#take(window, summarize(values, start, end), aggregate, rows);
      end = start;
    }
  }

  #takeBuckets(buckets: BucketRun, aggregate: SummaryAggregate, rows: Rows): void {
    const { starts } = buckets;
    for (let start = 0; start < starts.length;) {
      const window = this.#windowOf(starts[start]!);
      let end = start + 1;
      while (end < starts.length && starts[end]! < window.end) end++;
      this.#take(window, summarizeBuckets(buckets, start, end), aggregate, rows);
      start = end;
    }
  }

  #takeBucketsBack(buckets: BucketRun, aggregate: SummaryAggregate, rows: Rows): void {
    const { starts } = buckets;
    for (let end = starts.length; end > 0;) {
      const window = this.#windowOf(starts[end - 1]!);
      const start = lowerBound(starts, window.start);
      this.#take(window, summarizeBuckets(buckets, start, end), aggregate, rows);
      end = start;
    }
  }

  #take({ start }: Span, summary: Summary, aggregate: SummaryAggregate, rows: Rows): void {
    if (this.#open !== undefined && start !== this.#openStart) this.#finishWindow(aggregate, rows);
    this.#openStart = start;
    this.#open = this.#isBack ? joinSummaries(summary, this.#open) : joinSummaries(this.#open, summary);
  }

  #finishWindow(aggregate: SummaryAggregate, rows: Rows): void {
    if (this.#open === undefined) return;
    rows.add(this.#openStart, valueOf(this.#open, aggregate));
    this.#open = undefined;
  }
}

function valueOf(summary: Summary, aggregate: SummaryAggregate): number | string {
  return aggregate === "mean" ? summary.sum / summary.count : summary[aggregate];
}

/** The point of the first part that has any. */
function pointOf(parts: Iterable<ScanPart>, at: 0 | -1): SeriesRow | undefined {
  for (const part of parts) {
    if ("run" in part && part.run.times.length > 0) return [part.run.times.at(at)!, part.run.values.at(at)!];
  }
  return undefined;
}

class Rows {
  #times: number[] = [];
  #values: (number | string)[] = [];
  #textLength = 0;

  get textLength(): number {
    return this.#textLength;
  }

  get length(): number {
    return this.#times.length;
  }

  get lastTime(): number {
    return this.#times.at(-1) ?? 0;
  }

  add(time: number, value: number | string): void {
    this.#times.push(time);
    this.#values.push(value);
    if (typeof value === "string") this.#textLength += value.length;
  }

  cutTo(length: number): void {
    if (length >= this.#times.length) return;
    this.#times.length = length;
    this.#values.length = length;
  }

  take(): Run {
    const values: Values =
      typeof this.#values[0] === "string" ? (this.#values as string[]) : Float64Array.from(this.#values as number[]);
    return { times: Float64Array.from(this.#times), values };
  }
}
