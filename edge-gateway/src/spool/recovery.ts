import { events } from "@headwater/proto";
import { DecodeError, FatalError, type Logger } from "@headwater/service-kit";
import { open, readdir, readFile, rename, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LaneAccount } from "../lanes/lane.ts";
import type { LanesState } from "../lanes/lanes.ts";
import { findFrame, frameHeaderBytes, frameKinds, frameMagic, readFrame, type Frame } from "./frame.ts";
import { decodeSegmentHeader, segmentName, segmentNumber } from "./segment.ts";
import { syncDirectory } from "./sync-directory.ts";

/** One event reaches no further beyond its receive time than it has samples without a time of their own. */
const longestEvent = 20_000;

export interface SegmentFile {
  readonly number: number;
  readonly size: number;
}

/** Identities that were given out and are gone. */
export interface LostRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

export interface RecoveredSpool {
  /** Oldest first; the last one is where writing goes on. Empty: a new spool. */
  readonly segments: readonly SegmentFile[];
  /** undefined: nothing of an earlier process could be read; a new epoch has to begin. */
  readonly state: LanesState | undefined;
  /** By partition, the last identity before the first damage in the newest segment: what comes after it may be half there. */
  readonly sound: readonly number[];
}

/**
 * Finds out where an earlier process stopped. What was being written at the moment of a crash (and so was not acknowledged) is cut off;
 * what is corrupt is kept in a file of its own beside the segments, and reported.
 */
export async function recoverSpool(directory: string, partitions: number, logger: Logger): Promise<RecoveredSpool> {
  const segments = await listSegments(directory);
  while (segments.length > 0) {
    const { number } = segments.at(-1)!;
    const file = join(directory, segmentName(number));
    const bytes = await readWhole(file);
    let header;
    try {
      header = decodeSegmentHeader(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      // A crash while a segment was made leaves one that no acknowledged record is in; anything larger is a damage.
      await setAside(directory, file, number, bytes.length, logger);
      segments.pop();
      if (bytes.length > 64 * 1024) return { segments, state: undefined, sound: [] };
      continue;
    }
    const scan = scanFrames(bytes, header.length, header.state, partitions);
    if (scan.end < bytes.length) {
      const tail = bytes.subarray(scan.end);
      logger.warn({ file, bytes: tail.length, damaged: scan.damaged }, "cut off the unfinished end of the spool");
      if (scan.damaged) await writeFile(`${file}.${scan.end}.corrupt`, tail, { mode: 0o600 });
      await truncate(file, scan.end);
    }
    segments[segments.length - 1] = { number, size: scan.end };
    // It was read from the page cache, and what is told to be durable from now on has to be.
    await syncFile(file);
    return { segments, state: scan.state, sound: scan.sound };
  }
  return { segments: [], state: undefined, sound: [] };
}

interface Scan {
  /** Where the last sound frame ends. */
  readonly end: number;
  /** Whether what lies behind it is more than a frame that was cut off. */
  readonly damaged: boolean;
  readonly state: LanesState;
  /** By partition, the last identity before the first damage. */
  readonly sound: readonly number[];
}

/** Follows the frames of the newest segment to learn how the lanes stood at its end. */
export function scanFrames(bytes: Buffer, from: number, before: LanesState, partitions: number): Scan {
  const lanes = Array.from({ length: partitions }, (_, partition) => new LaneScan(before.lanes[partition]));
  let last: Frame | undefined;
  let at = from;
  let damaged = false;
  let sound: number[] | undefined;
  while (at < bytes.length) {
    const frame = readFrame(bytes, at, true);
    if (typeof frame === "object") {
      lanes[frame.partition]?.see(frame);
      if (frame.n > 0) last = frame;
      at = frame.end;
      continue;
    }
    const next = findFrame(bytes, at + 1);
    sound ??= lanes.map(({ n }) => n);
    claimIdentities(bytes, at, next ?? bytes.length, lanes);
    if (next === undefined) {
      damaged = frame === "bad";
      break;
    }
    at = next;
  }
  const clock =
    last === undefined
      ? before.clock
      : Math.max(before.clock, events.telemetry.decode(last.value).receivedAt + longestEvent);
  const state = { ...before, clock, lanes: lanes.map((lane) => lane.account) };
  return { end: at, damaged, state, sound: sound ?? lanes.map(({ n }) => n) };
}

class LaneScan {
  n: number;
  received: number;
  readonly dropped: Record<string, number>;

  constructor(account: LaneAccount = { n: 0, received: 0, dropped: {} }) {
    this.n = account.n;
    this.received = account.received;
    this.dropped = { ...account.dropped };
  }

  see(frame: Frame): void {
    if (frame.n === 0) return;
    // A hole in front of it was events for the most part; its gap record says how many identities.
    this.n = Math.max(this.n, frame.n);
    if (frame.kind === frameKinds.event) this.received += 1;
    if (frame.kind === frameKinds.gap) {
      const { gap } = events.telemetry.decode(frame.value);
      if (gap !== null) this.dropped[gap.reason] = (this.dropped[gap.reason] ?? 0) + gap.toN - gap.fromN + 1;
    }
  }

  get account(): LaneAccount {
    return { n: this.n, received: this.received, dropped: this.dropped };
  }
}

/**
 * A stretch is damaged, and what was there may have been acknowledged. As far as its frames still say who they are, in a way that fits the lane, those
 * identities are not given out again: the reader finds them missing and reports them.
 */
function claimIdentities(bytes: Buffer, from: number, to: number, lanes: readonly LaneScan[]): void {
  let at = from;
  while (at + frameHeaderBytes + 12 <= to && bytes.readUInt16LE(at) === frameMagic) {
    const body = at + frameHeaderBytes;
    const end = body + bytes.readUInt32LE(at + 2);
    // A frame that was being written is whole in no sense: it was not acknowledged.
    if (end > bytes.length) return;
    const lane = lanes[bytes.readUInt16LE(body + 2)];
    const n = bytes.readUIntLE(body + 4, 6);
    if (lane !== undefined && n === lane.n + 1) lane.n = n;
    at = end;
  }
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
    throw new FatalError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}

async function setAside(directory: string, file: string, number: number, bytes: number, logger: Logger): Promise<void> {
  const aside = join(directory, `${segmentName(number)}.corrupt`);
  await rename(file, aside);
  await syncDirectory(directory);
  logger.error({ file: aside, bytes }, "a spool segment has no readable header; it was set aside");
}
