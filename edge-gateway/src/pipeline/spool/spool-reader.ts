import { DecodeError, type Logger } from "@headwater/core";
import { holds, without, type Range } from "../lanes/lane.ts";
import { maxFrameBody, readFrame, type Frame } from "../frame/frame.ts";
import { copyCorrupt } from "./copy-corrupt.ts";
import type { SpoolPlace, SpoolPosition } from "./position-file.ts";
import { readPart } from "./read-part.ts";
import type { LostRange } from "./recovery.ts";
import { decodeSegmentHeader, mostHeaderBytes } from "./segment.ts";
import type { Spool } from "./spool.ts";

export interface SpoolReaderOptions {
  readonly spool: Spool;
  readonly partitions: number;
  readonly logger: Logger;
  /** Where an earlier process stopped; undefined: from the oldest record on. */
  readonly from: SpoolPosition | undefined;
  /** How much is read at once; at least `leastReadBytes`. */
  readonly maxBytes: number;
  /** Identities of a lane that are on record as given up. */
  readonly gapsOf: (partition: number) => readonly Range[];
}

interface LanesRead {
  epoch: number;
  /** Last n seen of each lane; undefined: none yet, and any n is right. */
  readonly n: (number | undefined)[];
}

/** The next records to forward. */
export interface SpoolStep {
  readonly frames: readonly Frame[];
  /** Identities that a corrupt range took with it. */
  readonly lost: readonly LostRange[];
  readonly start: SpoolPlace;
  /** Where to go on. */
  readonly end: SpoolPlace;
  readonly lanes: LanesRead;
}

/**
 * Reads the spool in order, from memory where the bytes still are, else from the files, checksums and the density of
 * every lane checked. A corrupt range is copied to a file of its own, and what it took is named by the numbers around
 * it. What was given up, or was sent before the process began, is passed over.
 */
export class SpoolReader {
  readonly #options: SpoolReaderOptions;
  #place: SpoolPlace = { segment: 0, offset: 0 };
  #headerRead = false;
  #lanes: LanesRead;

  constructor(options: SpoolReaderOptions) {
    this.#options = options;
    const { from, spool } = options;
    this.#lanes = {
      epoch: from?.epoch ?? 0,
      n: Array.from({ length: options.partitions }, (_, partition) => from?.lanes[partition]),
    };
    if (from !== undefined && spool.files.sizeOf(from.segment) !== undefined) {
      this.#place = { segment: from.segment, offset: from.offset };
      this.#headerRead = from.offset > 0;
    } else if (from !== undefined) this.#place = { segment: from.segment, offset: Number.MAX_SAFE_INTEGER };
  }

  /** undefined: everything durable has been read. Reading it again gives the same until `advance`. */
  async next(): Promise<SpoolStep | undefined> {
    const { spool, maxBytes } = this.#options;
    const { files, recent } = spool;
    const lost: LostRange[] = [];
    const start = this.#place;
    let at = { ...start, headerRead: this.#headerRead };
    const lanes: LanesRead = { epoch: this.#lanes.epoch, n: [...this.#lanes.n] };
    const step = (frames: readonly Frame[], { segment, offset }: SpoolPlace): SpoolStep => ({
      frames,
      lost,
      start,
      end: { segment, offset },
      lanes,
    });
    for (;;) {
      const size = files.sizeOf(at.segment);
      if (size === undefined || (at.headerRead && at.offset >= size)) {
        const following = files.after(at.segment);
        if (following === undefined) return lost.length === 0 ? undefined : step([], at);
        at = { segment: following, offset: 0, headerRead: false };
        continue;
      }
      try {
        if (!at.headerRead) {
          at = { segment: at.segment, offset: await this.#readHeader(at.segment, size, lanes, lost), headerRead: true };
          continue;
        }
        const kept = recent.from(at.segment, at.offset, maxBytes);
        if (kept.length > 0) {
          const frames: Frame[] = [];
          for (const { bytes } of kept) this.#parse(bytes, undefined, frames, lanes, lost);
          return step(frames, { segment: at.segment, offset: kept.at(-1)!.end });
        }
        const limit = recent.startOf(at.segment) ?? size;
        const bytes = await readPart(files.fileOf(at.segment), at.offset, Math.min(maxBytes, limit - at.offset));
        const frames: Frame[] = [];
        const end = this.#parse(bytes, await files.seedOf(at.segment), frames, lanes, lost);
        if (end > 0) return step(frames, { segment: at.segment, offset: at.offset + end });
        at = { ...at, offset: await this.#skipCorrupt(at.segment, at.offset, limit) };
      } catch (error) {
        // It was removed meanwhile to make room.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT" || files.sizeOf(at.segment) !== undefined) throw error;
      }
    }
  }

  /** Goes on behind the step that `next` answered with. `free`: nobody holds its bytes any more. */
  advance({ end, lanes }: SpoolStep, free: boolean): void {
    this.#place = end;
    this.#headerRead = true;
    this.#lanes = lanes;
    this.#options.spool.recent.forget(end.segment, end.offset, free);
  }

  get place(): SpoolPlace {
    return this.#place;
  }

  get epoch(): number {
    return this.#lanes.epoch;
  }

  /** The last n of each lane that was passed. */
  get lanes(): readonly number[] {
    return this.#lanes.n.map((n) => n ?? 0);
  }

  /** Adds the frames to `frames` and answers where the first one begins that is not whole. */
  #parse(bytes: Buffer, seed: number | undefined, frames: Frame[], lanes: LanesRead, lost: LostRange[]): number {
    const { gapsOf } = this.#options;
    let at = 0;
    while (at < bytes.length) {
      const frame = readFrame(bytes, at, seed);
      if (typeof frame === "string") break;
      at = frame.end;
      const { n, partition } = frame;
      if (n > 0) {
        const last = lanes.n[partition];
        if (last !== undefined && n <= last) continue;
        if (last !== undefined && n > last + 1) this.#lose(lanes, partition, [last + 1, n - 1], lost);
        lanes.n[partition] = n;
        const gaps = gapsOf(partition);
        if (gaps.length > 0 && holds(gaps, n)) continue;
      }
      frames.push(frame);
    }
    return at;
  }

  /**
   * Where the segment's first frame begins. What lies between the lanes as we left them and as the header has them is
   * gone.
   */
  async #readHeader(segment: number, size: number, lanes: LanesRead, lost: LostRange[]): Promise<number> {
    const { spool, logger } = this.#options;
    const bytes = await readPart(spool.files.fileOf(segment), 0, Math.min(size, mostHeaderBytes));
    try {
      const { state, length } = decodeSegmentHeader(bytes);
      if (state.epoch !== lanes.epoch) {
        lanes.epoch = state.epoch;
        lanes.n.fill(undefined);
      }
      lanes.n.forEach((last, partition) => {
        const n = state.lanes[partition]?.n ?? 0;
        if (last !== undefined && n > last) this.#lose(lanes, partition, [last + 1, n], lost);
        lanes.n[partition] = Math.max(n, last ?? 0);
      });
      return length;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      logger.error({ err: error, segment }, "a spool segment has a corrupt header; its frames are looked for");
      return this.#skipCorrupt(segment, 0, size);
    }
  }

  /** Identities that a gap record names already are not named again. */
  #lose({ epoch }: LanesRead, partition: number, range: Range, lost: LostRange[]): void {
    for (const [from, to] of without(range, this.#options.gapsOf(partition))) lost.push({ epoch, partition, from, to });
  }

  /** Keeps the corrupt bytes for inspection and answers where the next sound frame begins, or `limit`. */
  async #skipCorrupt(segment: number, offset: number, limit: number): Promise<number> {
    const { spool, logger } = this.#options;
    const file = spool.files.fileOf(segment);
    // A sound frame may be larger than one read.
    const seed = await spool.files.seedOf(segment);
    if (typeof readFrame(await readPart(file, offset, Math.min(leastReadBytes, limit - offset)), 0, seed) === "object")
      return offset;
    const end = await copyCorrupt(file, offset, limit, seed);
    if (end > offset) {
      logger.error(
        { file, offset, bytes: end - offset },
        "a range of the spool is corrupt; it was copied and passed over",
      );
    }
    return end;
  }
}

/** Larger than any frame, so that a whole one is always among what is read. */
export const leastReadBytes = maxFrameBody + 1024;
