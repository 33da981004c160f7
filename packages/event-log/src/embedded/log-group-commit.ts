import { HeadwaterError } from "@headwater/core";
import { LogUnavailableError, SomeRecordsRefusedError } from "../errors.ts";
import type { AppendedRange, OutgoingRecord } from "../event-log.ts";
import { partitionFor } from "../partitioner.ts";
import { BatchBuilder } from "./batch-builder.ts";
import type { Catalog, CatalogPartition, CommittedBatch } from "./catalog.ts";
import type { LogWorkerClient } from "./log-worker-client.ts";
import type { CommitPart, OffsetToKeep, WorkerRequests } from "./worker-protocol.ts";

interface PendingRange {
  readonly partition: CatalogPartition;
  /** Records of the same commit and partition that come before. */
  readonly from: number;
  count: number;
}

interface PendingAppend {
  readonly ranges: readonly PendingRange[];
  readonly refused: readonly number[];
  resolve(ranges: readonly AppendedRange[]): void;
  reject(error: unknown): void;
}

interface PendingOffset {
  readonly offset: OffsetToKeep;
  resolve(): void;
  reject(error: unknown): void;
}

type Landed = WorkerRequests["commit"]["out"];

/** The appends and offsets of one transaction to come. */
class Commit {
  readonly builders = new Map<number, BatchBuilder>();
  readonly appends: PendingAppend[] = [];
  readonly offsets: PendingOffset[] = [];
  bytes = 0;
}

/**
 * Everything that arrives while a commit is being made durable goes into the next one: one transaction and one message
 * to the worker, whatever the number of callers. Records are encoded as they arrive.
 */
export class LogGroupCommit {
  readonly #worker: LogWorkerClient;
  readonly #catalog: Catalog;
  readonly #limits: { readonly recordBytes: number; readonly commitBytes: number; readonly queuedBytes: number };
  readonly #queue: Commit[] = [];
  readonly #spareBuilders: BatchBuilder[] = [];
  #queuedBytes = 0;
  #committing: Promise<void> | undefined;
  #nextKeyless = 0;
  #lastTime: number;

  /** @param lastTime The append time of the last commit before. */
  constructor(worker: LogWorkerClient, catalog: Catalog, maxRecordBytes: number, lastTime: number) {
    this.#lastTime = lastTime;
    this.#worker = worker;
    this.#catalog = catalog;
    this.#limits = { recordBytes: maxRecordBytes, commitBytes: 8 * 1024 * 1024, queuedBytes: 256 * 1024 * 1024 };
  }

  /** The append time of the last commit. */
  get lastTime(): number {
    return this.#lastTime;
  }

  append(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
    const partitions = this.#catalog.topic(topic);
    if (records.length === 0) return Promise.resolve([]);
    if (this.#queuedBytes > this.#limits.queuedBytes) {
      return Promise.reject(
        new LogUnavailableError("more is being appended than the disk takes", { retryAfterMs: 100 }),
      );
    }
    const commit = this.#open();
    const before = commit.bytes;
    const ranges = new Map<CatalogPartition, PendingRange>();
    const refused: number[] = [];
    const keyless = this.#nextKeyless++ % partitions.length;
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      const { key, value } = record;
      const number = record.partition ?? (key === null ? keyless : partitionFor(key, partitions.length));
      const partition = partitions[number];
      const bytes = sizeOf(record);
      if (partition === undefined || bytes > this.#limits.recordBytes || (partition.compact && key === null)) {
        refused.push(i);
        continue;
      }
      const builder = this.#builderOf(commit, partition.id);
      let range = ranges.get(partition);
      if (range === undefined) {
        range = { partition, from: builder.count, count: 0 };
        ranges.set(partition, range);
      }
      builder.add(key, value, record.headers);
      range.count++;
      commit.bytes += bytes;
    }
    this.#queuedBytes += commit.bytes - before;
    return new Promise((resolve, reject) => {
      commit.appends.push({ ranges: [...ranges.values()], refused, resolve, reject });
      this.#start();
    });
  }

  keepOffset(offset: OffsetToKeep): Promise<void> {
    const commit = this.#open();
    return new Promise((resolve, reject) => {
      commit.offsets.push({ offset, resolve, reject });
      this.#start();
    });
  }

  /** Resolves when all that was handed over is settled. */
  async drain(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing;
  }

  /** The commit that still takes more. The first of the queue is on its way to the worker, unless nothing is. */
  #open(): Commit {
    const last = this.#queue.at(-1);
    if (last !== undefined && last.bytes < this.#limits.commitBytes) return last;
    const commit = new Commit();
    this.#queue.push(commit);
    return commit;
  }

  #builderOf(commit: Commit, id: number): BatchBuilder {
    let builder = commit.builders.get(id);
    if (builder === undefined) {
      builder = this.#spareBuilders.pop() ?? new BatchBuilder();
      commit.builders.set(id, builder);
    }
    return builder;
  }

  #start(): void {
    if (this.#committing !== undefined) return;
    // A turn later: callers that append in the same one share the commit.
    this.#committing = Promise.resolve()
      .then(() => this.#commitAll())
      .finally(() => {
        this.#committing = undefined;
        if (this.#queue.length > 0) this.#start();
      });
  }

  async #commitAll(): Promise<void> {
    for (let commit = this.#queue.shift(); commit !== undefined; commit = this.#queue.shift()) {
      await this.#commitOne(commit);
    }
  }

  async #commitOne(commit: Commit): Promise<void> {
    const { parts, buffer } = this.#assemble(commit);
    const offsets = commit.offsets.map(({ offset }) => offset);
    let landed: Landed;
    try {
      landed = await this.#worker.request("commit", { parts, offsets, buffer }, [buffer]);
    } catch (error) {
      this.#fail(commit, error);
      // The commits behind it have not landed, and could only land out of order.
      const behind = new LogUnavailableError("an append before this one failed", { cause: error });
      for (const waiting of this.#queue.splice(0)) this.#fail(waiting, isFinal(error) ? error : behind);
      return;
    }
    this.#settle(commit, parts, landed);
  }

  /** Apart from the request: what a listener throws is no failure of the commit. */
  #settle(commit: Commit, parts: readonly CommitPart[], { baseOffsets, lastTime, buffer }: Landed): void {
    this.#lastTime = lastTime;
    this.#queuedBytes -= commit.bytes;
    const bases = new Map(parts.map(({ id }, i) => [id, baseOffsets[i]!]));
    for (const { id, count } of parts) this.#catalog.byId(id).end = bases.get(id)! + count;
    for (const pending of commit.offsets) pending.resolve();
    for (const append of commit.appends) settle(append, bases);
    for (const part of parts) this.#catalog.appended(part.id, () => committedBatch(part, bases.get(part.id)!, buffer));
  }

  #fail(commit: Commit, error: unknown): void {
    this.#queuedBytes -= commit.bytes;
    for (const builder of commit.builders.values()) this.#spare(builder);
    for (const pending of [...commit.offsets, ...commit.appends]) pending.reject(error);
  }

  #spare(builder: BatchBuilder): void {
    builder.clear();
    if (this.#spareBuilders.length < 64) this.#spareBuilders.push(builder);
  }

  #assemble(commit: Commit): { parts: CommitPart[]; buffer: ArrayBuffer } {
    let total = 0;
    for (const builder of commit.builders.values()) total += builder.bytes;
    const buffer = new ArrayBuffer(total);
    const target = new Uint8Array(buffer);
    const parts: CommitPart[] = [];
    let at = 0;
    for (const [id, builder] of commit.builders) {
      const end = builder.copyTo(target, at);
      parts.push({ id, at, bytes: end - at, headerTableBytes: builder.headerTableBytes, count: builder.count });
      at = end;
      this.#spare(builder);
    }
    commit.builders.clear();
    return { parts, buffer };
  }
}

/** A part of a commit that is no larger than this, or not much larger than the part, is not copied out of it. */
const SHARED_COMMIT_BYTES = 64 * 1024;

/** Whoever holds on to a small batch of a large commit holds no more than the batch. */
function committedBatch({ at, bytes, count }: CommitPart, baseOffset: number, sealed: ArrayBuffer): CommittedBatch {
  const view = new Uint8Array(sealed, at, bytes);
  const isShared = sealed.byteLength <= SHARED_COMMIT_BYTES || bytes * 4 >= sealed.byteLength;
  return { bytes: isShared ? view : view.slice(), baseOffset, endOffset: baseOffset + count };
}

function settle(append: PendingAppend, bases: ReadonlyMap<number, number>): void {
  const landed = append.ranges.map(({ partition, from, count }) => ({
    topic: partition.topic,
    partition: partition.partition,
    baseOffset: bases.get(partition.id)! + from,
    count,
  }));
  if (append.refused.length === 0) append.resolve(landed);
  else {
    append.reject(
      new SomeRecordsRefusedError(
        "records too large, without the key that a compacted topic needs, or for a partition that is not there",
        append.refused,
        landed,
      ),
    );
  }
}

/** Whether no later append can land either. */
function isFinal(error: unknown): boolean {
  return error instanceof HeadwaterError && error.advice === "stop";
}

/** Bytes that a record takes, at most. */
function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = 16 + (value?.length ?? 0);
  // Three bytes a UTF-16 unit is the bound; exact only where it could decide.
  if (key !== null) bytes += typeof key === "string" && key.length > 1024 ? Buffer.byteLength(key) : key.length;
  if (headers !== undefined) for (const name in headers) bytes += name.length + headers[name]!.length;
  return bytes;
}
