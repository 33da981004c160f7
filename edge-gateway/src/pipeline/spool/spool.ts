import { backoff, QueueClosedError, syncDirectory, type Logger } from "@headwater/core";
import { writeSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { reserveBytes, type DurableSink } from "../frame/durable-sink.ts";
import type { FrameBatch } from "../frame/frame-batch.ts";
import { WritePace } from "../frame/write-pace.ts";
import type { LanesState } from "../lanes/lanes.ts";
import { RecentRanges, type BufferedRange } from "./recent-ranges.ts";
import { SegmentFiles, type SegmentFile } from "./segment-files.ts";
import { encodeSegmentHeader } from "./segment.ts";

export interface SpoolOptions {
  readonly directory: string;
  /** Bytes of all segments that wait for the log together. */
  readonly maxBytes: number;
  /** Whether it goes on beyond that, by as much as the gateway's own records may, while somebody makes room. */
  readonly makesRoom: boolean;
  /** A segment of more bytes is closed and the next one begun. */
  readonly segmentBytes: number;
  /** As is one that was begun so long ago (milliseconds). */
  readonly segmentMs: number;
  /** Committed bytes that are kept in memory for forwarding, which then need not be read again. */
  readonly memoryBytes: number;
  /** Whether a batch that nobody waits for is synced all the same. */
  readonly syncAll: boolean;
  readonly logger: Logger;
  /** The segments that recovery found. */
  readonly segments: readonly SegmentFile[];
  /** The newest segment that an earlier process told of; new ones follow it even if it is gone. */
  readonly newestKnown: number;
  /** Of the checksums of frames: `spoolSeed`. */
  readonly seed: number;
}

/** Batches without a synced record are synced at the latest after so long (milliseconds). */
const lazySyncMs = 100;
/** A batch of no more bytes is written at once; a larger one would hold up the connections for too long. */
const atOnceBytes = 64 * 1024;

/**
 * Append-only segment files: one write and one fdatasync for each group commit. What is committed is offered to the
 * forwarder from memory as long as that keeps up, and from the files when it does not. Space comes back by unlinking
 * segments that are forwarded as a whole. Nothing is offered before it is synced: an identity that a power loss takes
 * back has been seen by nobody and is given out anew.
 */
export class Spool implements DurableSink {
  readonly format = "bytes";
  readonly seed: number;
  readonly files: SegmentFiles;
  readonly recent: RecentRanges;
  readonly #options: SpoolOptions;
  readonly #pace = new WritePace();
  #active = 0;
  #activeSince = 0;
  #handle: FileHandle | undefined;
  /** Written and not synced, oldest first. */
  #unsynced: BufferedRange[] = [];
  #syncTimer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #durableLanes: readonly number[] = [];
  #closed = false;
  #failing = false;
  onRoom?: () => void;
  onReleased?: (buffer: Buffer) => void;
  /** Called after every commit. */
  onCommit?: () => void;
  /** Called after a commit that left more on disk than there should be. */
  onPressure?: () => void;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.files = new SegmentFiles(options.directory, options.segments, options.seed);
    this.seed = options.seed;
    this.recent = new RecentRanges(options.memoryBytes, (buffer) => this.onReleased?.(buffer));
    this.#active = Math.max(options.segments.at(-1)?.number ?? 0, options.newestKnown);
  }

  /** Begins a segment of its own for this process. */
  async start(state: LanesState): Promise<void> {
    await this.#begin(state);
  }

  get directory(): string {
    return this.#options.directory;
  }

  /** On disk. */
  get bytes(): number {
    return this.files.bytes + this.#unsyncedBytes;
  }

  get waitingBytes(): number {
    return this.files.waitingBytes + this.#unsyncedBytes;
  }

  /** Whether more waits than should. */
  get isFull(): boolean {
    return this.waitingBytes > this.#options.maxBytes;
  }

  /** Whether the last write failed and is being repeated. */
  get failing(): boolean {
    return this.#failing;
  }

  get activeSegment(): number {
    return this.#active;
  }

  /** The last n of each lane that is known to be durable; may lag by a commit. */
  get durableLanes(): readonly number[] {
    return this.#durableLanes;
  }

  /** Whether the next commit begins a segment for its age. */
  get isOld(): boolean {
    return performance.now() - this.#activeSince > this.#options.segmentMs;
  }

  hasRoom(bytes: number): boolean {
    const { maxBytes, makesRoom } = this.#options;
    return this.waitingBytes + bytes <= maxBytes + (makesRoom ? reserveBytes : 0);
  }

  write(batch: FrameBatch): Promise<void> {
    return this.#inTurn(() => this.#write(batch));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#syncTimer);
    await this.#inTurn(async () => {
      if (this.#unsynced.length > 0 && !this.#failing) await this.#sync();
      await this.#handle?.close();
      this.#handle = undefined;
    });
  }

  get #unsyncedBytes(): number {
    let bytes = 0;
    for (const range of this.#unsynced) bytes += range.bytes.length;
    return bytes;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    // Whoever asked is told of the failure; the next one begins all the same.
    this.#turn = done.catch(() => {});
    return done;
  }

  async #write(batch: FrameBatch): Promise<void> {
    const { bytes } = batch;
    if (this.#unsynced.length === 0) this.#durableLanes = batch.before.lanes.map(({ n }) => n);
    await this.#repeating(async () => {
      if (this.#isDue(bytes.length)) await this.#begin(batch.before);
      const start = this.#end;
      // On a repetition the same bytes go to the same place, so that a failed write leaves nothing behind.
      const began = performance.now();
      if (bytes.length <= atOnceBytes && !this.#pace.isSlow(began)) {
        writeAtOnce(this.#handle!.fd, bytes, start);
        this.#pace.wrote(began, performance.now());
      } else await writeAll(this.#handle!, bytes, start);
      const range = { segment: this.#active, start, end: start + bytes.length, bytes, buffer: batch.writer.bytes };
      if (batch.mustSync || this.#options.syncAll) await this.#sync(range);
      else {
        this.#unsynced.push(range);
        this.#syncTimer ??= setTimeout(() => this.#syncLater(), lazySyncMs);
      }
    });
    while (this.bytes > this.#options.maxBytes) if (!(await this.files.removeKept())) break;
    if (this.isFull) this.onPressure?.();
  }

  async #repeating(act: () => Promise<void>): Promise<void> {
    const pause = backoff({ maxMs: 2000 });
    for (;;) {
      if (this.#closed) throw new QueueClosedError("The spool is closed");
      try {
        await act();
        this.#failing = false;
        return;
      } catch (error) {
        this.#failing = true;
        this.#options.logger.error({ err: error }, "the spool cannot be written; nothing is acknowledged until it can");
        await pause.wait();
      }
    }
  }

  #syncLater(): void {
    this.#inTurn(async () => {
      this.#syncTimer = undefined;
      if (this.#unsynced.length > 0) await this.#repeating(() => this.#sync());
    }).catch((error: unknown) => {
      // Closing syncs the rest.
      if (!(error instanceof QueueClosedError))
        this.#options.logger.error({ err: error }, "a sync of the spool failed");
    });
  }

  /** Syncs all that was written, `last` included, and offers it to the forwarder. */
  async #sync(last?: BufferedRange): Promise<void> {
    // After a failed sync the system may have forgotten its dirty pages: the bytes are written again.
    if (this.#failing) for (const { bytes, start } of this.#unsynced) await writeAll(this.#handle!, bytes, start);
    await this.#handle!.datasync();
    const ranges = last === undefined ? this.#unsynced : [...this.#unsynced, last];
    this.#unsynced = [];
    for (const range of ranges) {
      this.recent.keep(range, range.start === this.#headerBytes);
      this.files.set(range.segment, range.end);
    }
    this.onCommit?.();
  }

  #headerBytes = 0;

  /** Where the next batch goes. */
  get #end(): number {
    return this.#unsynced.at(-1)?.end ?? this.files.sizeOf(this.#active)!;
  }

  #isDue(bytes: number): boolean {
    const size = this.#end;
    const { segmentBytes } = this.#options;
    return (size + bytes > segmentBytes && size > segmentBytes / 16) || (this.isOld && size > this.#headerBytes);
  }

  async #begin(state: LanesState): Promise<void> {
    if (this.#unsynced.length > 0) await this.#sync();
    const number = this.#active + 1;
    const header = encodeSegmentHeader(state, this.seed);
    const handle = await open(this.files.fileOf(number), "w", 0o600);
    try {
      await writeAll(handle, header, 0);
      await handle.datasync();
      await syncDirectory(this.#options.directory);
    } catch (error) {
      await handle.close();
      throw error;
    }
    await this.#handle?.close();
    this.#handle = handle;
    this.#active = number;
    this.#activeSince = performance.now();
    this.#headerBytes = header.length;
    this.files.begin(number, header.length, this.seed);
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function writeAtOnce(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}
