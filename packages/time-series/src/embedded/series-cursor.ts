import type { Aggregate } from "../time-series-store.ts";
import type { ChunkInfo } from "./chunk-table.ts";
import type { Run, Values } from "./run.ts";
import type { ScanPart } from "./series-scan.ts";
import { addSummary, summarize, type Summary } from "./summary.ts";

export interface CursorQuery {
  readonly series: number;
  readonly from: number;
  readonly to: number;
  readonly window?: number | undefined;
  readonly aggregate?: Aggregate | undefined;
  readonly limit?: number | undefined;
}

export interface CursorPage {
  readonly rows: Run;
  readonly done: boolean;
}

/** Rows in one page, and parts read for one, so that a long query never holds up the writes for long. */
const PAGE_ROWS = 8_192;
const PAGE_PARTS = 256;

type Scan = (from: number, to: number, summaryFits: (chunk: ChunkInfo) => boolean) => Iterable<ScanPart>;

/**
 * A query in progress. Between two pages it keeps only a time and the unfinished window, so it holds
 * no lock, no statement and no snapshot, and one that nobody finishes costs nothing.
 */
export class SeriesCursor {
  readonly #query: CursorQuery;
  #next: number;
  #left: number;
  #windowStart = 0;
  #open: Summary | undefined;

  constructor(query: CursorQuery) {
    this.#query = query;
    this.#next = query.from;
    this.#left = query.limit ?? Infinity;
  }

  get series(): number {
    return this.#query.series;
  }

  page(scan: Scan): CursorPage {
    return this.#query.aggregate === undefined ? this.#rawPage(scan) : this.#windowPage(scan, this.#query.aggregate);
  }

  #rawPage(scan: Scan): CursorPage {
    const rows = new Rows();
    const wanted = Math.min(PAGE_ROWS, this.#left);
    let done = true;
    for (const part of this.#left === 0 ? [] : scan(this.#next, this.#query.to, () => false)) {
      if (!("run" in part)) continue;
      const { times, values } = part.run;
      for (let i = 0; i < times.length && rows.length < wanted; i++) rows.add(times[i] as number, values[i] as number);
      if (rows.length < wanted) continue;
      done = false;
      break;
    }
    this.#left -= rows.length;
    this.#next = rows.lastTime + 1;
    return { rows: rows.take(), done: done || this.#left === 0 };
  }

  #windowPage(scan: Scan, aggregate: Aggregate): CursorPage {
    const rows = new Rows();
    let parts = 0;
    let done = true;
    for (const part of this.#left === 0 ? [] : scan(this.#next, this.#query.to, this.#inOneWindow)) {
      if ("run" in part) {
        this.#takeRun(part.run, aggregate, rows);
        this.#next = (part.run.times.at(-1) as number) + 1;
      } else {
        this.#enter(this.#windowOf(part.stop), aggregate, rows);
        this.#open = addSummary(this.#open, part.summary);
        this.#next = part.stop + 1;
      }
      if (++parts < PAGE_PARTS && rows.length < Math.min(PAGE_ROWS, this.#left)) continue;
      done = false;
      break;
    }
    if (done) this.#finishWindow(aggregate, rows);
    rows.cutTo(this.#left);
    this.#left -= rows.length;
    return { rows: rows.take(), done: done || this.#left === 0 };
  }

  readonly #inOneWindow = (chunk: ChunkInfo): boolean => this.#windowOf(chunk.start) === this.#windowOf(chunk.stop);

  #windowOf(time: number): number {
    const { window, from } = this.#query;
    return window === undefined ? from : Math.floor(time / window) * window;
  }

  #takeRun({ times, values }: Run, aggregate: Aggregate, rows: Rows): void {
    for (let start = 0; start < times.length;) {
      const window = this.#windowOf(times[start] as number);
      this.#enter(window, aggregate, rows);
      const windowEnd = this.#query.window === undefined ? Infinity : window + this.#query.window;
      let end = start + 1;
      while (end < times.length && (times[end] as number) < windowEnd) end++;
      this.#open = summarize(values, start, end, this.#open);
      start = end;
    }
  }

  #enter(window: number, aggregate: Aggregate, rows: Rows): void {
    if (this.#open !== undefined && window !== this.#windowStart) this.#finishWindow(aggregate, rows);
    this.#windowStart = window;
  }

  #finishWindow(aggregate: Aggregate, rows: Rows): void {
    if (this.#open === undefined) return;
    rows.add(this.#windowStart, valueOf(this.#open, aggregate));
    this.#open = undefined;
  }
}

function valueOf(summary: Summary, aggregate: Aggregate): number | string {
  return aggregate === "mean" ? summary.sum / summary.count : summary[aggregate];
}

class Rows {
  #times: number[] = [];
  #values: (number | string)[] = [];

  get length(): number {
    return this.#times.length;
  }

  get lastTime(): number {
    return this.#times.at(-1) ?? 0;
  }

  add(time: number, value: number | string): void {
    this.#times.push(time);
    this.#values.push(value);
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
