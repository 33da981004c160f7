import type { LogGap } from "../event-log.ts";
import { AbortedTransactions } from "./aborted-transactions.ts";
import { unpack, type UnpackFailure } from "./codecs/unpack.ts";
import { crc32c } from "./crc32c.ts";
import type { FetchedPartition } from "./fetch-request.ts";
import { GapCursor, NothingCursor, RecordBatchCursor } from "./record-batch-cursor.ts";
import { BATCH_OVERHEAD } from "./record-batch-encoder.ts";
import type { RecordCursor } from "../delivery/record-cursor.ts";

const MAGIC = 2;
const MAGIC_AT = 16;
const CODEC = 0x07;
/** Bytes may change on the way, or on the broker's disk: only the latter are the same in every fetch. */
const FETCHES = 3;

type Taken =
  | { readonly kind: "batch"; readonly bytes: Buffer; readonly counts: boolean }
  | { readonly kind: "gap"; readonly gap: LogGap };

/** A part of an answer that is not believed at once. */
export interface Doubt {
  /** `jump`: it goes on at another offset than it should, which may be the work of compaction. */
  readonly kind: "damaged" | "jump";
  readonly offset: number;
}

interface Problem {
  /** Where the damaged batch begins in the fetched bytes. */
  readonly at: number;
  readonly offset: number;
}

/**
 * What was fetched of one partition, before it is unpacked. Batches are checked; a damaged one is left to be fetched
 * again, and one that stays damaged, or cannot be unpacked, becomes a gap.
 */
export class BatchIntake {
  readonly #topic: string;
  readonly #partition: number;
  readonly #maxUnpackedBytes: number;
  #waiting: Taken[] = [];
  /** Where the next batch that is fetched has to begin. */
  #next = -1;
  #damaged = { offset: -1, times: 0 };
  /** Offsets at which the last answer went on somewhere else, and where: believed when the next one says it too. */
  #jumps = new Map<number, number>();
  highWatermark = 0;

  constructor(topic: string, partition: number, maxUnpackedBytes: number) {
    this.#topic = topic;
    this.#partition = partition;
    this.#maxUnpackedBytes = maxUnpackedBytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether the first batch has to be unpacked, and so takes more memory than it does now. */
  get isPacked(): boolean {
    const first = this.#waiting[0];
    return first?.kind === "batch" && first.counts && (first.bytes[22]! & CODEC) !== 0;
  }

  /** Takes the sound batches of an answer. Answers why what is behind them has to be fetched again, if so. */
  take({ records, highWatermark, aborted }: FetchedPartition, from: number): Doubt | undefined {
    this.highWatermark = highWatermark;
    this.#next = from;
    const transactions = new AbortedTransactions(aborted);
    const jumps = this.#jumps;
    this.#jumps = new Map();
    for (let at = 0; at < records.length;) {
      const end = endOfBatch(records, at);
      // The broker cuts off the last batch, never the first one.
      if (end === undefined && at > 0) return undefined;
      if (end === undefined || !isSound(records, at, end)) {
        const resume = this.#onDamage(records, { at, offset: this.#next }, end);
        if (resume === undefined) return { kind: "damaged", offset: this.#next };
        at = resume;
        continue;
      }
      const batch = records.subarray(at, end);
      const base = Number(batch.readBigInt64BE(0));
      const last = base + batch.readInt32BE(23);
      if (base !== this.#next && jumps.get(this.#next) !== base) {
        this.#foresee(records, at);
        return { kind: "jump", offset: this.#next };
      }
      at = end;
      if (last < this.#next) continue;
      this.#waiting.push({ kind: "batch", bytes: batch, counts: transactions.counts(batch, last) });
      this.#next = last + 1;
      this.#damaged.times = 0;
    }
    return undefined;
  }

  /** The first batch, unpacked: its records from `fromOffset` on. */
  next(fromOffset: number): RecordCursor | Promise<RecordCursor> {
    const taken = this.#waiting.shift()!;
    if (taken.kind === "gap") return new GapCursor(taken.gap);
    const { bytes, counts } = taken;
    if (!counts) return new NothingCursor(bytes);
    const unpacked = unpack(bytes.subarray(BATCH_OVERHEAD), bytes[22]! & CODEC, this.#maxUnpackedBytes);
    if (unpacked instanceof Promise) return unpacked.then((records) => this.#cursor(bytes, records, fromOffset));
    return this.#cursor(bytes, unpacked, fromOffset);
  }

  /** What waits here is fetched again some day. */
  clear(): void {
    this.#waiting = [];
  }

  #cursor(bytes: Buffer, unpacked: Buffer | UnpackFailure, fromOffset: number): RecordCursor {
    const place = { topic: this.#topic, partition: this.#partition };
    if (typeof unpacked !== "string") return new RecordBatchCursor(place, bytes, unpacked, fromOffset);
    const base = Number(bytes.readBigInt64BE(0));
    return new GapCursor({
      ...place,
      fromOffset: Math.max(base, fromOffset),
      toOffset: base + bytes.readInt32BE(23) + 1,
      reason: unpacked,
    });
  }

  /** Compaction leaves many jumps: all those of this answer are believed if the next one has them too. */
  #foresee(records: Buffer, from: number): void {
    let next = this.#next;
    for (let at = from; at < records.length;) {
      const end = endOfBatch(records, at);
      if (end === undefined) return;
      const base = Number(records.readBigInt64BE(at));
      if (base !== next) this.#jumps.set(next, base);
      next = base + records.readInt32BE(at + 23) + 1;
      at = end;
    }
  }

  /** Where in the bytes to go on, behind a gap; undefined if the batch is to be fetched again. */
  #onDamage(records: Buffer, { at, offset }: Problem, end: number | undefined): number | undefined {
    this.#damaged = { offset, times: this.#damaged.offset === offset ? this.#damaged.times + 1 : 1 };
    if (this.#damaged.times < FETCHES) return undefined;
    // What the batch says of itself may be wrong; where the next one begins is not.
    const following = end !== undefined && endOfBatch(records, end) !== undefined ? records.readBigInt64BE(end) : 0n;
    const claimed =
      records.length - at >= BATCH_OVERHEAD
        ? records.readBigInt64BE(at) + BigInt(records.readInt32BE(at + 23)) + 1n
        : 0n;
    const toOffset = [Number(following), Number(claimed)].find(
      (each) => each > offset && each <= Math.max(this.highWatermark, offset + 1),
    );
    const gap: LogGap = {
      ...{ topic: this.#topic, partition: this.#partition },
      ...{ fromOffset: offset, toOffset: toOffset ?? offset + 1, reason: "damaged" as const },
    };
    this.#waiting.push({ kind: "gap", gap });
    this.#next = gap.toOffset;
    return toOffset === Number(following) && end !== undefined ? end : records.length;
  }
}

/** Where the batch at this place ends; undefined if it says something that cannot be, or ends behind the bytes. */
function endOfBatch(records: Buffer, at: number): number | undefined {
  if (records.length - at < BATCH_OVERHEAD) return undefined;
  const end = at + 12 + records.readInt32BE(at + 8);
  return end >= at + BATCH_OVERHEAD && end <= records.length ? end : undefined;
}

function isSound(records: Buffer, at: number, end: number): boolean {
  return records[at + MAGIC_AT] === MAGIC && records.readUInt32BE(at + 17) === crc32c(records, at + 21, end);
}
