import type { DatabaseSync, StatementSync } from "node:sqlite";
import { packedBatch, plainBatch } from "./packed-batch.ts";
import { isIntact } from "./record-batch.ts";
import { LogFailure } from "./worker-protocol.ts";

export interface StoredBatch {
  readonly base: number;
  readonly last: number;
  readonly time: number;
  readonly body: Uint8Array;
}

/** The batches of one partition. Their ranges [base, last] follow one another without a gap, also after compaction. */
export class PartitionTable {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly compact: boolean;
  /** First offset still held, as last committed. */
  start: number;
  /** Next offset to be written, as last committed. */
  end: number;
  /** Append time of the last batch. */
  lastTime: number;
  readonly #compress: boolean;
  readonly #insert: StatementSync;
  readonly #from: StatementSync;
  readonly #at: StatementSync;

  constructor(
    database: DatabaseSync,
    row: { id: number; topic: string; partition: number; start: number; compact: boolean },
    compress: boolean,
  ) {
    this.#compress = compress;
    this.id = row.id;
    this.topic = row.topic;
    this.partition = row.partition;
    this.compact = row.compact;
    const table = `batches_${row.id}`;
    this.#insert = database.prepare(`INSERT INTO ${table} (base, last, time, body) VALUES (?, ?, ?, ?)`);
    this.#from = database.prepare(
      `SELECT base, last, time, body FROM ${table} WHERE base >= coalesce((SELECT max(base) FROM ${table} WHERE base <= ?), 0) ORDER BY base`,
    );
    this.#at = database.prepare(`SELECT base, last, time FROM ${table} WHERE base >= ? ORDER BY base LIMIT 1`);
    const tail = database.prepare(`SELECT base, last, time FROM ${table} ORDER BY base DESC LIMIT 1`).get();
    this.start = row.start;
    this.end = tail === undefined ? row.start : Number(tail["last"]) + 1;
    this.lastTime = tail === undefined ? 0 : Number(tail["time"]);
    if (this.end < this.start) throw this.#damaged(`its end is ${this.end}, before its start ${this.start}`);
  }

  insert(base: number, last: number, time: number, body: Uint8Array): void {
    this.#insert.run(base, last, time, this.#compress ? packedBatch(body) : body);
  }

  /** Batches in order, the first being that with `offset` or the next offset there is; each is checked when read. */
  *batchesFrom(offset: number): Generator<StoredBatch> {
    let expected: number | undefined;
    for (const row of this.#from.iterate(offset)) {
      const { base, last, time, body: stored } = row as unknown as StoredBatch;
      if (expected === undefined ? base > Math.max(offset, this.start) : base !== expected) {
        throw this.#damaged(`offsets ${expected ?? offset} to ${base - 1} are missing`);
      }
      const body = plainBatch(stored);
      if (!isIntact(body)) throw this.#damaged(`the checksum of offsets ${base} to ${last} does not match`);
      expected = last + 1;
      yield { base, last, time, body };
    }
  }

  /** The first batch that starts at or after `base`, without its body. */
  batchAt(base: number): Omit<StoredBatch, "body"> | undefined {
    return this.#at.get(base) as unknown as Omit<StoredBatch, "body"> | undefined;
  }

  /** The first offset of the first batch whose last append time is at or after `time`; the end if there is none. */
  offsetForTime(time: number): number {
    let low = this.start;
    let high = this.end;
    // Append times never decrease with the offset, so halving finds it; a probe lands on the next batch's base.
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      const batch = this.batchAt(middle);
      if (batch === undefined || batch.time >= time) high = middle;
      else low = batch.last + 1;
    }
    // The probe skips a batch that starts before `low` and reaches it.
    return low;
  }

  #damaged(what: string): LogFailure {
    return new LogFailure(
      "unusable",
      `the event log is damaged in ${this.topic}, partition ${this.partition}: ${what}; stop Headwater and run headwater log repair, or restore the data folder from a backup`,
    );
  }
}
