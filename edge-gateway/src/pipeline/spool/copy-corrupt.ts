import { open } from "node:fs/promises";
import { findFrame } from "../frame/find-frame.ts";
import { frameHeaderBytes, maxFrameBody } from "../frame/frame.ts";
import { readPart } from "./read-part.ts";

const windowBytes = 4 * 1024 * 1024;

/**
 * Copies the corrupt bytes of a segment to a file of their own beside it, and answers where they end: at the next sound
 * frame, or at `limit`. Only a window of them is in memory, however many damaged ranges a large segment has.
 *
 * @param offset No sound frame begins there.
 * @param seed Of the checksums of frames.
 */
export async function copyCorrupt(file: string, offset: number, limit: number, seed: number): Promise<number> {
  if (offset >= limit) return limit;
  const copy = await open(`${file}.${offset}.corrupt`, "w", 0o600);
  try {
    for (let start = offset; start < limit;) {
      const span = Math.min(windowBytes, limit - start);
      // A frame that begins in the window may end behind it.
      const reach = Math.min(limit - start, span + frameHeaderBytes + maxFrameBody);
      const bytes = await readPart(file, start, reach);
      const isLast = start + span >= limit || bytes.length < reach;
      const found = await findFrame(bytes, start === offset ? 1 : 0, seed, isLast ? bytes.length : span);
      await copy.appendFile(bytes.subarray(0, found ?? (isLast ? bytes.length : span)));
      if (found !== undefined) return start + found;
      if (isLast) return limit;
      start += span;
    }
    return limit;
  } finally {
    await copy.close();
  }
}
