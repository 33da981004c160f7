import { DecodeError, ResourceError, type Logger } from "@headwater/core";
import { open, readdir, readFile, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LanesState } from "../lanes/lanes.ts";
import { findFrame } from "../frame/find-frame.ts";
import { scanFrames } from "./lane-scan.ts";
import type { SpoolNote } from "./position-file.ts";
import { SegmentFiles, type SegmentFile } from "./segment-files.ts";
import { decodeSegmentHeader, segmentName, segmentNumber } from "./segment.ts";

/** Identities that were given out and are gone. */
export interface LostRange {
  readonly epoch: number;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

export interface RecoveredSpool {
  /** Oldest first; the last one is where writing goes on. Empty: a new spool. */
  readonly segments: readonly SegmentFile[];
  /**
   * undefined: an earlier process may have given out identities that nothing tells of any more. Then a new epoch has to
   * begin, so that none is given out twice; what can be read is forwarded all the same, under the identities that it
   * has.
   */
  readonly state: LanesState | undefined;
  /**
   * By partition, the last identity before the first damage in the newest segment: what comes after it may be half
   * there.
   */
  readonly sound: readonly number[];
}

/**
 * Finds out where an earlier process stopped. What was being written at the moment of a crash (and so was not
 * acknowledged) is cut off; what is corrupt is kept in a file of its own beside the segments, and reported. `note` is
 * what that process wrote down last, `seed` that of the spool.
 */
export async function recoverSpool(
  directory: string,
  partitions: number,
  { note, seed }: { readonly note: SpoolNote | undefined; readonly seed: number },
  logger: Logger,
): Promise<RecoveredSpool> {
  const segments = await listSegments(directory);
  while (segments.length > 0) {
    const { number } = segments.at(-1)!;
    const files = new SegmentFiles(directory, segments, seed);
    const file = files.fileOf(number);
    const bytes = await readWhole(file);
    const stopped = note?.stopped?.segment === number ? note.stopped : undefined;
    let header;
    try {
      header = decodeSegmentHeader(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      if (stopped !== undefined || (await findFrame(bytes, 0, await files.seedOf(number))) !== undefined) {
        logger.error(
          { file, bytes: bytes.length },
          "a spool segment has no readable header; its frames are looked for",
        );
        return { segments, state: stopped?.state, sound: [] };
      }
      // A crash while a segment was made leaves one that nothing was written to yet.
      logger.warn({ file, bytes: bytes.length }, "removed a spool segment that was just being made");
      await unlink(file);
      segments.pop();
      continue;
    }
    const scan = await scanFrames(bytes, header, partitions);
    if (scan.end < bytes.length) {
      const tail = bytes.subarray(scan.end);
      logger.warn({ file, bytes: tail.length, damaged: scan.damaged }, "cut off the unfinished end of the spool");
      if (scan.damaged) await writeFile(`${file}.${scan.end}.corrupt`, tail, { mode: 0o600 });
      await truncate(file, scan.end);
    }
    segments[segments.length - 1] = { number, size: scan.end };
    // The bytes came from the page cache; from now on they count as durable, so they have to be.
    await syncFile(file);
    const { sound } = scan;
    if (stopped !== undefined) {
      if (stopped.size > bytes.length) {
        logger.error({ file, bytes: bytes.length, was: stopped.size }, "the end of the spool is gone");
      }
      return { segments, state: stopped.state, sound };
    }
    const known = note?.forwarded.epoch === scan.state.epoch ? note.durable : [];
    const short = known.some((n, partition) => n > (scan.state.lanes[partition]?.n ?? 0));
    if (short || scan.unaccounted) {
      logger.error({ file }, "identities at the end of the spool are not known any more; a new epoch begins");
      return { segments, state: undefined, sound: [] };
    }
    return { segments, state: scan.state, sound };
  }
  return { segments: [], state: undefined, sound: [] };
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function listSegments(directory: string): Promise<SegmentFile[]> {
  const names = await readdir(directory);
  const numbers = names.map(segmentNumber).filter((number) => number !== undefined);
  return Promise.all(
    numbers
      .toSorted((a, b) => a - b)
      .map(async (number) => ({ number, size: (await stat(join(directory, segmentName(number)))).size })),
  );
}

async function readWhole(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ResourceError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}
