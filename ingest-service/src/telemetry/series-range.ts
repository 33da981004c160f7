import { type Aggregate, type Order, type Window, windowsOf } from "@headwater/time-series";

/** What of a series is asked for. */
export interface SeriesRange {
  /** Inclusive, µs. */
  readonly from: number;
  /** Exclusive, µs. */
  readonly to: number;
  readonly window?: Window | undefined;
  readonly aggregate?: Aggregate | undefined;
  readonly order?: Order | undefined;
}

/** What follows the row of this time: whole windows, whatever points come meanwhile. */
export function rangeAfter<R extends SeriesRange>(range: R, time: number): R {
  const { from, to, window, aggregate } = range;
  // It was the only one.
  if (aggregate !== undefined && window === undefined) return { ...range, from: to };
  if (range.order === "desc") return { ...range, to: Math.min(to, time) };
  const end = window === undefined ? time + 1 : windowsOf(window).at(time).end;
  return { ...range, from: Math.max(from, end) };
}
