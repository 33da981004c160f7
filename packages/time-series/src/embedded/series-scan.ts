import type { Order } from "../time-series-store.ts";
import { decodeSummary, type ChunkInfo, type ChunkTable } from "./chunk-table.ts";
import { clipRun, lowerBound, mergeRuns, sliceRun, type Run } from "./run.ts";
import type { Head } from "./head.ts";
import { type ClassSpan, bucketLength } from "../retention.ts";
import type { HourBlocks } from "./rollup/hour-blocks.ts";
import type { Wanted } from "./rollup/packed-buckets.ts";
import type { BucketRun } from "./bucket-run.ts";
import type { Summary } from "./summary.ts";

/** A part of a series: its points, a summary that stands for all of them, or roll-ups of a length. */
export type ScanPart =
  | { readonly run: Run }
  | { readonly buckets: BucketRun; readonly length: number }
  | { readonly summary: Summary; readonly start: number; readonly stop: number };

export interface ScanRange {
  readonly from: number;
  readonly to: number;
  /** Of the parts; within each the oldest point comes first. Default: `asc`. */
  readonly order?: Order | undefined;
}

/** What may stand for points, beside the summaries of chunks. */
export interface Summaries {
  /** Which class answers which part of a range. */
  readonly spans: readonly ClassSpan[];
  /** Whether an hour lies in one window, wherever it is in the range. */
  readonly isOfHours: boolean;
  readonly wanted: Wanted;
}

/** Points in one part at most: in memory a series may have hundreds of thousands. */
const PART_POINTS = 4_096;

/**
 * Walks a series from the chunks on disk and the heads in memory (older head first; the newer point wins).
 * `summaryFits` says whether the points of a chunk may be given as their summary; that happens only if nothing in
 * memory touches them.
 */
export function* scanSeries(
  chunks: ChunkTable,
  heads: readonly Head[],
  series: number,
  { from, to, order = "asc" }: ScanRange,
  summaryFits: (chunk: ChunkInfo) => boolean,
): Generator<ScanPart> {
  const fresh = heads.map((head) => head.run(series, from, to)).reduce(mergeRuns);
  const isBack = order === "desc";
  /** What is in memory between `taken` and here has not been given yet. */
  let taken = isBack ? to : from;
  for (const chunk of isBack ? chunks.overlappingBack(series, from, to) : chunks.overlapping(series, from, to)) {
    const start = Math.max(from, chunk.start);
    const end = Math.min(to, chunk.stop + 1);
    yield* partsOf(isBack ? clipRun(fresh, end, taken) : clipRun(fresh, taken, start), isBack);
    taken = isBack ? start : end;
    const within = clipRun(fresh, start, end);
    const whole = chunk.start >= from && chunk.stop < to && within.times.length === 0;
    if (whole && chunk.summary !== null && summaryFits(chunk)) {
      yield { summary: decodeSummary(chunk.summary), start: chunk.start, stop: chunk.stop };
    } else {
      yield* partsOf(mergeRuns(clipRun(chunks.points(series, chunk), from, to), within), isBack);
    }
  }
  yield* partsOf(isBack ? clipRun(fresh, from, taken) : clipRun(fresh, taken, to), isBack);
}

/** As `scanSeries`, with whole hours where a block of them lies in the range and nothing in memory touches it. */
export function* scanWithHours(
  chunks: ChunkTable,
  hours: HourBlocks,
  heads: readonly Head[],
  series: number,
  range: ScanRange,
  summaryFits: (chunk: ChunkInfo) => boolean,
  wanted: Wanted,
): Generator<ScanPart> {
  const { from, to, order } = range;
  const isBack = order === "desc";
  const fresh = heads.map((head) => head.run(series, from, to).times).filter((times) => times.length > 0);
  /** What is not given yet. */
  let rest = { from, to, order };
  for (const block of hours.within(series, from, to, wanted, isBack)) {
    if (fresh.some((times) => lowerBound(times, block.start) < lowerBound(times, block.end))) continue;
    const beside = isBack ? { ...rest, from: block.end } : { ...rest, to: block.start };
    if (beside.from < beside.to) yield* scanSeries(chunks, heads, series, beside, summaryFits);
    yield { buckets: block.hours, length: bucketLength.hour };
    rest = isBack ? { ...rest, to: block.start } : { ...rest, from: block.end };
  }
  if (rest.from < rest.to) yield* scanSeries(chunks, heads, series, rest, summaryFits);
}

function* partsOf(run: Run, isBack: boolean): Generator<ScanPart> {
  const count = run.times.length;
  if (isBack) {
    for (let end = count; end > 0; end -= PART_POINTS)
      yield { run: sliceRun(run, Math.max(0, end - PART_POINTS), end) };
  } else {
    for (let start = 0; start < count; start += PART_POINTS) {
      yield { run: sliceRun(run, start, Math.min(count, start + PART_POINTS)) };
    }
  }
}
