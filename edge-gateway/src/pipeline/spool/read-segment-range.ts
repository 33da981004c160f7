import { DecodeError } from "@headwater/core";
import { findFrame } from "../frame/find-frame.ts";
import { maxFrameBody, readFrame, type Frame } from "../frame/frame.ts";
import type { SpoolPlace } from "./position-file.ts";
import { readPart } from "./read-part.ts";
import type { SegmentFiles } from "./segment-files.ts";
import { decodeSegmentHeader, mostHeaderBytes } from "./segment.ts";

export interface SegmentFrames {
  readonly segment: number;
  readonly frames: readonly Frame[];
  /** Where each frame begins in its segment. */
  readonly offsets: readonly number[];
  readonly end: SpoolPlace;
}

/** Orders places. */
export function comparePlaces(a: SpoolPlace, b: SpoolPlace): number {
  return a.segment - b.segment || a.offset - b.offset;
}

/**
 * The sound frames from a place on, about so many bytes of them and none at or behind `limit`; undefined at the end.
 * For whoever looks at what is in the spool beside the forwarder: corrupt ranges are passed over, which the
 * forwarder's own reader keeps apart and reports.
 */
export async function readSegmentRange(
  files: SegmentFiles,
  from: SpoolPlace,
  maxBytes: number,
  limit?: SpoolPlace,
): Promise<SegmentFrames | undefined> {
  let place = from;
  for (let bytes = maxBytes; ;) {
    if (limit !== undefined && comparePlaces(place, limit) >= 0) return undefined;
    const size = files.sizeOf(place.segment);
    if (size === undefined || place.offset >= size) {
      const following = files.after(place.segment);
      if (following === undefined) return undefined;
      place = { segment: following, offset: 0 };
      continue;
    }
    const { segment } = place;
    const end = limit?.segment === segment ? Math.min(size, limit.offset) : size;
    try {
      const file = files.fileOf(segment);
      if (place.offset === 0) {
        place = { segment, offset: await headerEnd(file, size, await files.seedOf(segment)) };
        continue;
      }
      const part = await readPart(file, place.offset, Math.min(bytes, end - place.offset));
      const seed = await files.seedOf(segment);
      const found = framesOf(part, place.offset, seed);
      if (found.frames.length > 0) return { segment, ...found, end: { segment, offset: place.offset + found.read } };
      const isAll = place.offset + part.length >= end;
      if (!isAll && bytes < maxFrameBody + 1024) bytes = maxFrameBody + 1024;
      else {
        const next = await findFrame(part, 1, seed);
        place = {
          segment,
          offset: next === undefined ? (isAll ? size : place.offset + part.length - 1) : place.offset + next,
        };
      }
    } catch (error) {
      // It was removed meanwhile.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || files.sizeOf(segment) !== undefined) throw error;
    }
  }
}

function framesOf(bytes: Buffer, offset: number, seed: number): { frames: Frame[]; offsets: number[]; read: number } {
  const frames: Frame[] = [];
  const offsets: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const frame = readFrame(bytes, at, seed);
    if (typeof frame === "string") break;
    frames.push(frame);
    offsets.push(offset + at);
    at = frame.end;
  }
  return { frames, offsets, read: at };
}

async function headerEnd(file: string, size: number, seed: number): Promise<number> {
  const bytes = await readPart(file, 0, Math.min(size, mostHeaderBytes));
  try {
    return decodeSegmentHeader(bytes).length;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return (await findFrame(bytes, 0, seed)) ?? size;
  }
}
