import { holds, type Range } from "../lanes/lane.ts";
import type { Frame } from "../frame/frame.ts";
import type { SpoolPlace } from "../spool/position-file.ts";
import { comparePlaces, readStretch } from "../spool/read-stretch.ts";
import type { SegmentFiles } from "../spool/segment-files.ts";
import type { Outlet } from "./outlet.ts";

export interface CatchUpOptions {
  readonly files: SegmentFiles;
  readonly outletOf: (frame: Frame) => Outlet;
  readonly gapsOf: (partition: number) => readonly Range[];
  /** How far the others have come. */
  readonly head: () => SpoolPlace;
  /** Resolves when an outlet of these has settled, or some time has passed. */
  readonly settled: () => Promise<void>;
  /** Whether the others have to go on without it, again. */
  readonly isStuck: (outlet: Outlet) => boolean;
  readonly signal: AbortSignal;
}

const chunkBytes = 1024 * 1024;

/**
 * Brings outlets that were held up back to where the others are: one pass over what they missed. When it has come to
 * the head, they go on with the others from the same record. One that is held up again is left where it is.
 */
export async function catchUp(outlets: Iterable<Outlet>, options: CatchUpOptions): Promise<void> {
  const { files, outletOf, gapsOf, head, settled, isStuck, signal } = options;
  const set = new Set(outlets);
  let place = [...set].map(({ held }) => held!).reduce((a, b) => (comparePlaces(a, b) <= 0 ? a : b));
  while (set.size > 0 && !signal.aborted) {
    const limit = head();
    const stretch = await readStretch(files, place, chunkBytes, limit);
    if (stretch === undefined) {
      for (const outlet of set) outlet.held = limit;
      place = limit;
      if (comparePlaces(limit, head()) < 0) continue;
      // Nothing is awaited between this look at the head and the end: no record is passed by.
      for (const outlet of set) outlet.held = undefined;
      return;
    }
    const portions = new Map<Outlet, Frame[]>();
    stretch.frames.forEach((frame, index) => {
      const outlet = outletOf(frame);
      if (!set.has(outlet)) return;
      const at = { segment: stretch.segment, offset: stretch.offsets[index]! };
      if (comparePlaces(at, outlet.held!) < 0) return;
      const passed = outlet.isLane
        ? frame.n <= outlet.landedN || holds(gapsOf(frame.partition), frame.n)
        : files.givenUp.has(stretch.segment);
      if (passed) return;
      const portion = portions.get(outlet);
      if (portion === undefined) portions.set(outlet, [frame]);
      else portion.push(frame);
    });
    for (const outlet of set) if (comparePlaces(outlet.held!, stretch.end) < 0) outlet.held = stretch.end;
    for (const [outlet, frames] of portions) outlet.send(frames, place);
    while ([...set].some((outlet) => outlet.isBusy) && !signal.aborted) {
      await settled();
      for (const outlet of set) if (outlet.isBusy && isStuck(outlet)) set.delete(outlet);
    }
    // What was shortened under way begins again further back.
    for (const outlet of set) if (comparePlaces(outlet.held!, stretch.end) < 0) set.delete(outlet);
    place = stretch.end;
  }
}
