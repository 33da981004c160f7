import { crc32 } from "node:zlib";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { bucketLength } from "../../retention.ts";
import { bytesOf, doublesOf } from "../chunk-points.ts";
import type { Damage } from "../damage.ts";
import type { NewestPoint } from "../newest-point.ts";
import { lowerBound } from "../run.ts";
import { type BucketRun, sliceBuckets } from "../bucket-run.ts";
import { type Bucket, bucketsOf } from "./bucket.ts";
import { packBuckets, unpackBuckets, type Wanted } from "./packed-buckets.ts";

export type RollupClass = keyof typeof bucketLength;

/** Buckets in one row at most, and as many as make a row that is left alone. */
const ROW_BUCKETS = 360;
const ROW_BUCKETS_ENOUGH = 120;
/** Bytes of a row beyond which it is cut. */
const ROW_BYTES = 3_800;
const ROWS_A_PAGE = 32;

const grades = { minute: 1, hour: 2 } as const;

interface Row {
  readonly start: number;
  /** Where the last bucket begins. */
  readonly stop: number;
  readonly count: number;
  readonly checksum: number;
  readonly packed: Uint8Array;
  readonly texts: string | null;
}

/**
 * The roll-ups, and of each series the newest point that was rolled up. Rows of a series and class never overlap. Every
 * call that writes belongs inside the caller's transaction.
 */
export class RollupTable {
  readonly #covering: StatementSync;
  readonly #page: StatementSync;
  readonly #pageBack: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #expire: StatementSync;
  readonly #putLast: StatementSync;
  readonly #last: StatementSync;
  readonly #removeLast: StatementSync;
  readonly #damage: Damage;

  constructor(database: DatabaseSync, damage: Damage) {
    this.#damage = damage;
    const rows = "SELECT start, stop, count, checksum, packed, texts FROM rollups WHERE series = ? AND grade = ?";
    this.#covering = database.prepare(`${rows} AND start <= ? ORDER BY start DESC LIMIT 1`);
    this.#page = database.prepare(`${rows} AND start > ? AND start < ? ORDER BY start LIMIT ${ROWS_A_PAGE}`);
    this.#pageBack = database.prepare(`${rows} AND start < ? ORDER BY start DESC LIMIT ${ROWS_A_PAGE}`);
    this.#put = database.prepare("REPLACE INTO rollups VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM rollups WHERE series = ? AND grade = ? AND start = ?");
    this.#expire = database.prepare("DELETE FROM rollups WHERE series = ? AND grade = ? AND start < ? AND stop < ?");
    this.#putLast = database.prepare("REPLACE INTO last_points VALUES (?, ?, ?)");
    this.#last = database.prepare("SELECT time, value FROM last_points WHERE series = ?");
    this.#removeLast = database.prepare("DELETE FROM last_points WHERE series = ? AND time >= ? AND time < ?");
  }

  /** Buckets after all that the series has of this class. */
  append(series: number, grade: RollupClass, buckets: readonly Bucket[]): void {
    if (buckets.length === 0) return;
    const last = this.#covering.get(series, grades[grade], Infinity) as unknown as Row | undefined;
    const before = last === undefined || last.count >= ROW_BUCKETS_ENOUGH ? undefined : this.#open(series, grade, last);
    const all = [...(before ?? []), ...buckets];
    for (let at = 0; at < all.length; at += ROW_BUCKETS) this.#write(series, grade, all.slice(at, at + ROW_BUCKETS));
  }

  /** Buckets that begin in [from, to), a row at a time, with `isBack` the newest row first. */
  *buckets(
    series: number,
    grade: RollupClass,
    from: number,
    to: number,
    isBack: boolean,
    wanted: Wanted,
  ): Generator<BucketRun> {
    for (const row of isBack ? this.#rowsBack(series, grade, from, to) : this.#rows(series, grade, from, to)) {
      const all = this.#run(series, grade, row, wanted);
      const within = all && sliceBuckets(all, lowerBound(all.starts, from), lowerBound(all.starts, to));
      if (within !== undefined && within.starts.length > 0) yield within;
    }
  }

  /** Deletes all buckets that [from, to) touches, since nothing tells apart what of them is of that range. */
  delete(series: number, from: number, to: number): void {
    for (const [grade, length] of Object.entries(bucketLength) as [RollupClass, number][]) {
      for (const row of Array.from(this.#rows(series, grade, from - length + 1, to))) {
        const left = this.#open(series, grade, row).filter(({ start }) => start + length <= from || start >= to);
        if (left.length === row.count) continue;
        this.#remove.run(series, grades[grade], row.start);
        this.#write(series, grade, left);
      }
    }
    this.#removeLast.run(series, from, to);
  }

  /** Deletes rows of which every bucket is older. */
  expire(series: number, grade: RollupClass, before: number): void {
    this.#expire.run(series, grades[grade], before, before);
  }

  setLastPoint({ series, time, value }: NewestPoint): void {
    this.#putLast.run(series, time, typeof value === "number" ? bytesOf(Float64Array.of(value)) : value);
  }

  /** The newest point that was rolled up. */
  lastPoint(series: number): NewestPoint | undefined {
    const row = this.#last.get(series) as unknown as { time: number; value: Uint8Array | string } | undefined;
    if (row === undefined) return undefined;
    return { series, time: row.time, value: typeof row.value === "string" ? row.value : doublesOf(row.value)[0]! };
  }

  forgetLastPoint(series: number, before: number): void {
    this.#removeLast.run(series, -Infinity, before);
  }

  *#rows(series: number, grade: RollupClass, from: number, to: number): Generator<Row> {
    const first = this.#covering.get(series, grades[grade], from) as unknown as Row | undefined;
    if (first !== undefined && first.stop >= from && first.start < to) yield first;
    for (let after = from; ;) {
      const page = this.#page.all(series, grades[grade], after, to) as unknown as Row[];
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < ROWS_A_PAGE) return;
      after = last.start;
    }
  }

  *#rowsBack(series: number, grade: RollupClass, from: number, to: number): Generator<Row> {
    for (let before = to; ;) {
      const page = this.#pageBack.all(series, grades[grade], before) as unknown as Row[];
      for (const row of page) {
        if (row.stop < from) return;
        yield row;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < ROWS_A_PAGE) return;
      before = last.start;
    }
  }

  #open(series: number, grade: RollupClass, row: Row): readonly Bucket[] {
    const run = this.#run(series, grade, row);
    return run === undefined ? [] : bucketsOf(run);
  }

  /** None if the row is damaged, and then it is set aside. */
  #run(series: number, grade: RollupClass, row: Row, wanted?: Wanted): BucketRun | undefined {
    try {
      if (checksumOf(series, grade, row) === row.checksum) return unpackBuckets(row, row.count, wanted);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
    }
    this.#damage.setRollupAside(series, grade, row.start, row.stop, row.packed);
    this.#remove.run(series, grades[grade], row.start);
    return undefined;
  }

  #write(series: number, grade: RollupClass, buckets: readonly Bucket[]): void {
    const count = buckets.length;
    if (count === 0) return;
    const { packed, texts } = packBuckets(buckets);
    if (count > 1 && packed.length > ROW_BYTES) {
      this.#write(series, grade, buckets.slice(0, count >>> 1));
      this.#write(series, grade, buckets.slice(count >>> 1));
      return;
    }
    const row = { start: buckets[0]!.start, stop: buckets.at(-1)!.start, count, packed, texts };
    const checksum = checksumOf(series, grade, row);
    this.#put.run(series, grades[grade], row.start, row.stop, count, checksum, packed, texts);
  }
}

function checksumOf(series: number, grade: RollupClass, row: Omit<Row, "checksum">): number {
  const { start, stop, count, packed, texts } = row;
  const key = crc32(`${series} ${grade} ${start} ${stop} ${count} ${texts ?? ""}`);
  return crc32(packed, key);
}
