import { backoff, QueueClosedError, type Logger } from "@headwater/service-kit";
import { open, unlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { DurableSink, RecordBatch } from "../intake/record-batch.ts";
import type { LanesState } from "../lanes/lanes.ts";
import type { SegmentFile } from "./recovery.ts";
import { encodeSegmentHeader, segmentName } from "./segment.ts";
import { syncDirectory } from "./sync-directory.ts";

export interface SpoolOptions {
  readonly directory: string;
  /** Bytes of all segments together; beyond it nothing more is taken until some are forwarded. */
  readonly maxBytes: number;
  /** A segment of more bytes is closed and the next one begun. */
  readonly segmentBytes: number;
  /** Committed bytes that are kept in memory for forwarding, which then need not be read again. */
  readonly memoryBytes: number;
  readonly logger: Logger;
  /** What recovery found. */
  readonly segments: readonly SegmentFile[];
}

/** A stretch of whole frames of one segment. */
export interface SpoolStretch {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/** A stretch that is still in memory, and the buffer that it lies in. */
interface KeptStretch extends SpoolStretch {
  readonly buffer: Buffer;
}

/**
 * Append-only segment files: one write and one fdatasync for each group commit. What is committed is offered to the forwarder from memory as
 * long as that keeps up, and from the files when it does not. Space comes back by unlinking segments that are forwarded as a whole.
 */
export class Spool implements DurableSink {
  readonly checksums = true;
  readonly #options: SpoolOptions;
  readonly #sizes = new Map<number, number>();
  #active = 0;
  #handle: FileHandle | undefined;
  #total = 0;
  #memory: KeptStretch[] = [];
  #memoryBytes = 0;
  #closed = false;
  #failing = false;
  onRoom?: () => void;
  onReleased?: (buffer: Buffer) => void;
  /** Called after every commit. */
  onCommit?: () => void;

  constructor(options: SpoolOptions) {
    this.#options = options;
    for (const { number, size } of options.segments) {
      this.#sizes.set(number, size);
      this.#total += size;
      this.#active = number;
    }
  }

  /** Begins a segment of its own for this process. */
  async start(state: LanesState): Promise<void> {
    await this.#begin(state);
  }

  get bytes(): number {
    return this.#total;
  }

  /** Whether the last write failed and is being repeated. */
  get failing(): boolean {
    return this.#failing;
  }

  get activeSegment(): number {
    return this.#active;
  }

  /** The segments from the oldest on. */
  get segments(): readonly number[] {
    return [...this.#sizes.keys()];
  }

  /** Where the durable bytes of a segment end; undefined if it is not there. */
  sizeOf(segment: number): number | undefined {
    return this.#sizes.get(segment);
  }

  fileOf(segment: number): string {
    return join(this.#options.directory, segmentName(segment));
  }

  hasRoom(bytes: number): boolean {
    return this.#total + bytes <= this.#options.maxBytes;
  }

  async write(batch: RecordBatch): Promise<void> {
    const { bytes } = batch;
    const pause = backoff({ maxMs: 2000 });
    for (;;) {
      if (this.#closed) throw new QueueClosedError("The spool is closed");
      try {
        const size = this.#sizes.get(this.#active)!;
        if (size + bytes.length > this.#options.segmentBytes && size > this.#options.segmentBytes / 16) {
          await this.#begin(batch.before);
        }
        const start = this.#sizes.get(this.#active)!;
        // On a repetition the same bytes go to the same place, so that a failed sync leaves nothing behind.
        await writeAll(this.#handle!, bytes, start);
        await this.#handle!.datasync();
        this.#sizes.set(this.#active, start + bytes.length);
        this.#total += bytes.length;
        this.#failing = false;
        this.#keep({
          segment: this.#active,
          start,
          end: start + bytes.length,
          bytes,
          buffer: batch.writer.bytes,
        });
        this.onCommit?.();
        return;
      } catch (error) {
        this.#failing = true;
        this.#options.logger.error({ err: error }, "the spool cannot be written; nothing is acknowledged until it can");
        await pause.wait();
      }
    }
  }

  /** The committed stretches of a segment from there on, as far as they are in memory, up to about so many bytes. */
  fromMemory(segment: number, offset: number, maxBytes: number): readonly SpoolStretch[] {
    const found: SpoolStretch[] = [];
    let bytes = 0;
    for (const kept of this.#memory) {
      if (kept.segment !== segment || kept.end <= offset) {
        if (found.length > 0) break;
        continue;
      }
      if (kept.start > offset && found.length === 0) break;
      const skip = Math.max(0, offset - kept.start);
      found.push(skip === 0 ? kept : { ...kept, start: offset, bytes: kept.bytes.subarray(skip) });
      bytes += kept.bytes.length;
      if (bytes >= maxBytes) break;
    }
    return found;
  }

  /** What lies before that place has landed: it is not read again. */
  forget(segment: number, offset: number): void {
    let count = 0;
    for (const kept of this.#memory) {
      if (kept.segment > segment || (kept.segment === segment && kept.end > offset)) break;
      this.#memoryBytes -= kept.bytes.length;
      this.onReleased?.(kept.buffer);
      count += 1;
    }
    if (count > 0) this.#memory.splice(0, count);
  }

  /** Where the bytes begin that are in memory, of that segment. */
  memoryStart(segment: number): number | undefined {
    const first = this.#memory[0];
    return first?.segment === segment ? first.start : undefined;
  }

  /** Everything before this segment is forwarded: its space comes back. */
  async release(segment: number): Promise<void> {
    let freed = false;
    for (const [number, size] of this.#sizes) {
      if (number >= segment || number === this.#active) break;
      await unlink(this.fileOf(number));
      this.#sizes.delete(number);
      this.#total -= size;
      freed = true;
    }
    if (freed) this.onRoom?.();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #keep(stretch: KeptStretch): void {
    const { length } = stretch.bytes;
    // A hole would hide what lies in it: after one, only files are read until the forwarder has caught up with what is here.
    const last = this.#memory.at(-1);
    const follows =
      last === undefined ||
      (last.segment === stretch.segment ? last.end === stretch.start : this.#follows(last, stretch));
    if (!follows || this.#memoryBytes + length > this.#options.memoryBytes) {
      this.onReleased?.(stretch.buffer);
      return;
    }
    this.#memory.push(stretch);
    this.#memoryBytes += length;
  }

  #follows(last: SpoolStretch, next: SpoolStretch): boolean {
    return last.segment === next.segment - 1 && last.end === this.#sizes.get(last.segment);
  }

  async #begin(state: LanesState): Promise<void> {
    const number = this.#active + 1;
    const header = encodeSegmentHeader(state);
    const handle = await open(this.fileOf(number), "w", 0o600);
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
    this.#sizes.set(number, header.length);
    this.#total += header.length;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    // oxlint-disable-next-line no-await-in-loop -- the rest of a short write
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
