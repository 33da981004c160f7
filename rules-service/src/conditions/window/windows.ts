import type { Anchor, Reading, Sample, Value } from "../../readings/reading.ts";
import type { Subject } from "../subject.ts";
import type { Accumulator } from "./accumulator.ts";
import { EvenGrid, type PaneGrid } from "./pane-grid.ts";
import { noPanes, oldestIndex, PaneFold, type Panes } from "./panes.ts";

const second = 1_000_000;
const panesAWindow = 60;

/** Which readings a window takes. */
export type Taken = (reading: Reading) => boolean;

export interface WindowInput<A> {
  readonly metric: string;
  readonly name: string;
  readonly accumulator: Accumulator<A>;
  readonly taken: Taken;
}

export function paneLength(over: number): number {
  return Math.max(Math.ceil(over / panesAWindow), Math.min(second, over));
}

/** The panes of the last `over`, the present one included: judged at every reading, and when a pane leaves. */
export function slidingWindow<A>(input: WindowInput<A>, over: number): Subject<Panes<A>> {
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
      const oldest = oldestIndex(state);
      return oldest === undefined ? Infinity : grid.startOf(oldest + count);
    },
    wakeAnchor: ({ anchor }) => anchor!,
    elapse: (state, time) => fold.from(state, fold.indexAt(time) - count + 1),
    value(state) {
      const whole = fold.whole(state);
      return whole === null ? accumulator.empty : accumulator.value(whole);
    },
  };
}

interface HopState<A> {
  readonly panes: Panes<A>;
  /** At the last edge; null: not known. */
  readonly result: Value | null;
  /** Number of the last edge: that of the pane which begins there. */
  readonly edge: number;
}

/** Judged at the edges of panes alone, over as many whole panes as it says before the edge. */
export function hoppingWindow<A>(input: WindowInput<A>, count: number, grid: PaneGrid): Subject<HopState<A>> {
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
      const edge = state.panes.newest === null ? fold.indexAt(sample.time) : state.edge;
      return { ...state, edge, panes: fold.add(state.panes, readings, sample) };
    },
    wakeTime({ panes, edge }) {
      // An edge at which no pane comes in or leaves changes nothing.
      const next = nextEdge(panes, edge, count);
      return next === Infinity ? Infinity : grid.startOf(next);
    },
    wakeAnchor: ({ panes }) => panes.anchor!,
    elapse({ panes }, time) {
      const edge = grid.indexAt(time);
      const part = fold.between(panes, edge - count, edge);
      const result = (part === null ? accumulator.empty : accumulator.value(part)) ?? null;
      return { panes: fold.from(panes, edge - count), result, edge };
    },
    value: ({ result }) => result ?? undefined,
  };
}

/** The first edge after one at which a pane comes in, at its end, or leaves, `count` panes later; infinite: none. */
function nextEdge({ closed, newest }: Panes<unknown>, edge: number, count: number): number {
  let next = Infinity;
  for (let each = 0; each <= closed.length; each++) {
    const index = each < closed.length ? closed[each]!.index : newest?.index;
    if (index === undefined) break;
    // They are in order: the first that comes in comes before all others that do, and the same of those that leave.
    if (index + 1 > edge) return Math.min(next, index + 1);
    if (next === Infinity && index + 1 + count > edge) next = index + 1 + count;
  }
  return next;
}

/** As many readings as it says; not known before it has them all. */
export function readingsWindow<A>(input: WindowInput<A>, size: number): Subject<readonly A[]> {
  const { metric, name, accumulator } = input;
  return {
    inputs: [metric],
    name,
    lookBack: Infinity,
    initial: () => [],
    step(state, sample) {
      const readings = takenIn(input, sample);
      return readings.length === 0 ? state : [...state, ...readings.map((each) => accumulator.of(each))].slice(-size);
    },
    value(state) {
      if (state.length < size) return undefined;
      return accumulator.value(state.reduce((all, each) => accumulator.merge(all, each)));
    },
  };
}

interface SessionState<A> {
  readonly part: A | null;
  readonly last: Anchor | null;
}

/** From the first reading after a gap to the next gap. */
export function sessionWindow<A>(input: WindowInput<A>, gap: number): Subject<SessionState<A>> {
  const { metric, name, accumulator } = input;
  const none: SessionState<A> = { part: null, last: null };
  return {
    inputs: [metric],
    name,
    lookBack: Infinity,
    initial: () => none,
    step(state, sample) {
      const readings = takenIn(input, sample);
      if (readings.length === 0) return state;
      let { part } = state;
      for (const reading of readings) {
        const own = accumulator.of(reading);
        part = part === null ? own : accumulator.merge(part, own);
      }
      const { time, logTime, gateway } = sample;
      return { part, last: { time, logTime, gateway } };
    },
    wakeTime: ({ last }) => (last === null ? Infinity : last.time + gap),
    wakeAnchor: ({ last }) => last!,
    elapse: () => none,
    value: ({ part }) => (part === null ? accumulator.empty : accumulator.value(part)),
  };
}

function takenIn({ metric, taken }: WindowInput<unknown>, { readings }: Sample): readonly Reading[] {
  if (readings.length === 1) {
    const [only] = readings;
    return only!.metric === metric && taken(only!) ? readings : [];
  }
  return readings.filter((reading) => reading.metric === metric && taken(reading));
}
