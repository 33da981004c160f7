import { type HeadwaterError } from "@headwater/core";
import { LogUnavailableError } from "../errors.ts";
import type { OutgoingRecord } from "../event-log.ts";
import { newPartitionQueue, type PartitionQueue } from "./partition-queue.ts";
import { PendingBatch } from "./pending-batch.ts";
import { boundOfRecord } from "./record-batch-encoder.ts";

/** The records that were handed over and are not settled: a queue of batches a partition, in the order of the calls. */
export class ProducerQueues {
  readonly #batchBytes: number;
  readonly #byTopic = new Map<string, PartitionQueue[]>();
  readonly #waiting = new Set<PartitionQueue>();
  #bytes = 0;

  /** `batchBytes`: the size at which a batch is closed. */
  constructor(batchBytes: number) {
    this.#batchBytes = batchBytes;
  }

  /** Of all batches, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Queues with batches; the first one has waited longest. */
  get waiting(): ReadonlySet<PartitionQueue> {
    return this.#waiting;
  }

  /** By partition. */
  of(topic: string, partitions: number): readonly PartitionQueue[] {
    let queues = this.#byTopic.get(topic);
    if (queues === undefined) {
      queues = Array.from({ length: partitions }, (_, partition) => newPartitionQueue(topic, partition));
      this.#byTopic.set(topic, queues);
    }
    return queues;
  }

  /** The last batch of the queue, or a new one if that is under way or would grow too large. */
  openBatch(queue: PartitionQueue, record: OutgoingRecord, deadline: number): PendingBatch {
    const bytes = boundOfRecord(record);
    this.#bytes += bytes;
    const last = queue.batches.at(-1);
    if (last !== undefined && !last.isSealed && last.bytes + bytes <= this.#batchBytes) {
      last.bound += bytes;
      return last;
    }
    const batch = new PendingBatch(queue.topic, queue.partition, deadline);
    batch.bound = bytes;
    queue.batches.push(batch);
    this.#waiting.add(queue);
    return batch;
  }

  /** Removes the first batch, for its owner to settle. */
  take(queue: PartitionQueue): PendingBatch {
    const batch = queue.batches.shift()!;
    this.#bytes -= batch.bound;
    if (queue.batches.length === 0) this.#waiting.delete(queue);
    return batch;
  }

  /** Behind all other waiting queues: one request may not have room for the batches of all. */
  moveToEnd(queue: PartitionQueue): void {
    this.#waiting.delete(queue);
    this.#waiting.add(queue);
  }

  /** The broker takes none of the first batch: its halves are tried by themselves, a single record is refused. */
  refuse(queue: PartitionQueue, reason: string, deadline: number): void {
    const batch = this.take(queue);
    const halves = batch.refused(reason, deadline);
    for (const half of halves) {
      half.bound = batch.bound / 2;
      this.#bytes += half.bound;
    }
    queue.batches.unshift(...halves);
    if (halves.length > 0) this.#waiting.add(queue);
  }

  /**
   * The first `count` batches fail with this error. The batches behind them have not landed, and could only land out of
   * order: they fail as never sent.
   */
  fail(queue: PartitionQueue, error: HeadwaterError, count: number): void {
    for (let failed = 0; queue.batches.length > 0; failed++) {
      const behind = new LogUnavailableError("an append before this one failed", { cause: error });
      this.take(queue).failed(failed < count || error.advice === "stop" ? error : behind);
    }
  }
}
