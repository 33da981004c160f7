import type { LogBatch, LogGap, LogRecord } from "../event-log.ts";
import type { RecordCursor } from "./record-cursor.ts";

/** Stored batches of one partition between the fetch and the handler. */
export class PartitionBuffer {
  readonly topic: string;
  readonly partition: number;
  /** Next offset to fetch. */
  fetchOffset: number;
  /** Next offset to deliver: everything before it has been taken, or is no longer in the log. */
  nextOffset: number;
  highWatermark = 0;
  #cursors: RecordCursor[] = [];
  #bytes = 0;
  #gap: LogGap | undefined;

  constructor(topic: string, partition: number, offset: number) {
    this.topic = topic;
    this.partition = partition;
    this.fetchOffset = offset;
    this.nextOffset = offset;
  }

  /** Held here, undelivered. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Stored batches that wait here, whole or in part. */
  get batches(): number {
    return this.#cursors.length;
  }

  get isEmpty(): boolean {
    return this.#cursors.length === 0 && this.#gap === undefined;
  }

  get hasGap(): boolean {
    return this.#gap !== undefined;
  }

  push(cursor: RecordCursor, highWatermark: number): void {
    this.#cursors.push(cursor);
    this.#bytes += cursor.bytes;
    this.fetchOffset = cursor.endOffset;
    this.highWatermark = highWatermark;
  }

  /** Nothing is left between here and `offset`. */
  skipTo(offset: number): void {
    this.fetchOffset = Math.max(this.fetchOffset, offset);
    if (this.isEmpty) this.nextOffset = this.fetchOffset;
  }

  /** The gap that is next; nothing behind it is taken before. */
  takeGap(): LogGap | undefined {
    const gap = this.#gap;
    this.#gap = undefined;
    return gap;
  }

  /** Undefined where there is no record before the next gap, or before the end. */
  take(maxRecords: number): LogBatch | undefined {
    if (this.#gap !== undefined) return undefined;
    const records: LogRecord[] = [];
    while (this.#cursors.length > 0 && records.length < maxRecords) {
      const cursor = this.#cursors[0]!;
      if (!cursor.take(records, maxRecords - records.length)) break;
      this.#cursors.shift();
      this.#bytes -= cursor.bytes;
      this.nextOffset = cursor.endOffset;
      this.#gap = cursor.gap;
      if (this.#gap !== undefined) break;
    }
    const last = records.at(-1);
    if (last === undefined) return undefined;
    this.nextOffset = Math.max(this.nextOffset, last.offset + 1);
    return {
      topic: this.topic,
      partition: this.partition,
      records,
      highWatermark: Math.max(this.highWatermark, last.offset + 1),
    };
  }
}
