import type { Anchor, Reading, Value } from "../../readings/reading.ts";
import { copyPart, type Accumulator, type Part } from "./accumulator.ts";
import type { PaneGrid } from "./pane-grid.ts";

/** What a window holds, in panes. Empty ones are not kept. Two flat lists: there are millions of these. */
export interface Panes {
  /** All but the newest, oldest first: of each its number in the grid, and its part. */
  readonly closed: readonly Part[];
  /**
   * Time and log time of the last reading, by which the log's clock knows when an edge has passed; the newest pane's
   * number and part; the part of all of `closed` together. Empty: there are no panes.
   */
  readonly open: readonly Part[];
  /** Of the last reading. */
  readonly gateway: string;
}

const none: readonly never[] = [];
export const noPanes: Panes = { closed: none, open: none, gateway: "" };

/** Places in `open`. */
const [lastTime, lastLogTime, newestIndex, newestPart] = [0, 1, 2, 3];

export class PaneFold {
  readonly #accumulator: Accumulator;
  readonly grid: PaneGrid;
  /** Places of a part. */
  readonly #width: number;
  /** Places of a closed pane. */
  readonly #stride: number;
  /** In `open`. */
  readonly #olderPart: number;
  readonly #blankOpen: readonly Part[];
  readonly #blankPane: readonly Part[];
  /** For a part that is looked at once. */
  readonly #spare: Part[];

  constructor(accumulator: Accumulator, grid: PaneGrid) {
    const { blank } = accumulator;
    this.#accumulator = accumulator;
    this.grid = grid;
    this.#width = blank.length;
    this.#stride = 1 + blank.length;
    this.#olderPart = newestPart + blank.length;
    // Half numbers, so that lists of numbers are lists of doubles from the beginning.
    this.#blankPane = [0.5, ...blank];
    this.#blankOpen = [0.5, 0.5, 0.5, ...blank, ...blank];
    this.#spare = blank.slice();
  }

  indexAt(time: number): number {
    return this.grid.indexAt(time);
  }

  /** Takes readings of one instant in; they are the newest. */
  add(panes: Panes, readings: readonly Reading[], { time, logTime, gateway }: Anchor): Panes {
    const index = this.indexAt(time);
    const isFirst = panes.open.length === 0;
    const isBegun = isFirst || panes.open[newestIndex] !== index;
    const open = isFirst ? this.#blankOpen.slice() : panes.open.slice();
    const closed = isBegun && !isFirst ? this.#close(panes.closed, open) : panes.closed;
    open[lastTime] = time;
    open[lastLogTime] = logTime;
    open[newestIndex] = index;
    for (let each = 0; each < readings.length; each++) {
      if (each === 0 && isBegun) this.#accumulator.of(readings[0]!, open, newestPart);
      else {
        this.#accumulator.of(readings[each]!, this.#spare, 0);
        this.#accumulator.merge(open, newestPart, this.#spare, 0);
      }
    }
    return { closed, open, gateway };
  }

  /**
   * Takes readings in, each at its own instant, as `from` and `add` do one after the other for a window of so many
   * panes (undefined: none leaves): what is older is added up once, at the end.
   */
  addAll(panes: Panes, readings: readonly Reading[], count?: number): Panes {
    if (readings.length === 0) return panes;
    const isFirst = panes.open.length === 0;
    const open = isFirst ? this.#blankOpen.slice() : panes.open.slice();
    let { closed } = panes;
    let isBegun = false;
    let isEmpty = isFirst;
    for (const reading of readings) {
      const index = this.indexAt(reading.time);
      if (isEmpty || open[newestIndex] !== index) {
        if (!isEmpty) {
          closed = this.#closing(closed, isBegun, open);
          isBegun = true;
        }
        this.#accumulator.of(reading, open, newestPart);
        open[newestIndex] = index;
        isEmpty = false;
      } else {
        this.#accumulator.of(reading, this.#spare, 0);
        this.#accumulator.merge(open, newestPart, this.#spare, 0);
      }
    }
    const { time, logTime, gateway } = readings[readings.length - 1]!;
    open[lastTime] = time;
    open[lastLogTime] = logTime;
    const first = count === undefined ? 0 : this.#placeFrom(closed, this.indexAt(time) - count + 1);
    if (first === 0 && !isBegun) return { closed, open, gateway };
    // Cut, so that it is as long as it has to be.
    const left = first === closed.length ? none : closed.slice(first);
    this.#addUp(left, open);
    return { closed: left, open, gateway };
  }

  /** The newest pane among those that are closed; a list of its own already: written over. */
  #closing(closed: readonly Part[], isOwn: boolean, open: readonly Part[]): readonly Part[] {
    const { length } = closed;
    const list = isOwn ? (closed as Part[]) : length === 0 ? this.#blankPane.slice() : closed.slice();
    copyPart(this.#stride, list, length, open, newestIndex);
    return list;
  }

  /** Where the first of closed panes lies that is not before an index. */
  #placeFrom(closed: readonly Part[], index: number): number {
    let first = 0;
    while (first < closed.length && (closed[first] as number) < index) first += this.#stride;
    return first;
  }

  /** Makes the part of all closed panes anew. */
  #addUp(closed: readonly Part[], open: Part[]): void {
    if (closed.length === 0) {
      copyPart(this.#width, open, this.#olderPart, this.#accumulator.blank, 0);
      return;
    }
    copyPart(this.#width, open, this.#olderPart, closed, 1);
    for (let pane = this.#stride; pane < closed.length; pane += this.#stride) {
      this.#accumulator.merge(open, this.#olderPart, closed, pane + 1);
    }
  }

  /** Puts the newest pane among those that are closed. */
  #close(closed: readonly Part[], open: Part[]): readonly Part[] {
    const length = closed.length;
    const more = length === 0 ? this.#blankPane.slice() : closed.concat(this.#blankPane);
    copyPart(this.#stride, more, length, open, newestIndex);
    if (length === 0) copyPart(this.#width, open, this.#olderPart, open, newestPart);
    else this.#accumulator.merge(open, this.#olderPart, open, newestPart);
    return more;
  }

  /** Without what lies in panes before this one. */
  from(panes: Panes, index: number): Panes {
    const { closed, open, gateway } = panes;
    const oldest = this.oldestIndex(panes);
    if (oldest === undefined || oldest >= index) return panes;
    if ((open[newestIndex] as number) < index) return noPanes;
    const first = this.#placeFrom(closed, index);
    const left = first === closed.length ? none : closed.slice(first);
    const parts = open.slice();
    this.#addUp(left, parts);
    return { closed: left, open: parts, gateway };
  }

  /** Of all of them together. */
  value({ closed, open }: Panes): Value | undefined {
    if (open.length === 0) return this.#accumulator.empty;
    if (closed.length === 0) return this.#accumulator.value(open, newestPart);
    copyPart(this.#width, this.#spare, 0, open, this.#olderPart);
    this.#accumulator.merge(this.#spare, 0, open, newestPart);
    return this.#accumulator.value(this.#spare, 0);
  }

  /** Of the newest pane alone. */
  newestValue({ open }: Panes): Value | undefined {
    return open.length === 0 ? this.#accumulator.empty : this.#accumulator.value(open, newestPart);
  }

  /** Of those from one index up to, not including, another. */
  valueBetween({ closed, open }: Panes, from: number, to: number): Value | undefined {
    let isEmpty = true;
    const add = (index: Part, parts: readonly Part[], at: number): void => {
      if ((index as number) < from || (index as number) >= to) return;
      if (isEmpty) copyPart(this.#width, this.#spare, 0, parts, at);
      else this.#accumulator.merge(this.#spare, 0, parts, at);
      isEmpty = false;
    };
    for (let pane = 0; pane < closed.length; pane += this.#stride) add(closed[pane]!, closed, pane + 1);
    if (open.length > 0) add(open[newestIndex]!, open, newestPart);
    return isEmpty ? this.#accumulator.empty : this.#accumulator.value(this.#spare, 0);
  }

  /** A place of the part of one of them, counted from the oldest on. */
  numberAt({ closed, open }: Panes, pane: number, place: number): number {
    const at = pane * this.#stride + 1 + place;
    return (at < closed.length ? closed[at] : open[newestPart + place]) as number;
  }

  /** How many there are. */
  count({ closed, open }: Panes): number {
    return open.length === 0 ? 0 : closed.length / this.#stride + 1;
  }

  /** The number of one of them in the grid, counted from the oldest on. */
  index({ closed, open }: Panes, pane: number): number {
    const place = pane * this.#stride;
    return (place < closed.length ? closed[place] : open[newestIndex]) as number;
  }

  /** undefined: there are none. */
  oldestIndex({ closed, open }: Panes): number | undefined {
    return (closed.length > 0 ? closed[0] : open[newestIndex]) as number | undefined;
  }

  /** The last reading; there are panes. */
  anchor({ open, gateway }: Panes): Anchor {
    return { time: open[lastTime] as number, logTime: open[lastLogTime] as number, gateway };
  }
}
