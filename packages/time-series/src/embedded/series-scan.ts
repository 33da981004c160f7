import { decodeSummary, type ChunkInfo, type ChunkTable } from "./chunk-table.ts";
import { clipRun, mergeRuns, type Run } from "./run.ts";
import type { Head } from "./head.ts";
import type { Summary } from "./summary.ts";

/** A part of a series, oldest first: either its points, or a summary that stands for all of them. */
export type ScanPart = { readonly run: Run } | { readonly summary: Summary; readonly stop: number };

/**
 * Walks a series from the chunks on disk and the heads in memory (older head first; the newer point wins).
 * `summaryFits` says whether the points of a chunk may be given as their summary; that happens only if nothing in
 * memory touches them.
 */
export function* scanSeries(
  chunks: ChunkTable,
  heads: readonly Head[],
  series: number,
  from: number,
  to: number,
  summaryFits: (chunk: ChunkInfo) => boolean,
): Generator<ScanPart> {
  const fresh = heads.map((head) => head.run(series, from, to)).reduce(mergeRuns);
  let taken = from;
  for (const chunk of chunks.overlapping(series, from, to)) {
    const before = clipRun(fresh, taken, chunk.start);
    if (before.times.length > 0) yield { run: before };
    taken = Math.max(from, chunk.start);
    const within = clipRun(fresh, taken, Math.min(to, chunk.stop + 1));
    taken = Math.min(to, chunk.stop + 1);
    const whole = chunk.start >= from && chunk.stop < to && within.times.length === 0;
    if (whole && chunk.summary !== null && summaryFits(chunk)) {
      yield { summary: decodeSummary(chunk.summary), stop: chunk.stop };
    } else {
      const run = mergeRuns(clipRun(chunks.points(series, chunk), from, to), within);
      if (run.times.length > 0) yield { run };
    }
  }
  const after = clipRun(fresh, taken, to);
  if (after.times.length > 0) yield { run: after };
}
