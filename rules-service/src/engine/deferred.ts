import type { ReadingBuffer } from "../readings/reading-buffer.ts";
import { sampleOf, type Reading, type Sample } from "../readings/reading.ts";
import { isInOneCell } from "./footings.ts";

/** Readings of a series that rules leave for later at most, once a record is done. */
export const mostDeferred = 24;

/** Readings that are taken in together, each a sample of its own, and the last of them, where a state is kept. */
export interface Run {
  readonly readings: readonly Reading[];
  readonly last: Sample;
}

/** What leaves readings of its series for later. */
export interface Deferring {
  readonly rule: { readonly lateness: number };
  /** The newest so many. */
  readonly deferred: number;
  /** Takes them in. */
  takeDeferred(runs: readonly Run[]): void;
}

/**
 * Lets whoever has left readings of a series take them in, but for the newest `beside`. Rules that have left the same
 * have the runs in common, so that what they make of them is worked out once.
 */
export function foldDeferred(readings: ReadingBuffer, instances: Iterable<Deferring>, beside: number): void {
  let runs: readonly Run[] = [];
  let [count, lateness] = [-1, -1];
  for (const instance of instances) {
    if (instance.deferred === 0) continue;
    if (instance.deferred !== count || instance.rule.lateness !== lateness) {
      ({
        deferred: count,
        rule: { lateness },
      } = instance);
      runs = runsOf(readings, readings.size - count, readings.size - beside, lateness);
    }
    instance.takeDeferred(runs);
  }
}

/** Those past the horizon of the last one together, and after them those between two footings. */
function runsOf(readings: ReadingBuffer, first: number, end: number, lateness: number): readonly Run[] {
  if (first >= end) return [];
  const horizon = readings.timeAt(end - 1) - lateness;
  const runs: Run[] = [];
  let run: Reading[] = [];
  for (let place = first; place < end; place++) {
    const reading = readings.peek(place);
    run.push(reading);
    const next = place + 1 < end ? readings.timeAt(place + 1) : Infinity;
    const isPast = next <= horizon;
    if (isPast || isInOneCell(reading.time, next, lateness)) continue;
    runs.push({ readings: run, last: sampleOf([reading]) });
    run = [];
  }
  return runs;
}
