import { isAfter, type Position } from "../readings/position.ts";
import type { Sample } from "../readings/reading.ts";
import type { FoldState } from "./episode-machine.ts";

/** A state of the fold, after everything up to a position. */
export interface Footing extends Position {
  readonly state: FoldState;
}

/** Where folding begins again for a late sample. */
export interface FootingBefore {
  readonly footing: Footing;
  /** In the history; -1: it is the base. */
  readonly place: number;
  /** From where on samples have to be folded again after it. */
  readonly from: Position;
}

/** One empty list for all: most instances have nothing to put into most of theirs, and there are millions. */
export const none: readonly never[] = [];

/** States that are kept so that a late reading need not begin at the oldest: so many a lateness. */
const footingsALateness = 4;

export function footingAt({ time, offset, index }: Position, state: FoldState): Footing {
  return { time, offset, index, state };
}

let lastSample: Sample | undefined;
let lastFooting: Footing | undefined;

/**
 * At its last reading: all of them are in the state after it. Rules that take a sample in one after the other and come
 * to one state have the footing in common, as they have the list below.
 */
export function footingAfter(sample: Sample, state: FoldState): Footing {
  if (sample === lastSample && state === lastFooting?.state) return lastFooting;
  const { time, offset, index, readings } = sample;
  let last = index;
  for (const each of readings) if (each.index > last) last = each.index;
  lastSample = sample;
  lastFooting = { time, offset, index: last, state };
  return lastFooting;
}

let lastExtended:
  | undefined
  | { history: readonly Footing[]; footing: Footing; lateness: number; result: readonly Footing[] };

/** With one more; the one before goes if it lies close between its neighbours, as the samples around are retained. */
export function withFooting(history: readonly Footing[], footing: Footing, lateness: number): readonly Footing[] {
  const last = lastExtended;
  if (last?.footing === footing && last.history === history && last.lateness === lateness) return last.result;
  const result = extended(history, footing, lateness);
  lastExtended = { history, footing, lateness, result };
  return result;
}

function extended(history: readonly Footing[], footing: Footing, lateness: number): readonly Footing[] {
  if (history.length === 0) return [footing];
  const before = history[history.length - 2];
  const isClose = before !== undefined && footing.time - before.time < lateness / footingsALateness;
  if (!isClose) return history.concat(footing);
  const thinned = history.slice();
  thinned[thinned.length - 1] = footing;
  return thinned;
}

let lastShortened: { history: readonly Footing[]; passed: number; result: readonly Footing[] } | undefined;

/** Without the first so many. */
export function withoutFirst(history: readonly Footing[], passed: number): readonly Footing[] {
  const last = lastShortened;
  if (last?.history === history && last.passed === passed) return last.result;
  const result = passed === history.length ? none : history.slice(passed);
  lastShortened = { history, passed, result };
  return result;
}

/** The last footing before a sample. */
export function footingBefore(
  late: Sample,
  base: Footing,
  history: readonly Footing[],
  lateness: number,
): FootingBefore {
  const place = history.findLastIndex((each) => isAfter(late, each));
  const footing = place < 0 ? base : history[place]!;
  // What was thinned away lies close behind the footing; farther off, its state stands up to the late sample.
  const isNear = late.time - footing.time < lateness / footingsALateness;
  const { time, offset, index } = late;
  return { place, footing, from: isNear ? footing : { time, offset, index: index - 1 } };
}
