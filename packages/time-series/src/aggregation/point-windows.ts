import type { PointAggregate } from "../aggregate.ts";
import type { Order, SeriesRow } from "../time-series-store.ts";
import { type Span, type Window, type Windows, windowsOf } from "../windows/index.ts";
import { type Accumulator, accumulatorOf } from "./accumulator.ts";

export interface PointWindowsQuery {
  readonly from: number;
  readonly to: number;
  readonly window?: Window | undefined;
  readonly aggregate: PointAggregate;
  readonly order?: Order | undefined;
}

interface NumberPoint {
  readonly time: number;
  readonly value: number;
}

/** Windows of points that are handed over one after the other, in the order that is asked for. */
export class PointWindows {
  readonly #query: PointWindowsQuery;
  readonly #isBack: boolean;
  readonly #windows: Windows | undefined;
  #span: Span = { start: 0, end: 0 };
  #open: Accumulator | undefined;
  #previous: NumberPoint | undefined;

  /** `neighbour`: the point outside of the range that comes before the first one handed over, if there is one. */
  constructor(query: PointWindowsQuery, neighbour?: SeriesRow) {
    this.#query = query;
    this.#isBack = query.order === "desc";
    this.#windows = query.window === undefined ? undefined : windowsOf(query.window);
    if (neighbour !== undefined) this.#previous = { time: neighbour[0], value: Number(neighbour[1]) };
  }

  /** Takes the next point; answers with the window that it ends, if that has a value. */
  take(time: number, value: number): SeriesRow | undefined {
    let finished: SeriesRow | undefined;
    const point = { time, value };
    const isNext = this.#open === undefined || time < this.#span.start || time >= this.#span.end;
    if (isNext) {
      finished = this.end(point);
      this.#span = this.#windows?.at(time) ?? { start: this.#query.from, end: this.#query.to };
      this.#open = accumulatorOf(this.#query.aggregate, this.#within);
    }
    const open = this.#open!;
    const previous = this.#previous;
    open.add(value);
    if (previous !== undefined) {
      if (!this.#isBack) open.step(pairOf(previous, point));
      else if (isNext) open.leave(pairOf(point, previous));
      else open.step(pairOf(point, previous));
    }
    this.#previous = point;
    return finished;
  }

  /** Nothing more comes in the range; `neighbour` is the point beyond it, if there is one. */
  end(neighbour?: NumberPoint): SeriesRow | undefined {
    const open = this.#open;
    const previous = this.#previous;
    if (open === undefined) return undefined;
    if (neighbour !== undefined && previous !== undefined) {
      if (this.#isBack) open.step(pairOf(neighbour, previous));
      else open.leave(pairOf(previous, neighbour));
    }
    this.#open = undefined;
    const value = open.value();
    return value === undefined ? undefined : [this.#span.start, value];
  }

  /** The window as far as it is asked for. */
  get #within(): Span {
    const { from, to } = this.#query;
    return { start: Math.max(from, this.#span.start), end: Math.min(to, this.#span.end) };
  }
}

function pairOf(earlier: NumberPoint, later: NumberPoint) {
  return { from: earlier.time, before: earlier.value, to: later.time, after: later.value };
}
