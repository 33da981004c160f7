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

/**
 * Time is cut into cells of so much of a lateness each, and of a cell only the last footing is kept: which ones are
 * kept follows from the samples alone, however many of them are taken in at once.
 */
export function isInOneCell(a: number, b: number, lateness: number): boolean {
  return lateness > 0 && cellStart(a, lateness) === cellStart(b, lateness);
}

function cellStart(time: number, lateness: number): number {
  const cell = lateness / footingsALateness;
  return Math.floor(time / cell) * cell;
}

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

let lastExtended: readonly Footing[] = none;
let lastPassed = 0;
let lastAdded: Footing | undefined;
let lastLateness = 0;
let lastResult: readonly Footing[] = none;

/**
 * Without the first so many, and with one more, in the place of one of its cell, as the samples around are retained.
 * Rules that have come to this from one list have the next one in common, too.
 */
export function withFooting(
  history: readonly Footing[],
  passed: number,
  footing: Footing,
  lateness: number,
): readonly Footing[] {
  const isSame = lastAdded === footing && lastExtended === history && lastPassed === passed;
  if (isSame && lastLateness === lateness) return lastResult;
  lastResult = extended(history, passed, footing, lateness);
  lastExtended = history;
  lastPassed = passed;
  lastAdded = footing;
  lastLateness = lateness;
  return lastResult;
}

function extended(history: readonly Footing[], passed: number, footing: Footing, lateness: number): readonly Footing[] {
  const { length } = history;
  if (length === passed) return [footing];
  const replaces = isInOneCell(history[length - 1]!.time, footing.time, lateness);
  if (passed === 0 && !replaces) return history.concat(footing);
  // A list that is cut is as long as it has to be; one that is pushed to keeps room for more.
  const result = history.slice(replaces ? passed : passed - 1);
  if (!replaces) for (let place = passed; place < length; place++) result[place - passed] = history[place]!;
  result[result.length - 1] = footing;
  return result;
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
  const next = history[place + 1];
  const { time, offset, index } = late;
  // A state of an earlier version has not kept what lay close behind a footing.
  if (time - footing.time < lateness / footingsALateness) return { place, footing, from: footing };
  // What was not kept lies in the cell of the next one; else the footing's state stands up to the late sample.
  if (next === undefined || !isInOneCell(time, next.time, lateness)) {
    return { place, footing, from: { time, offset, index: index - 1 } };
  }
  return { place, footing, from: { time: cellStart(time, lateness), offset: -1, index: -1 } };
}
