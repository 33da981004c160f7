import { crc32 } from "node:zlib";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { bucketLength } from "../../retention.ts";
import type { BucketRun } from "../bucket-run.ts";
import type { Damage } from "../damage.ts";
import type { Bucket } from "./bucket.ts";
import { packBuckets, unpackBuckets, type Wanted } from "./packed-buckets.ts";

/** The stretch of time of one block: five days, whose hours make a row of about 2 kB. */
export const BLOCK = 120 * bucketLength.hour;
const ROWS_A_PAGE = 32;

interface Row {
  readonly start: number;
  readonly count: number;
  readonly checksum: number;
  readonly packed: Uint8Array;
}

/** The hours of five days. */
export interface HourBlock {
  readonly start: number;
  readonly end: number;
  readonly hours: BucketRun;
}

/** One whose points are being read. */
export interface BlockInMaking {
  readonly series: number;
  readonly start: number;
  /** Points of it have come, changed or gone since. */
  isStale: boolean;
}

/**
 * What the points of chunks are by the hour, five days of a series in a row, so that long windows read no points. A row
 * is there only while it agrees with the chunks: whoever changes points in chunks forgets, in the same transaction, the
 * blocks that these lie in. A block without a row is read from its points. Of numbers only.
 */
export class HourBlocks {
  readonly #page: StatementSync;
  readonly #pageBack: StatementSync;
  readonly #has: StatementSync;
  readonly #put: StatementSync;
  readonly #forget: StatementSync;
  readonly #newestOf: StatementSync;
  readonly #damage: Damage;
  /** Where the newest block of a series begins, or before that; NaN: nobody has looked. It may be taken for too new. */
  #newest = new Float64Array(0);
  #isEmpty: boolean;
  #making: BlockInMaking | undefined;

  constructor(database: DatabaseSync, damage: Damage) {
    this.#damage = damage;
    const rows = "SELECT start, count, checksum, packed FROM hour_blocks WHERE series = ? AND start >= ? AND start < ?";
    this.#page = database.prepare(`${rows} ORDER BY start LIMIT ${ROWS_A_PAGE}`);
    this.#pageBack = database.prepare(`${rows} ORDER BY start DESC LIMIT ${ROWS_A_PAGE}`);
    this.#has = database.prepare("SELECT 1 FROM hour_blocks WHERE series = ? AND start = ?");
    this.#put = database.prepare("REPLACE INTO hour_blocks VALUES (?, ?, ?, ?, ?)");
    this.#forget = database.prepare("DELETE FROM hour_blocks WHERE series = ? AND start > ? AND start <= ?");
    this.#newestOf = database.prepare("SELECT max(start) AS start FROM hour_blocks WHERE series = ?");
    this.#isEmpty = database.prepare("SELECT 1 FROM hour_blocks LIMIT 1").get() === undefined;
  }

  /** The blocks that lie in [from, to) as a whole, with `isBack` the newest first. */
  *within(series: number, from: number, to: number, wanted: Wanted, isBack: boolean): Generator<HourBlock> {
    if (this.#isEmpty) return;
    let [least, end] = [from, to - BLOCK + 1];
    for (;;) {
      const page = (isBack ? this.#pageBack : this.#page).all(series, least, end) as unknown as Row[];
      for (const row of page) {
        const hours = this.#open(series, row, wanted);
        if (hours !== undefined) yield { start: row.start, end: row.start + BLOCK, hours };
      }
      const last = page.at(-1);
      if (last === undefined || page.length < ROWS_A_PAGE) return;
      if (isBack) end = last.start;
      else least = last.start + 1;
    }
  }

  has(series: number, start: number): boolean {
    return !this.#isEmpty && this.#has.get(series, start) !== undefined;
  }

  /** One at a time: another that was begun before is stale. */
  startMaking(series: number, start: number): BlockInMaking {
    if (this.#making !== undefined) this.#making.isStale = true;
    return (this.#making = { series, start, isStale: false });
  }

  /** All hours of the block that have points. */
  put(series: number, start: number, hours: readonly Bucket[]): void {
    const { packed } = packBuckets(hours);
    const count = hours.length;
    this.#put.run(series, start, count, checksumOf(series, { start, count, packed }), packed);
    this.#isEmpty = false;
    if (series < this.#newest.length) this.#newest[series] = Math.max(this.#newest[series]!, start);
  }

  /** Points of [first, last] have come, changed or gone. */
  forget(series: number, first: number, last: number): void {
    const making = this.#making;
    if (making?.series === series && first < making.start + BLOCK && last >= making.start) making.isStale = true;
    if (this.#isEmpty || first >= this.#newestStart(series) + BLOCK) return;
    this.#forget.run(series, first - BLOCK, last);
  }

  #newestStart(series: number): number {
    if (series >= this.#newest.length) this.#grow(series + 1);
    const known = this.#newest[series]!;
    if (!Number.isNaN(known)) return known;
    const { start } = this.#newestOf.get(series) as unknown as { start: number | null };
    return (this.#newest[series] = start ?? -Infinity);
  }

  #grow(least: number): void {
    const grown = new Float64Array(Math.max(least, this.#newest.length * 2, 1_024)).fill(Number.NaN);
    grown.set(this.#newest);
    this.#newest = grown;
  }

  /** None if the row is damaged; its points are there still. */
  #open(series: number, row: Row, wanted: Wanted): BucketRun | undefined {
    try {
      if (checksumOf(series, row) === row.checksum) return unpackBuckets({ ...row, texts: null }, row.count, wanted);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    this.#damage.setHoursAside(series, row.start, row.start + BLOCK - 1, row.packed);
    this.#forget.run(series, row.start - 1, row.start);
    return undefined;
  }
}

function checksumOf(series: number, { start, count, packed }: Omit<Row, "checksum">): number {
  return crc32(packed, crc32(`${series} ${start} ${count}`));
}
