import type { PartitionBuffer } from "../delivery/partition-buffer.ts";
import type { Logger } from "@headwater/core";
import type { Catalog, CatalogPartition } from "./catalog.ts";
import { BatchCursor } from "./record-batch.ts";
import type { WorkerClient } from "./worker-client.ts";
import type { FetchAnswer, Wanted } from "./worker-protocol.ts";

const PARTITION_BYTES = 512 * 1024;
/** Per fetch: the worker appends nothing meanwhile, so not more than it reads in a few milliseconds. */
const FETCH_BYTES = 2 * 1024 * 1024;
/** A partition with this much waiting is not fetched for. */
const BUFFERED_BYTES = 1024 * 1024;

export interface FetchTarget {
  buffers(): readonly PartitionBuffer[];
  /** Something was put into the buffers. */
  delivered(): void;
  fail(error: unknown): void;
}

/** Keeps the buffers of one consumer filled. Woken by appends and by room, it never polls. */
export class FetchLoop {
  readonly #worker: WorkerClient;
  readonly #catalog: Catalog;
  readonly #target: FetchTarget;
  readonly #logger: Logger;
  readonly #forget: () => void;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #firstOf = 0;

  constructor(worker: WorkerClient, catalog: Catalog, target: FetchTarget, logger: Logger) {
    this.#worker = worker;
    this.#catalog = catalog;
    this.#target = target;
    this.#logger = logger;
    this.#forget = catalog.onAppended(() => this.wake());
  }

  wake(): void {
    this.#again = true;
    if (this.#running !== undefined || this.#stopped) return;
    this.#running = this.#fetchAll()
      .catch((error: unknown) => this.#target.fail(error))
      .finally(() => {
        this.#running = undefined;
        if (this.#again) this.wake();
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#forget();
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

  #wanted(): Map<PartitionBuffer, Wanted> {
    const wanted = new Map<PartitionBuffer, Wanted>();
    const buffers = this.#target.buffers();
    // Another first one each time: the bytes of a fetch may not reach for all.
    this.#firstOf = buffers.length === 0 ? 0 : (this.#firstOf + 1) % buffers.length;
    for (const buffer of [...buffers.slice(this.#firstOf), ...buffers.slice(0, this.#firstOf)]) {
      const { id, end } = this.#catalog.partition(buffer.topic, buffer.partition);
      if (buffer.bytes >= BUFFERED_BYTES || buffer.fetchOffset >= end) continue;
      wanted.set(buffer, { id, offset: buffer.fetchOffset, maxBytes: PARTITION_BYTES });
    }
    return wanted;
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
