import type { TimeZone } from "@headwater/core";
import { DAY, type Run, type Span } from "./window.ts";

/** Some ten years: looking a zone's clocks up takes time, and the reader of runs gets a turn between two of them. */
const LONGEST = 3_653 * DAY;

/**
 * The windows that [from, to) touches, those of `length` between two changes of the clocks as one run. Of the length
 * `undefined` there are none: each window is a run.
 */
export function* localRuns(
  at: (time: number) => Span,
  length: number | undefined,
  zone: TimeZone,
  from: number,
  to: number,
): Generator<Run> {
  let open: Run | undefined;
  for (let time = from; time < to;) {
    const { start, end: firstEnd } = at(time);
    const every = firstEnd - start;
    let end = firstEnd;
    if (every === length) {
      // While clocks keep their offset, windows keep their length; the one in which they change it is looked at alone.
      const last = Math.min(zone.pieceAt(start).end - 1, to + length - 1);
      end = Math.max(end, start + Math.floor((last - start) / length) * length);
    }
    if (open !== undefined && open.every === every && start - open.start < LONGEST) {
      open = { ...open, end };
    } else {
      if (open !== undefined) yield open;
      open = { start, end, every };
    }
    time = end;
  }
  if (open !== undefined) yield open;
}
