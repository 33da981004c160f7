import type { Anchor, Reading } from "../../readings/reading.ts";
import type { Subject } from "../subject.ts";
import { lastNumber, type Accumulator } from "../window/accumulator.ts";
import { EvenGrid } from "../window/pane-grid.ts";
import { noPanes, PaneFold, type Panes } from "../window/panes.ts";
import { paneLength } from "../window/windows.ts";

interface PastState {
  readonly panes: Panes;
  /** The newest value. */
  readonly now: number | null;
  /** Of what came before it; null: not known. */
  readonly past: number | null;
}

interface ChangeState {
  readonly panes: Panes;
  /** The newest value; null: none yet. */
  readonly now: number | null;
  /** Index of the pane of the present instant. */
  readonly at: number;
}

/**
 * The difference between a metric and what it was `since` ago (microseconds): the last value at or before then, at most
 * one further span old. Spans end at the edges of panes, sixty of them a span.
 */
export function changeSubject(metric: string, since: number): Subject<ChangeState> {
  const grid = new EvenGrid(paneLength(since));
  const fold = new PaneFold(lastNumber, grid);
  const span = Math.ceil(since / grid.longest);
  return {
    inputs: [metric],
    name: metric,
    lookBack: 2 * since + grid.longest,
    initial: () => ({ panes: noPanes, now: null, at: 0 }),
    step({ panes }, sample) {
      const reading = numberIn(sample.readings, metric);
      const at = fold.indexAt(sample.time);
      const kept = fold.from(panes, at - 2 * span);
      const now = reading?.value as number | undefined;
      return reading === undefined
        ? { panes: kept, now: (fold.newestValue(kept) as number | undefined) ?? null, at }
        : { panes: fold.add(kept, [reading], sample), now: now!, at };
    },
    wakeTime({ panes, at }) {
      // The next pane comes as far back as the span, or the one there becomes too old.
      let [coming, past] = [Infinity, Infinity];
      for (let pane = fold.count(panes) - 1; pane >= 0; pane--) {
        const index = fold.index(panes, pane);
        if (index > at - span) coming = index;
        else if (past === Infinity) past = index;
      }
      return grid.longest * Math.min(coming + span, past + 2 * span + 1);
    },
    wakeAnchor: ({ panes }) => fold.anchor(panes),
    elapse({ panes, now }, time) {
      const at = Math.round(time / grid.longest);
      return { panes: fold.from(panes, at - 2 * span), now, at };
    },
    value({ panes, now, at }) {
      const past = fold.valueBetween(panes, at - 2 * span, at - span + 1) as number | undefined;
      return now === null || past === undefined ? undefined : now - past;
    },
  };
}

/**
 * A metric divided by an aggregate of its own readings over the time before, the present one left out; not known before
 * half of that time has readings, or while the aggregate is below a floor.
 */
export function relativeSubject(
  metric: string,
  over: number,
  accumulator: Accumulator,
  floor: number,
): Subject<PastState> {
  const grid = new EvenGrid(paneLength(over));
  const fold = new PaneFold(accumulator, grid);
  const count = Math.ceil(over / grid.longest);
  const pastOf = (panes: Panes, at: Anchor, index: number): number | null => {
    const oldest = fold.oldestIndex(panes);
    if (oldest === undefined || at.time - oldest * grid.longest < over / 2 || index - oldest < count / 2) return null;
    const value = fold.value(panes);
    return typeof value === "number" && value >= floor && value !== 0 ? value : null;
  };
  return {
    inputs: [metric],
    name: metric,
    lookBack: over + grid.longest,
    initial: () => ({ panes: noPanes, now: null, past: null }),
    step(state, sample) {
      const reading = numberIn(sample.readings, metric);
      if (reading === undefined) return state;
      const index = fold.indexAt(sample.time);
      const before = fold.from(state.panes, index - count + 1);
      const past = pastOf(before, sample, index);
      return { panes: fold.add(before, [reading], sample), now: reading.value as number, past };
    },
    value: ({ now, past }) => (now === null || past === null ? undefined : now / past),
  };
}

function numberIn(readings: readonly Reading[], metric: string): Reading | undefined {
  return readings.findLast((each) => each.metric === metric && typeof each.value === "number");
}
