import { LogUnavailableError, SomeRecordsRefusedError } from "../errors.ts";
import { UnknownOutcomeError, type HeadwaterError } from "@headwater/core";
import type { AppendedRange, LogRecord, OutgoingRecord } from "../event-log.ts";
import { RecordBatchCursor } from "./record-batch-cursor.ts";
import { BATCH_OVERHEAD, RecordBatchEncoder } from "./record-batch-encoder.ts";
import type { Compression } from "./settings.ts";

/** One call of `append`, settled when everything it put into batches is. */
export class PendingAppend {
  readonly #topic: string;
  readonly #resolve: (ranges: readonly AppendedRange[]) => void;
  readonly #reject: (error: unknown) => void;
  readonly #landed: AppendedRange[] = [];
  readonly #refused: number[] = [];
  #reason = "";
  #failure: HeadwaterError | undefined;
  #open = 1;

  constructor(topic: string, resolve: (ranges: readonly AppendedRange[]) => void, reject: (error: unknown) => void) {
    this.#topic = topic;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Some of its records are in one more batch. */
  opened(): void {
    this.#open++;
  }

  /** All its records are in batches, or refused. */
  complete(): void {
    this.#closed();
  }

  landed(partition: number, baseOffset: number, count: number): void {
    this.#landed.push({ topic: this.#topic, partition, baseOffset, count });
    this.#closed();
  }

  refuse(index: number, reason: string): void {
    this.#refused.push(index);
    this.#reason = reason;
  }

  refused(index: number, reason: string): void {
    this.refuse(index, reason);
    this.#closed();
  }

  failed(error: HeadwaterError): void {
    // Of several failures an unknown outcome decides: it leaves most in doubt.
    if (!(this.#failure instanceof UnknownOutcomeError)) this.#failure = error;
    this.#closed();
  }

  #closed(): void {
    this.#open--;
    if (this.#open > 0) return;
    const failure = this.#failure;
    if (failure !== undefined) {
      const partly = failure instanceof LogUnavailableError && this.#landed.length > 0;
      const error = partly
        ? new UnknownOutcomeError(`some of the records landed, others did not: ${failure.message}`, { cause: failure })
        : failure;
      this.#reject(error);
      return;
    }
    const ranges = joined(this.#landed);
    if (this.#refused.length === 0) this.#resolve(ranges);
    else {
      const indexes = this.#refused.toSorted((a, b) => a - b);
      this.#reject(new SomeRecordsRefusedError(this.#reason, indexes, ranges));
    }
  }
}

/** Runs that follow one another, as of an append that was cut into two batches, become one. */
function joined(ranges: readonly AppendedRange[]): AppendedRange[] {
  const sorted = ranges.toSorted((a, b) => a.partition - b.partition || a.baseOffset - b.baseOffset);
  const result: AppendedRange[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last?.partition === range.partition && last.baseOffset + last.count === range.baseOffset) {
      result[result.length - 1] = { ...last, count: last.count + range.count };
    } else result.push(range);
  }
  return result;
}

/** Consecutive records of one append in one batch. */
interface Segment {
  readonly append: PendingAppend;
  readonly from: number;
  count: number;
}

/** One record batch of one partition, from its first record to its settlement. */
export class PendingBatch {
  readonly topic: string;
  readonly partition: number;
  /** When it has to be settled, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Bytes at which the producer counts it in its queue, an upper bound. */
  bound = 0;
  /** The broker has refused it once. */
  isDoubted = false;
  readonly #encoder = new RecordBatchEncoder();
  readonly #segments: Segment[] = [];
  /** Place of each record in its append. Of the records themselves nothing is kept but what the broker is sent. */
  readonly #indexes: number[] = [];
  #sealed: Buffer | undefined;

  constructor(topic: string, partition: number, deadline: number) {
    this.topic = topic;
    this.partition = partition;
    this.deadline = deadline;
  }

  get bytes(): number {
    return this.#encoder.length;
  }

  get count(): number {
    return this.#indexes.length;
  }

  get isSealed(): boolean {
    return this.#sealed !== undefined;
  }

  add(append: PendingAppend, record: OutgoingRecord, index: number): void {
    let segment = this.#segments.at(-1);
    if (segment?.append !== append) {
      segment = { append, from: this.#indexes.length, count: 0 };
      this.#segments.push(segment);
      append.opened();
    }
    segment.count++;
    this.#indexes.push(index);
    this.#encoder.add(record);
  }

  /** The batch for the broker; the same bytes every time. */
  seal(compression: Compression): Buffer {
    this.#sealed ??= this.#encoder.seal(Date.now(), compression);
    return this.#sealed;
  }

  landed(baseOffset: number): void {
    for (const { append, from, count } of this.#segments) append.landed(this.partition, baseOffset + from, count);
  }

  failed(error: HeadwaterError): void {
    for (const { append } of this.#segments) append.failed(error);
  }

  /** The broker takes none of this batch: its only record is refused, or the halves are to be tried by themselves. */
  refused(reason: string, deadline: number): PendingBatch[] {
    if (this.count === 1) {
      this.#segments[0]!.append.refused(this.#indexes[0]!, reason);
      return [];
    }
    const middle = this.count >>> 1;
    const records = this.#readBack();
    const halves = [this.#part(records, 0, middle, deadline), this.#part(records, middle, this.count, deadline)];
    // The halves have opened their own; this one is done with.
    for (const { append } of this.#segments) append.complete();
    return halves;
  }

  #readBack(): readonly LogRecord[] {
    const batch = this.#encoder.seal(Date.now());
    const cursor = new RecordBatchCursor(this, batch, batch.subarray(BATCH_OVERHEAD), 0);
    const records: LogRecord[] = [];
    while (!cursor.take(records, this.count));
    return records;
  }

  #part(records: readonly OutgoingRecord[], from: number, to: number, deadline: number): PendingBatch {
    const part = new PendingBatch(this.topic, this.partition, deadline);
    let segment = 0;
    for (let i = from; i < to; i++) {
      while (i >= this.#segments[segment]!.from + this.#segments[segment]!.count) segment++;
      part.add(this.#segments[segment]!.append, records[i]!, this.#indexes[i]!);
    }
    return part;
  }
}
