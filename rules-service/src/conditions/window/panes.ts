import type { Anchor, Reading } from "../../readings/reading.ts";
import type { Accumulator } from "./accumulator.ts";
import type { PaneGrid } from "./pane-grid.ts";

/** What a window holds, in panes. Empty ones are not kept. */
export interface Panes<A> {
  /** All but the newest, oldest first. */
  readonly closed: readonly Pane<A>[];
  /** All of `closed` together; null: there are none. */
  readonly older: A | null;
  readonly newest: Pane<A> | null;
  /** The last reading, by whose times the log's clock knows when an edge has passed. */
  readonly anchor: Anchor | null;
}

export interface Pane<A> {
  /** Its number in the grid. */
  readonly index: number;
  readonly part: A;
}

const none: readonly never[] = [];
export const noPanes: Panes<never> = { closed: none, older: null, newest: null, anchor: null };

export class PaneFold<A> {
  readonly #accumulator: Accumulator<A>;
  readonly grid: PaneGrid;

  constructor(accumulator: Accumulator<A>, grid: PaneGrid) {
    this.#accumulator = accumulator;
    this.grid = grid;
  }

  indexAt(time: number): number {
    return this.grid.indexAt(time);
  }

  /** Takes readings of one instant in; they are the newest. */
  add(panes: Panes<A>, readings: readonly Reading[], anchor: Anchor): Panes<A> {
    const index = this.indexAt(anchor.time);
    const { newest } = panes;
    let { closed, older } = panes;
    let part: A | null = null;
    if (newest !== null && newest.index === index) part = newest.part;
    else if (newest !== null) {
      closed = [...closed, newest];
      older = this.#merged(older, newest.part);
    }
    for (const reading of readings) part = this.#merged(part, this.#accumulator.of(reading));
    return { closed, older, newest: { index, part: part! }, anchor: anchorOf(anchor) };
  }

  /** Without what lies in panes before this one. */
  from(panes: Panes<A>, index: number): Panes<A> {
    const { closed, newest } = panes;
    if ((closed[0] ?? newest ?? { index }).index >= index) return panes;
    if (newest === null || newest.index < index)
      return { closed: none, older: null, newest: null, anchor: panes.anchor };
    const left = closed.filter((pane) => pane.index >= index);
    let older: A | null = null;
    for (const { part } of left) older = this.#merged(older, part);
    return { ...panes, closed: left, older };
  }

  /** All of them together; null: there are none. */
  whole({ older, newest }: Panes<A>): A | null {
    return newest === null ? older : this.#merged(older, newest.part);
  }

  /** Those from one index up to, not including, another. */
  between({ closed, newest }: Panes<A>, from: number, to: number): A | null {
    let part: A | null = null;
    for (const pane of newest === null ? closed : [...closed, newest]) {
      if (pane.index >= from && pane.index < to) part = this.#merged(part, pane.part);
    }
    return part;
  }

  #merged(earlier: A | null, later: A): A {
    return earlier === null ? later : this.#accumulator.merge(earlier, later);
  }
}

export function oldestIndex({ closed, newest }: Panes<unknown>): number | undefined {
  return (closed[0] ?? newest)?.index;
}

function anchorOf({ time, logTime, gateway }: Anchor): Anchor {
  return { time, logTime, gateway };
}
