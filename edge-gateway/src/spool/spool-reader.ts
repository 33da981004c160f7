import { DecodeError, type Logger } from "@headwater/service-kit";
import { open, writeFile } from "node:fs/promises";
import { findFrame, maxFrameBody, readFrame, type Frame } from "./frame.ts";
import type { SpoolPosition } from "./position-file.ts";
import type { LostRange } from "./recovery.ts";
import { decodeSegmentHeader } from "./segment.ts";
import type { Spool } from "./spool.ts";

export interface SpoolReaderOptions {
  readonly spool: Spool;
  readonly partitions: number;
  readonly logger: Logger;
  /** Where an earlier process stopped; undefined: from the oldest record on. */
  readonly from: SpoolPosition | undefined;
  /** How much is read at once; at least `leastReadBytes`. */
  readonly maxBytes: number;
}

/** The next records to forward. */
export interface SpoolStep {
  readonly frames: readonly Frame[];
  /** Identities that a corrupt stretch took with it. */
  readonly lost: readonly LostRange[];
  /** Where to go on once all of it has landed. */
  readonly next: SpoolPosition;
}

/** A header is no larger for any number of partitions that is allowed. */
const headerBytes = 1024 * 1024 + 64;

/**
 * Reads the spool in order, from memory where the bytes still are, else from the files, checksums and the density of every lane checked. A corrupt
 * stretch is copied to a file of its own, and what it took is named by the numbers around it.
 */
export class SpoolReader {
  readonly #options: SpoolReaderOptions;
  #segment = 0;
  #offset = 0;
  /** Last n seen of each lane; undefined: none yet, and any n is right. */
  #lanes: (number | undefined)[];
  #headerRead = false;

  constructor(options: SpoolReaderOptions) {
    this.#options = options;
    const { from, spool } = options;
    this.#lanes = Array.from({ length: options.partitions }, (_, partition) => from?.lanes[partition]);
    if (from !== undefined && spool.sizeOf(from.segment) !== undefined) {
      this.#segment = from.segment;
      this.#offset = from.offset;
      this.#headerRead = true;
    }
  }

  /** undefined: everything durable has been read. Reading it again gives the same until `advance`. */
  async next(): Promise<SpoolStep | undefined> {
    const { spool, maxBytes } = this.#options;
    const lost: LostRange[] = [];
    let at = { segment: this.#segment, offset: this.#offset, headerRead: this.#headerRead };
    const lanes = [...this.#lanes];
    for (;;) {
      const size = spool.sizeOf(at.segment);
      if (size === undefined || (at.headerRead && at.offset >= size)) {
        const following = spool.segments.find((number) => number > at.segment);
        if (following === undefined) return lost.length === 0 ? undefined : this.#step([], lost, at, lanes);
        at = { segment: following, offset: 0, headerRead: false };
        continue;
      }
      if (!at.headerRead) {
        // oxlint-disable-next-line no-await-in-loop -- in order
        at = { segment: at.segment, offset: await this.#readHeader(at.segment, size, lanes, lost), headerRead: true };
        continue;
      }
      const kept = spool.fromMemory(at.segment, at.offset, maxBytes);
      if (kept.length > 0) {
        const frames: Frame[] = [];
        for (const { bytes } of kept) this.#parse(bytes, false, frames, lanes, lost);
        return this.#step(frames, lost, { ...at, offset: kept.at(-1)!.end }, lanes);
      }
      const limit = spool.memoryStart(at.segment) ?? size;
      // oxlint-disable-next-line no-await-in-loop -- in order
      const bytes = await readPart(spool.fileOf(at.segment), at.offset, Math.min(maxBytes, limit - at.offset));
      const frames: Frame[] = [];
      const end = this.#parse(bytes, true, frames, lanes, lost);
      if (end > 0) return this.#step(frames, lost, { ...at, offset: at.offset + end }, lanes);
      // oxlint-disable-next-line no-await-in-loop -- in order
      at = { ...at, offset: await this.#skipCorrupt(at.segment, at.offset, limit) };
    }
  }

  /** What `next` answered with has landed. */
  advance({ next }: SpoolStep): void {
    this.#segment = next.segment;
    this.#offset = next.offset;
    this.#headerRead = true;
    this.#lanes = [...next.lanes];
    this.#options.spool.forget(next.segment, next.offset);
  }

  get position(): SpoolPosition {
    return { segment: this.#segment, offset: this.#offset, lanes: this.#lanes.map((n) => n ?? 0) };
  }

  #step(
    frames: readonly Frame[],
    lost: readonly LostRange[],
    at: { segment: number; offset: number },
    lanes: readonly (number | undefined)[],
  ): SpoolStep {
    return { frames, lost, next: { segment: at.segment, offset: at.offset, lanes: lanes.map((n) => n ?? 0) } };
  }

  /** Adds the frames to `frames` and answers where the first one begins that is not whole. */
  #parse(bytes: Buffer, checksum: boolean, frames: Frame[], lanes: (number | undefined)[], lost: LostRange[]): number {
    let at = 0;
    while (at < bytes.length) {
      const frame = readFrame(bytes, at, checksum);
      if (typeof frame === "string") break;
      if (frame.n > 0) {
        const last = lanes[frame.partition];
        if (last !== undefined && frame.n > last + 1)
          lost.push({ partition: frame.partition, from: last + 1, to: frame.n - 1 });
        lanes[frame.partition] = frame.n;
      }
      frames.push(frame);
      at = frame.end;
    }
    return at;
  }

  /** Where the segment's first frame begins. What lies between the lanes as we left them and as the header has them is gone. */
  async #readHeader(segment: number, size: number, lanes: (number | undefined)[], lost: LostRange[]): Promise<number> {
    const bytes = await readPart(this.#options.spool.fileOf(segment), 0, Math.min(size, headerBytes));
    try {
      const { state, length } = decodeSegmentHeader(bytes);
      lanes.forEach((last, partition) => {
        const n = state.lanes[partition]?.n ?? 0;
        if (last !== undefined && n > last) lost.push({ partition, from: last + 1, to: n });
        lanes[partition] = Math.max(n, last ?? 0);
      });
      return length;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#options.logger.error(
        { err: error, segment },
        "a spool segment has a corrupt header; its frames are looked for",
      );
      return this.#skipCorrupt(segment, 0, size);
    }
  }

  /** Keeps the corrupt bytes for inspection and answers where the next sound frame begins, or `limit`. */
  async #skipCorrupt(segment: number, offset: number, limit: number): Promise<number> {
    const { spool, logger } = this.#options;
    const file = spool.fileOf(segment);
    // A sound frame may be larger than what was read at once.
    const rest = await readPart(file, offset, limit - offset);
    const first = readFrame(rest, 0, true);
    const found = typeof first === "object" ? 0 : findFrame(rest, 1);
    const skipped = found ?? rest.length;
    if (skipped === 0) return offset;
    await writeFile(`${file}.${offset}.corrupt`, rest.subarray(0, skipped), { mode: 0o600 });
    logger.error({ file, offset, bytes: skipped }, "a stretch of the spool is corrupt; it was copied and passed over");
    return offset + skipped;
  }
}

/** Larger than any frame, so that a whole one is always among what is read. */
export const leastReadBytes = maxFrameBody + 1024;

async function readPart(file: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const bytes = Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      // oxlint-disable-next-line no-await-in-loop -- the rest of a short read
      const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
}
