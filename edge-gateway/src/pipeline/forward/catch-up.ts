import { holds, type Range } from "../lanes/lane.ts";
import type { Frame } from "../frame/frame.ts";
import type { SpoolPlace } from "../spool/position-file.ts";
import { comparePlaces, readSegmentRange } from "../spool/read-segment-range.ts";
import type { SegmentFiles } from "../spool/segment-files.ts";
import type { PartitionSender } from "./partition-sender.ts";

export interface CatchUpOptions {
  readonly files: SegmentFiles;
  readonly senderOf: (frame: Frame) => PartitionSender;
  readonly gapsOf: (partition: number) => readonly Range[];
  /** How far the others have come. */
  readonly head: () => SpoolPlace;
  /** Resolves when an append has ended, or some time has passed. */
  readonly woken: () => Promise<void>;
  /** Whether the others have to go on without it, again. */
  readonly isStuck: (sender: PartitionSender) => boolean;
  readonly signal: AbortSignal;
}

const chunkBytes = 1024 * 1024;

/**
 * Brings senders that are parked back to where the others are: one pass over what they missed. When it has come to
 * the head, they go on with the others from the same record. One that gets stuck again is left where it is.
 */
export async function catchUp(senders: Iterable<PartitionSender>, options: CatchUpOptions): Promise<void> {
  const { files, senderOf, gapsOf, head, woken, isStuck, signal } = options;
  const set = new Set(senders);
  let place = [...set].map(({ parkedAt }) => parkedAt!).reduce((a, b) => (comparePlaces(a, b) <= 0 ? a : b));
  while (set.size > 0 && !signal.aborted) {
    const limit = head();
    const range = await readSegmentRange(files, place, chunkBytes, limit);
    if (range === undefined) {
      for (const sender of set) sender.parkedAt = limit;
      place = limit;
      if (comparePlaces(limit, head()) < 0) continue;
      // Nothing is awaited between this look at the head and the end: no record is passed by.
      for (const sender of set) sender.parkedAt = undefined;
      return;
    }
    const portions = new Map<PartitionSender, Frame[]>();
    range.frames.forEach((frame, index) => {
      const sender = senderOf(frame);
      if (!set.has(sender)) return;
      const at = { segment: range.segment, offset: range.offsets[index]! };
      if (comparePlaces(at, sender.parkedAt!) < 0) return;
      const passed = sender.isLane
        ? frame.n <= sender.landedN || holds(gapsOf(frame.partition), frame.n)
        : files.isGivenUp(range.segment);
      if (passed) return;
      const portion = portions.get(sender);
      if (portion === undefined) portions.set(sender, [frame]);
      else portion.push(frame);
    });
    // Each from where it was parked, which may be behind the others: what lies before has landed.
    const from = new Map([...set].map((sender) => [sender, later(place, sender.parkedAt!)]));
    for (const sender of set) if (comparePlaces(sender.parkedAt!, range.end) < 0) sender.parkedAt = range.end;
    for (const [sender, frames] of portions) sender.send(frames, range.segment, from.get(sender)!);
    while ([...set].some((sender) => sender.isBusy) && !signal.aborted) {
      await woken();
      for (const sender of set) if (sender.isBusy && isStuck(sender)) set.delete(sender);
    }
    // A sender whose partition was shortened meanwhile begins again further back.
    for (const sender of set) if (comparePlaces(sender.parkedAt!, range.end) < 0) set.delete(sender);
    place = range.end;
  }
}

function later(a: SpoolPlace, b: SpoolPlace): SpoolPlace {
  return comparePlaces(a, b) < 0 ? b : a;
}
