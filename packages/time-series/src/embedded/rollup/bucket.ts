import { type BucketRun, summarizeBuckets } from "../bucket-run.ts";
import { type Run } from "../run.ts";
import { joinSummaries, summarize, type Summary } from "../summary.ts";

/** What the points of one minute or hour were. */
export interface Bucket {
  readonly start: number;
  readonly summary: Summary;
}

export function bucketsOf(run: BucketRun): Bucket[] {
  return Array.from(run.starts, (start, i) => ({ start, summary: summarizeBuckets(run, i, i + 1) }));
}

/** Makes buckets of one length of a series' points, which come in the order of time. */
export class BucketBuilder {
  readonly #length: number;
  readonly #buckets: Bucket[] = [];
  #start = Number.NaN;
  #open: Summary | undefined;

  constructor(length: number) {
    this.#length = length;
  }

  add({ times, values }: Run): void {
    for (let at = 0; at < times.length;) {
      const start = Math.floor((times[at] as number) / this.#length) * this.#length;
      let end = at + 1;
      while (end < times.length && (times[end] as number) < start + this.#length) end++;
      if (start !== this.#start) this.#close();
      this.#start = start;
      this.#open = joinSummaries(this.#open, summarize(values, at, end));
      at = end;
    }
  }

  take(): readonly Bucket[] {
    this.#close();
    return this.#buckets;
  }

  #close(): void {
    if (this.#open !== undefined) this.#buckets.push({ start: this.#start, summary: this.#open });
    this.#open = undefined;
  }
}
