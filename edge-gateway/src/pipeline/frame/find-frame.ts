import { setImmediate } from "node:timers/promises";
import { frameHeaderBytes, frameMagic, maxFrameBody, readFrame } from "./frame.ts";
import { RangeChecksums } from "./range-checksums.ts";

/** How long a search holds the event loop (milliseconds). */
const sliceMs = 5;
/** Beginnings looked at between two looks at the clock. */
const beginningsPerLook = 64;
/** Searched with one table of checksums. */
const windowBytes = 1024 * 1024;

const magic = Buffer.from([frameMagic & 0xff, frameMagic >>> 8]);

/**
 * Where the next sound frame begins after a corrupt range, the first place being `from`; undefined if there is none
 * before `to`. The bytes are whatever devices sent: the work grows with their number alone, also where they are full of
 * the beginnings of frames, and it is done in slices.
 */
export async function findFrame(
  bytes: Buffer,
  from: number,
  seed: number,
  to = bytes.length,
): Promise<number | undefined> {
  let sliceEnd = performance.now() + sliceMs;
  let tried = 0;
  let checksums: RangeChecksums | undefined;
  let windowEnd = from;
  for (let at = bytes.indexOf(magic, from); at !== -1 && at < to; at = bytes.indexOf(magic, at + 1)) {
    if (checksums === undefined || at >= windowEnd) {
      windowEnd = at + windowBytes;
      // A frame that begins in the window may end behind it.
      const reach = Math.min(bytes.length, windowEnd + frameHeaderBytes + maxFrameBody);
      checksums = new RangeChecksums(bytes.subarray(0, reach), at, seed);
    }
    const table = checksums;
    if (typeof readFrame(bytes, at, (start, end) => table.of(start, end)) === "object") return at;
    tried += 1;
    if (tried % beginningsPerLook === 0 && performance.now() > sliceEnd) {
      await setImmediate();
      sliceEnd = performance.now() + sliceMs;
    }
  }
  return undefined;
}
