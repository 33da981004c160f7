import type { PartitionBuffer } from "../delivery/partition-buffer.ts";
import type { Logger } from "@headwater/core";
import type { Catalog, CatalogPartition, CommittedBatch } from "./catalog.ts";
import { BatchCursor } from "./record-batch.ts";
import type { LogWorkerClient } from "./log-worker-client.ts";
import type { FetchAnswer, Wanted } from "./worker-protocol.ts";

const PARTITION_BYTES = 512 * 1024;
/** Per fetch: the worker appends nothing meanwhile, so not more than it reads in a few milliseconds. */
const FETCH_BYTES = 2 * 1024 * 1024;
/** A partition with this much waiting is not fetched for. */
const BUFFERED_BYTES = 1024 * 1024;
/** Nor does it get batches as they are committed with so many waiting, each of which may hold a commit of 64 KiB. */
const WAITING_BATCHES = 16;

export interface FetchTarget {
  /** The same array as long as the buffers are the same. */
  buffers(): readonly PartitionBuffer[];
  /** Something was put into the buffers. */
  delivered(): void;
  fail(error: unknown): void;
}

/** A buffer and the partition that fills it. */
interface Source {
  readonly buffer: PartitionBuffer;
  readonly partition: CatalogPartition;
}

/**
 * Keeps the buffers of one consumer filled. Woken by appends to its partitions and by room, it never polls. A consumer
 * that is at the end of a partition gets the next batch as it was committed: asking the worker for it would take a turn
 * behind the commits that are queued there, each of which waits for the disk.
 */
export class FetchLoop {
  readonly #worker: LogWorkerClient;
  readonly #catalog: Catalog;
  readonly #target: FetchTarget;
  readonly #logger: Logger;
  /** The buffers as of the last look, and their partitions. */
  #buffers: readonly PartitionBuffer[] = [];
  #sources: readonly Source[] = [];
  readonly #bufferOf = new Map<number, PartitionBuffer>();
  #delivering: NodeJS.Immediate | undefined;
  #stopListening: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #firstOf = 0;

  constructor(worker: LogWorkerClient, catalog: Catalog, target: FetchTarget, logger: Logger) {
    this.#worker = worker;
    this.#catalog = catalog;
    this.#target = target;
    this.#logger = logger;
  }

  wake(): void {
    this.#again = true;
    if (this.#running !== undefined || this.#stopped || !this.#isBehind()) return;
    this.#running = this.#fetchAll()
      .catch((error: unknown) => this.#target.fail(error))
      .finally(() => {
        this.#running = undefined;
        if (this.#again) this.wake();
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearImmediate(this.#delivering);
    this.#stopListening?.();
    await this.#running;
  }

  async #fetchAll(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const wanted = this.#wanted();
      if (wanted.size === 0) return;
      const answer = await this.#worker.request("fetch", { wanted: [...wanted.values()], maxBytes: FETCH_BYTES });
      if (this.#stopped) return;
      this.#distribute(answer, [...wanted.keys()]);
      // Whether there is more is known only by looking.
      this.#again = true;
      this.#target.delivered();
    }
  }

  /**
   * A batch was committed. A consumer whose handler is at work has it as soon as that is through; one that is far
   * behind reads it from the database in its own time.
   */
  #appended(id: number, { bytes, baseOffset, endOffset }: CommittedBatch): void {
    const buffer = this.#bufferOf.get(id)!;
    const isNext = buffer.fetchOffset === baseOffset && this.#target.buffers() === this.#buffers;
    const hasRoom = buffer.batches < WAITING_BATCHES && buffer.bytes < BUFFERED_BYTES;
    if (this.#running !== undefined || this.#stopped || !isNext || !hasRoom) {
      this.wake();
      return;
    }
    buffer.push(new BatchCursor(bytes, endOffset, baseOffset), endOffset);
    // Not now: whoever appended it hears of it first.
    this.#delivering ??= setImmediate(() => {
      this.#delivering = undefined;
      this.#target.delivered();
    });
  }

  #isBehind(): boolean {
    return this.#currentSources().some(wants);
  }

  #wanted(): Map<PartitionBuffer, Wanted> {
    const wanted = new Map<PartitionBuffer, Wanted>();
    const sources = this.#currentSources();
    // Another first one each time: the bytes of a fetch may not reach for all.
    this.#firstOf += 1;
    for (let i = 0; i < sources.length; i += 1) {
      const source = sources[(this.#firstOf + i) % sources.length]!;
      if (!wants(source)) continue;
      const { buffer, partition } = source;
      wanted.set(buffer, { id: partition.id, offset: buffer.fetchOffset, maxBytes: PARTITION_BYTES });
    }
    return wanted;
  }

  /** Partitions come and go with the assignments of a group; only then are they looked up and listened to anew. */
  #currentSources(): readonly Source[] {
    const buffers = this.#target.buffers();
    if (buffers === this.#buffers) return this.#sources;
    this.#stopListening?.();
    this.#buffers = buffers;
    this.#sources = buffers.map((buffer) => ({
      buffer,
      partition: this.#catalog.partition(buffer.topic, buffer.partition),
    }));
    this.#bufferOf.clear();
    for (const { buffer, partition } of this.#sources) this.#bufferOf.set(partition.id, buffer);
    const partitions = this.#sources.map(({ partition }) => partition);
    this.#stopListening = this.#catalog.onAppended(partitions, (id, batch) => this.#appended(id, batch));
    return this.#sources;
  }

  #distribute({ partitions, buffer: bytes }: FetchAnswer, buffers: readonly PartitionBuffer[]): void {
    partitions.forEach(({ id, start, end, batches }, i) => {
      const buffer = buffers[i]!;
      if (start > buffer.fetchOffset) this.#reportGap(this.#catalog.byId(id), buffer.fetchOffset, start);
      for (const { at, bytes: length, endOffset } of batches) {
        const batch = new Uint8Array(bytes, at, length);
        buffer.push(new BatchCursor(batch, endOffset, buffer.fetchOffset), end);
      }
      if (batches.length === 0) buffer.skipTo(start);
    });
  }

  #reportGap({ topic, partition }: CatalogPartition, wanted: number, start: number): void {
    this.#logger.warn(
      { topic, partition, wanted, start, missed: start - wanted },
      "retention removed records before they were read; going on with the earliest",
    );
  }
}

/** Whether there is more to read, and room for it. */
function wants({ buffer, partition }: Source): boolean {
  return buffer.bytes < BUFFERED_BYTES && buffer.fetchOffset < partition.end;
}
