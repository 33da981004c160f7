import { HeadwaterError, LogUnavailableError, QueueClosedError, backoff, sleep } from "@headwater/service-kit";
import type { AppendedRange, EventLog, OutgoingRecord } from "./event-log.ts";
import { silentLogger, type Logger } from "./logger.ts";
import { partitionFor } from "./partitioner.ts";
import { SomeRecordsRefusedError } from "./records-refused.ts";

export interface BatchingWriterOptions {
  /** Records of one append; a single write of more goes as it is. Default 5,000. */
  readonly maxRecords?: number;
  /** Bytes of one append, as for `maxRecords`. Default 4 MiB. */
  readonly maxBytes?: number;
  /** How long a write waits for company, milliseconds. Default 0: whatever came while the append before was under way. */
  readonly lingerMs?: number;
  /** Bytes accepted and not yet durable; beyond it `write` waits for room. Default 64 MiB. */
  readonly maxQueuedBytes?: number;
  readonly logger?: Logger;
}

export interface BatchingWriter {
  /**
   * Resolves when the records are durable, with the places of just these. What can be retried is, for as long as it takes, in
   * order and with the identical batch. Rejects with SomeRecordsRefusedError (its indexes count within this write; no other
   * write is affected), with QueueClosedError after `close`, and with the error that stopped the writer.
   */
  write(records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]>;
  /** Records accepted and not yet durable. */
  readonly pendingRecords: number;
  /** Takes no more and resolves when all that was accepted is settled; when the signal is aborted the rest is rejected. */
  close(signal?: AbortSignal): Promise<void>;
}

interface PendingWrite {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
  readonly resolve: (ranges: readonly AppendedRange[]) => void;
  readonly reject: (error: unknown) => void;
}

/** One append at a time for one topic, of all writes that came meanwhile: order per partition is the order of the writes. */
export function createBatchingWriter(
  log: Pick<EventLog, "append" | "positions">,
  topic: string,
  options: BatchingWriterOptions = {},
): BatchingWriter {
  return new Writer(log, topic, options);
}

class Writer implements BatchingWriter {
  readonly #log: Pick<EventLog, "append" | "positions">;
  readonly #topic: string;
  readonly #limits: { records: number; bytes: number; lingerMs: number; queuedBytes: number };
  readonly #logger: Logger;
  readonly #giveUp = new AbortController();
  readonly #queue: PendingWrite[] = [];
  readonly #waitingForRoom: PendingWrite[] = [];
  #queuedBytes = 0;
  #pendingRecords = 0;
  #partitions = 0;
  #nextKeyless = 0;
  #closed = false;
  #stopped: unknown;
  #sending: Promise<void> | undefined;

  constructor(log: Pick<EventLog, "append" | "positions">, topic: string, options: BatchingWriterOptions) {
    this.#log = log;
    this.#topic = topic;
    this.#logger = options.logger ?? silentLogger;
    this.#limits = {
      records: options.maxRecords ?? 5000,
      bytes: options.maxBytes ?? 4 * 1024 * 1024,
      lingerMs: options.lingerMs ?? 0,
      queuedBytes: options.maxQueuedBytes ?? 64 * 1024 * 1024,
    };
  }

  get pendingRecords(): number {
    return this.#pendingRecords;
  }

  async write(records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
    if (this.#stopped !== undefined) throw this.#stopped;
    if (this.#closed) throw new QueueClosedError(`the writer to ${this.#topic} is closed`);
    if (records.length === 0) return [];
    return new Promise((resolve, reject) => {
      const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
      const pending = { records, bytes, resolve, reject };
      this.#pendingRecords += records.length;
      if (this.#queuedBytes > 0 && this.#queuedBytes + bytes > this.#limits.queuedBytes) {
        this.#waitingForRoom.push(pending);
      } else this.#accept(pending);
    });
  }

  async close(signal?: AbortSignal): Promise<void> {
    this.#closed = true;
    const giveUp = (): void => this.#giveUp.abort(new LogUnavailableError("closed before the log took the records"));
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      while (this.#sending !== undefined) await this.#sending;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  #accept(pending: PendingWrite): void {
    this.#queue.push(pending);
    this.#queuedBytes += pending.bytes;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  #admit(): void {
    for (let next = this.#waitingForRoom[0]; next !== undefined; next = this.#waitingForRoom[0]) {
      if (this.#queuedBytes > 0 && this.#queuedBytes + next.bytes > this.#limits.queuedBytes) return;
      this.#waitingForRoom.shift();
      this.#queue.push(next);
      this.#queuedBytes += next.bytes;
    }
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#limits.lingerMs > 0 && !this.#closed && !this.#isFull()) await sleep(this.#limits.lingerMs);
      const writes = this.#takeBatch();
      try {
        await this.#send(writes);
      } catch (error) {
        this.#fail(error, writes);
      }
      for (const { bytes, records } of writes) {
        this.#queuedBytes -= bytes;
        this.#pendingRecords -= records.length;
      }
      this.#admit();
    }
  }

  #isFull(): boolean {
    return (
      this.#queuedBytes >= this.#limits.bytes ||
      this.#queue.reduce((sum, { records }) => sum + records.length, 0) >= this.#limits.records
    );
  }

  #takeBatch(): PendingWrite[] {
    let records = 0;
    let bytes = 0;
    let count = 0;
    for (const write of this.#queue) {
      records += write.records.length;
      bytes += write.bytes;
      if (count > 0 && (records > this.#limits.records || bytes > this.#limits.bytes)) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  /** Until the log has it, or never will. */
  async #send(writes: readonly PendingWrite[]): Promise<void> {
    const pause = backoff({ baseMs: 50, maxMs: 5000, signal: this.#giveUp.signal });
    let batch: readonly OutgoingRecord[] | undefined;
    for (;;) {
      this.#giveUp.signal.throwIfAborted();
      try {
        batch ??= await this.#prepare(writes);
        settle(writes, batch, this.#partitions, await this.#log.append(this.#topic, batch), []);
        return;
      } catch (error) {
        if (error instanceof SomeRecordsRefusedError && batch !== undefined) {
          settle(writes, batch, this.#partitions, error.landed, error.indexes, error);
          return;
        }
        if (!(error instanceof HeadwaterError) || (error.advice !== "retry" && error.advice !== "wait")) throw error;
        this.#logger.warn(
          { topic: this.#topic, code: error.code, problem: error.message, attempts: pause.attempts + 1 },
          "the log did not take a batch; sending it again",
        );
        await pause.wait(error.retryAfterMs);
      }
    }
  }

  /** All records, each with a key or a partition: where they will land must be known to tell the writes' places apart. */
  async #prepare(writes: readonly PendingWrite[]): Promise<readonly OutgoingRecord[]> {
    if (this.#partitions === 0) this.#partitions = (await this.#log.positions(this.#topic)).length;
    const partition = this.#nextKeyless++ % this.#partitions;
    const all = writes.length === 1 ? writes[0]!.records : writes.flatMap(({ records }) => records);
    const isPlaced = (record: OutgoingRecord): boolean => record.key !== null || record.partition !== undefined;
    return all.every(isPlaced) ? all : all.map((record) => (isPlaced(record) ? record : { ...record, partition }));
  }

  #fail(error: unknown, writes: readonly PendingWrite[]): void {
    this.#stopped ??= error;
    this.#closed = true;
    const rest = [...this.#queue.splice(0), ...this.#waitingForRoom.splice(0)];
    for (const { records } of rest) this.#pendingRecords -= records.length;
    for (const write of [...writes, ...rest]) write.reject(error);
  }
}

/** Tells each write where its own records are. Within a partition places follow the order of the writes. */
function settle(
  writes: readonly PendingWrite[],
  batch: readonly OutgoingRecord[],
  partitions: number,
  landed: readonly AppendedRange[],
  refused: readonly number[],
  error?: SomeRecordsRefusedError,
): void {
  const refusedSet = new Set(refused);
  const runs = new Map<number, AppendedRange[]>();
  for (const range of landed) {
    const list = runs.get(range.partition);
    if (list === undefined) runs.set(range.partition, [range]);
    else list.push(range);
  }
  let at = 0;
  for (const { records, resolve, reject } of writes) {
    const counts = new Map<number, number>();
    const own: number[] = [];
    for (let i = 0; i < records.length; i++, at++) {
      const { key, partition } = batch[at]!;
      if (refusedSet.has(at)) {
        own.push(i);
        continue;
      }
      const number = partition ?? partitionFor(key!, partitions);
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    const ranges = [...counts].flatMap(([partition, count]) => takeRun(runs.get(partition) ?? [], count));
    if (own.length === 0) resolve(ranges);
    else reject(new SomeRecordsRefusedError(error?.message ?? "records refused", own, ranges, { cause: error }));
  }
}

/** Takes `count` places from the front of a partition's runs. */
function takeRun(runs: AppendedRange[], count: number): AppendedRange[] {
  const taken: AppendedRange[] = [];
  for (let left = count; left > 0 && runs.length > 0;) {
    const run = runs[0]!;
    const here = Math.min(left, run.count);
    taken.push({ ...run, count: here });
    left -= here;
    if (here === run.count) runs.shift();
    else runs[0] = { ...run, baseOffset: run.baseOffset + here, count: run.count - here };
  }
  return taken;
}

function sizeOf({ key, value }: OutgoingRecord): number {
  return 32 + (key?.length ?? 0) + (value?.length ?? 0);
}
