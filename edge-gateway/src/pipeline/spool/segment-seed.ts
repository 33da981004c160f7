import { DecodeError, syncDirectory } from "@headwater/core";
import { randomInt } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findFrame } from "../frame/find-frame.ts";
import { maxFrameBody, noSeed } from "../frame/frame.ts";
import { readPart } from "./read-part.ts";
import { decodeSegmentHeader, mostHeaderBytes } from "./segment.ts";

/** A window in which a frame of the segment is, if it has any. */
const windowBytes = mostHeaderBytes + maxFrameBody + 1024;
const maxSeed = 2 ** 32 - 1;

/** The seed of this spool's checksums: drawn once, and known to its files alone. Every segment's header has it too. */
export async function spoolSeed(directory: string): Promise<number> {
  const file = join(directory, "seed");
  const kept = Number(await readFile(file, "utf8").catch(() => ""));
  if (Number.isInteger(kept) && kept > noSeed && kept <= maxSeed) return kept;
  const seed = randomInt(noSeed + 1, maxSeed + 1);
  await writeFile(`${file}.next`, `${seed}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.next`, file);
  await syncDirectory(directory);
  return seed;
}

/**
 * The seed of a segment's checksums: what its header says. If neither copy can be read, that of a neighbour or of the
 * spool under which there is a frame. Segments of version 0.1 have none; without a header that is the last to be tried,
 * because under it all frames are sound that a device wrote into its payload.
 *
 * @param others Files of the segments before and after, the nearest first.
 */
export async function segmentSeed(file: string, others: readonly string[], ofSpool: number): Promise<number> {
  const own = await headerSeed(file);
  if (own !== undefined) return own;
  const seeds = new Set<number>();
  for (const other of others) {
    const seed = await headerSeed(other).catch(() => undefined);
    if (seed !== undefined) seeds.add(seed);
  }
  seeds.add(ofSpool);
  seeds.delete(noSeed);
  const bytes = await readPart(file, 0, windowBytes);
  for (const seed of [...seeds, noSeed]) if ((await findFrame(bytes, 0, seed)) !== undefined) return seed;
  return ofSpool;
}

async function headerSeed(file: string): Promise<number | undefined> {
  try {
    return decodeSegmentHeader(await readPart(file, 0, mostHeaderBytes)).seed;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return undefined;
  }
}
