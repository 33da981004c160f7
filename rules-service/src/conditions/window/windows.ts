import type { Anchor, Reading, Sample, Value } from "../../readings/reading.ts";
import type { Subject } from "../subject.ts";
import type { Outlook } from "../outlook.ts";
import type { Interval } from "../program.ts";
import { copyPart, type Accumulator, type Part } from "./accumulator.ts";
import { EvenGrid, type PaneGrid } from "./pane-grid.ts";
import { ExtremeOutlook, QuietUntil, SumOutlook } from "./outlooks.ts";
import { noPanes, PaneFold, type Panes } from "./panes.ts";

const second = 1_000_000;
const panesAWindow = 60;

/** Which readings a window takes. */
export type Taken = (reading: Reading) => boolean;

export interface WindowInput {
  readonly metric: string;
  readonly name: string;
  readonly accumulator: Accumulator;
  readonly taken: Taken;
  /** Whether it takes every number, whatever it is. */
  readonly takesAllNumbers: boolean;
}

export function paneLength(over: number): number {
  return Math.max(Math.ceil(over / panesAWindow), Math.min(second, over));
}

/** The panes of the last `over`, the present one included: judged at every reading, and when a pane leaves. */
export function slidingWindow(input: WindowInput, over: number): Subject<Panes> {
  const { metric, name, accumulator } = input;
  const grid = new EvenGrid(paneLength(over));
  const fold = new PaneFold(accumulator, grid);
  const count = Math.ceil(over / grid.longest);
  return {
    inputs: [metric],
    name,
    lookBack: over + grid.longest,
    initial: () => noPanes,
    step(state, sample) {
      const readings = takenIn(input, sample);
      const kept = fold.from(state, fold.indexAt(sample.time) - count + 1);
      return readings.length === 0 ? kept : fold.add(kept, readings, sample);
    },
    wakeTime(state) {
      const oldest = fold.oldestIndex(state);
      return oldest === undefined ? Infinity : grid.startOf(oldest + count);
    },
    wakeAnchor: (state) => fold.anchor(state),
    elapse: (state, time) => fold.from(state, fold.indexAt(time) - count + 1),
    value: (state) => fold.value(state),
    foresee: (state, within) => slidingOutlook(input, fold, state, count, within),
    stepAll: (state, readings) => fold.addAll(state, readings.filter(input.taken), count),
  };
}

function slidingOutlook(
  { accumulator, takesAllNumbers }: WindowInput,
  fold: PaneFold,
  panes: Panes,
  count: number,
  within: Interval,
): Outlook | undefined {
  const { sums, extreme } = accumulator;
  if (!takesAllNumbers || !(within.low < within.high) || fold.count(panes) === 0) return undefined;
  if (sums !== undefined) return new SumOutlook({ sums }, fold, panes, count, within);
  return extreme === undefined ? undefined : new ExtremeOutlook({ extreme }, fold, panes, count, within);
}

interface HopState {
  readonly panes: Panes;
  /** At the last edge; null: not known. */
  readonly result: Value | null;
  /** Number of the last edge: that of the pane which begins there. */
  readonly edge: number;
}

/** Judged at the edges of panes alone, over as many whole panes as it says before the edge. */
export function hoppingWindow(input: WindowInput, count: number, grid: PaneGrid): Subject<HopState> {
  const { metric, name, accumulator } = input;
  const fold = new PaneFold(accumulator, grid);
  return {
    inputs: [metric],
    name,
    lookBack: (count + 1) * grid.longest,
    initial: () => ({ panes: noPanes, result: accumulator.empty ?? null, edge: 0 }),
    step(state, sample) {
      const readings = takenIn(input, sample);
      if (readings.length === 0) return state;
      const { panes, result } = state;
      const edge = fold.oldestIndex(panes) === undefined ? fold.indexAt(sample.time) : state.edge;
      return { panes: fold.add(panes, readings, sample), result, edge };
    },
    wakeTime({ panes, edge }) {
      // An edge at which no pane comes in or leaves changes nothing.
      const next = nextEdge(fold, panes, edge, count);
      return next === Infinity ? Infinity : grid.startOf(next);
    },
    wakeAnchor: ({ panes }) => fold.anchor(panes),
    elapse({ panes }, time) {
      const edge = grid.indexAt(time);
      const result = fold.valueBetween(panes, edge - count, edge) ?? null;
      return { panes: fold.from(panes, edge - count), result, edge };
    },
    value: ({ result }) => result ?? undefined,
    foresee({ panes, edge }) {
      const newest = fold.count(panes) - 1;
      // Before the newest pane comes in, whatever is taken in goes into it.
      if (newest < 0 || fold.index(panes, newest) < edge) return undefined;
      return new QuietUntil(grid.startOf(nextEdge(fold, panes, edge, count)));
    },
    stepAll(state, readings) {
      const panes = fold.addAll(state.panes, readings.filter(input.taken));
      return panes === state.panes ? state : { panes, result: state.result, edge: state.edge };
    },
  };
}

/** The first edge after one at which a pane comes in, at its end, or leaves, `count` panes later; infinite: none. */
function nextEdge(fold: PaneFold, panes: Panes, edge: number, count: number): number {
  let next = Infinity;
  const panesInAll = fold.count(panes);
  for (let each = 0; each < panesInAll; each++) {
    const index = fold.index(panes, each);
    // They are in order: the first that comes in comes before all others that do, and the same of those that leave.
    if (index + 1 > edge) return Math.min(next, index + 1);
    if (next === Infinity && index + 1 + count > edge) next = index + 1 + count;
  }
  return next;
}

/** As many readings as it says; not known before it has them all. Their parts one after the other are the state. */
export function readingsWindow(input: WindowInput, size: number): Subject<readonly Part[]> {
  const { metric, name, accumulator } = input;
  const { blank } = accumulator;
  const width = blank.length;
  const spare = blank.slice();
  return {
    inputs: [metric],
    name,
    lookBack: Infinity,
    initial: () => [],
    step(state, sample) {
      const readings = takenIn(input, sample);
      if (readings.length === 0) return state;
      const parts = state.slice();
      for (const reading of readings) {
        const at = parts.length;
        parts.push(...blank);
        accumulator.of(reading, parts, at);
      }
      return parts.slice(-size * width);
    },
    value(state) {
      if (state.length < size * width) return undefined;
      copyPart(width, spare, 0, state, 0);
      for (let at = width; at < state.length; at += width) accumulator.merge(spare, 0, state, at);
      return accumulator.value(spare, 0);
    },
  };
}

interface SessionState {
  /** Of all its readings; empty: there are none. */
  readonly part: readonly Part[];
  readonly last: Anchor | null;
}

/** From the first reading after a gap to the next gap. */
export function sessionWindow(input: WindowInput, gap: number): Subject<SessionState> {
  const { metric, name, accumulator } = input;
  const none: SessionState = { part: [], last: null };
  const spare = accumulator.blank.slice();
  return {
    inputs: [metric],
    name,
    lookBack: Infinity,
    initial: () => none,
    step(state, sample) {
      const readings = takenIn(input, sample);
      if (readings.length === 0) return state;
      const isBegun = state.part.length > 0;
      const part = isBegun ? state.part.slice() : accumulator.blank.slice();
      for (const [place, reading] of readings.entries()) {
        if (place === 0 && !isBegun) accumulator.of(reading, part, 0);
        else {
          accumulator.of(reading, spare, 0);
          accumulator.merge(part, 0, spare, 0);
        }
      }
      const { time, logTime, gateway } = sample;
      return { part, last: { time, logTime, gateway } };
    },
    wakeTime: ({ last }) => (last === null ? Infinity : last.time + gap),
    wakeAnchor: ({ last }) => last!,
    elapse: () => none,
    value: ({ part }) => (part.length === 0 ? accumulator.empty : accumulator.value(part, 0)),
  };
}

function takenIn({ metric, taken }: WindowInput, { readings }: Sample): readonly Reading[] {
  if (readings.length === 1) {
    const [only] = readings;
    return only!.metric === metric && taken(only!) ? readings : [];
  }
  return readings.filter((reading) => reading.metric === metric && taken(reading));
}
