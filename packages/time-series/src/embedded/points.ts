import type { DatabaseSync, StatementSync } from "node:sqlite";
import { bucketLength } from "../retention.ts";
import { ChunkTable, type ChunkInfo } from "./chunk-table.ts";
import { Damage } from "./damage.ts";
import { mayBeUnsealed } from "./database.ts";
import { checkedEntry, entryContent } from "./journal-entry.ts";
import { Head } from "./head.ts";
import type { NewestPoint } from "./newest-point.ts";
import type { SeriesDefinition } from "./protocol.ts";
import { HourBlocks } from "./rollup/hour-blocks.ts";
import { RollupTable } from "./rollup/rollup-table.ts";
import { type ScanPart, type ScanRange, scanSeries, scanWithHours, type Summaries } from "./series-scan.ts";
import { SeriesTable } from "./series-table.ts";
import { unpackWriteBatch, type WriteBatch } from "./write-batch.ts";

export interface IncomingWrite {
  readonly packed: Uint8Array;
  readonly series: readonly SeriesDefinition[];
}

/** A full head on its way into chunks, in slices, so that writes pass between them. */
interface Flush {
  readonly head: Head;
  readonly series: readonly number[];
  /** Index into `series`. */
  next: number;
  /** The last journal entry whose points are in the head. */
  readonly journal: number;
  readonly journalBytes: number;
}

/**
 * The points of all series. A write is one sequential append to the journal, synced before it counts, and a copy in
 * memory (the head). A full or old head is merged into chunks series by series and its journal entries are
 * deleted with its last slice; after a crash the journal is read again, which is harmless: points are
 * identified by series and time.
 */
export class Points {
  readonly #database: DatabaseSync;
  readonly series: SeriesTable;
  readonly chunks: ChunkTable;
  readonly hours: HourBlocks;
  readonly rollups: RollupTable;
  readonly #headCapacity: number;
  readonly #appendToJournal: StatementSync;
  readonly #trimJournal: StatementSync;
  /** Series that are known to have points; emptied when points go. */
  readonly #alive = new Set<number>();
  #head: Head;
  #flush: Flush | undefined;
  #journal = 0;
  #journalBytes = 0;
  #movedTo = 0;

  readonly #damage: Damage;

  constructor(database: DatabaseSync, headCapacity: number, damage = new Damage(database)) {
    this.#database = database;
    this.#damage = damage;
    this.series = new SeriesTable(database);
    this.hours = new HourBlocks(database, damage);
    this.chunks = new ChunkTable(database, damage, this.hours);
    this.rollups = new RollupTable(database, damage);
    this.#headCapacity = headCapacity;
    this.#appendToJournal = database.prepare("INSERT INTO journal VALUES (?, ?)");
    this.#trimJournal = database.prepare("DELETE FROM journal WHERE id <= ?");
    this.#head = new Head(headCapacity);
    this.#replayJournal();
  }

  get isFlushing(): boolean {
    return this.#flush !== undefined;
  }

  /** Of points that are not in chunks yet. */
  get journalBytes(): number {
    return this.#journalBytes;
  }

  /** The number of the newest write. */
  get journalEnd(): number {
    return this.#journal;
  }

  /** The points of all writes up to this one are in chunks. */
  get movedTo(): number {
    return this.#head.isEmpty && this.#flush === undefined ? this.#journal : this.#movedTo;
  }

  /** How full the memory is, 0 to 1. */
  get fill(): number {
    return Math.min(1, this.#head.length / this.#headCapacity);
  }

  /**
   * All of these writes in one synced commit, which a flush in progress shares for about `flushMs`. Throws, having
   * stored none, if that fails.
   */
  write(writes: readonly IncomingWrite[], flushMs: number): void {
    const batches = writes.map((write) => unpackWriteBatch(write.packed));
    this.#makeRoomFor(batches);
    let id = this.#journal;
    this.#flushWithin(flushMs, () => {
      for (const write of writes) {
        for (const definition of write.series) this.series.define(definition);
        this.#appendToJournal.run(++id, checkedEntry(write.packed));
      }
    });
    for (const batch of batches) this.#head.add(batch);
    for (const { packed } of writes) this.#journalBytes += packed.length;
    this.#journal = id;
  }

  /** Begins to move the points in memory into chunks; the work is done by `flushSlice`. */
  startFlush(): void {
    if (this.#flush !== undefined || this.#head.isEmpty) return;
    this.#flush = { head: this.#head, series: this.#head.series(), next: 0, ...this.#journalNow };
    this.#head = new Head(this.#headCapacity);
  }

  /**
   * Moves series for about `ms` milliseconds, in one commit. Points whose move fails stay in memory and in the journal.
   */
  flushSlice(ms: number): void {
    if (this.#flush !== undefined) this.#flushWithin(ms, () => {});
  }

  flushAll(): void {
    for (this.startFlush(); ; this.startFlush()) {
      if (this.#flush === undefined) return;
      this.flushSlice(Infinity);
    }
  }

  /** Points, or chunks' summaries for them; with `summaries` also hours of them, and roll-ups where these say so. */
  *scan(
    series: number,
    range: ScanRange,
    summaryFits: (chunk: ChunkInfo) => boolean,
    summaries?: Summaries,
  ): Generator<ScanPart> {
    if (summaries === undefined) {
      yield* scanSeries(this.chunks, this.#heads(), series, range, summaryFits);
      return;
    }
    const { spans, isOfHours, wanted } = summaries;
    const isBack = range.order === "desc";
    for (const span of isBack ? spans.toReversed() : spans) {
      const from = Math.max(range.from, span.from);
      const to = Math.min(range.to, span.to);
      if (from >= to) continue;
      if (span.class === "raw") {
        const part = { ...range, from, to };
        if (isOfHours) {
          yield* scanWithHours(this.chunks, this.hours, this.#heads(), series, part, summaryFits, wanted);
        } else yield* scanSeries(this.chunks, this.#heads(), series, part, summaryFits);
        continue;
      }
      const length = bucketLength[span.class];
      for (const buckets of this.rollups.buckets(series, span.class, from, to, isBack, wanted))
        yield { buckets, length };
    }
  }

  /** The time of the oldest point that is still there as one, up to `to`. */
  oldestBefore(series: number, to: number): number {
    const inMemory = this.#heads().map((head) => head.run(series, -Infinity, to).times[0] ?? to);
    return Math.min(to, this.chunks.oldestStart(series) ?? to, ...inMemory);
  }

  newest(series: number): NewestPoint | undefined {
    const inChunks = this.chunks.newestNumber(series);
    if (inChunks === "text" || this.#heads().some((head) => head.hasText(series))) return this.#newestText(series);
    let newest: NewestPoint | undefined = inChunks === "none" ? undefined : { series, ...inChunks };
    for (const head of this.#heads()) {
      const at = head.newestNumber(series);
      if (at !== -1 && head.timeAt(at) >= (newest?.time ?? -Infinity)) {
        newest = { series, time: head.timeAt(at), value: head.valueAt(at) };
      }
    }
    return newest ?? this.rollups.lastPoint(series);
  }

  #newestText(series: number): NewestPoint | undefined {
    const chunk = this.chunks.newest(series);
    const from = chunk === undefined ? -Infinity : chunk.stop;
    let newest: NewestPoint | undefined;
    for (const part of this.scan(series, { from, to: Infinity }, () => false)) {
      if (!("run" in part)) continue;
      const { times, values } = part.run;
      newest = { series, time: times.at(-1) as number, value: values.at(-1) as number | string };
    }
    // Its newest chunk was damaged and is set aside.
    if (newest === undefined && chunk !== undefined) return this.#newestText(series);
    return newest ?? this.rollups.lastPoint(series);
  }

  hasPoints(series: number): boolean {
    if (this.#alive.has(series)) return true;
    const has =
      this.#heads().some((head) => head.has(series)) ||
      this.chunks.newest(series) !== undefined ||
      this.rollups.lastPoint(series) !== undefined;
    if (has) this.#alive.add(series);
    return has;
  }

  /** Deletes points in [from, to) of these series; durable like a write. */
  delete(series: readonly number[], from: number, to: number): void {
    if (from >= to) return;
    // Points that are still in the journal would come back after a crash, so it has to be empty.
    this.flushAll();
    this.#alive.clear();
    this.inTransaction(() => {
      for (const id of series) {
        this.chunks.delete(id, from, to);
        this.rollups.delete(id, from, to);
      }
    });
  }

  /** Has to be called when points went otherwise than by `delete`. */
  pointsWent(): void {
    this.#alive.clear();
  }

  get #journalNow(): Pick<Flush, "journal" | "journalBytes"> {
    return { journal: this.#journal, journalBytes: this.#journalBytes };
  }

  #heads(): readonly Head[] {
    return this.#flush === undefined ? [this.#head] : [this.#flush.head, this.#head];
  }

  /**
   * A head takes whole groups of writes only: its journal entries go when it is flushed, and theirs must be among them.
   */
  #makeRoomFor(batches: readonly WriteBatch[]): void {
    if (this.#head.hasRoomFor(batches)) return;
    this.flushSlice(Infinity);
    this.startFlush();
    if (this.#head.hasRoomFor(batches)) return;
    this.#head = new Head(batches.reduce((total, batch) => total + batch.times.length, 0));
  }

  #flushWithin(ms: number, work: () => void): void {
    const flush = this.#flush;
    if (flush === undefined) {
      this.inTransaction(work);
      return;
    }
    const until = performance.now() + ms;
    let next = flush.next;
    this.inTransaction(() => {
      work();
      do {
        const series = flush.series[next++];
        if (series !== undefined) this.chunks.merge(series, flush.head.run(series, -Infinity, Infinity));
      } while (next < flush.series.length && performance.now() < until);
      if (next >= flush.series.length) this.#trimJournal.run(flush.journal);
    });
    flush.next = next;
    if (next < flush.series.length) return;
    this.#flush = undefined;
    this.#movedTo = flush.journal;
    this.#journalBytes -= flush.journalBytes;
  }

  #replayJournal(): void {
    const unsealed = mayBeUnsealed(this.#database);
    const page = this.#database.prepare("SELECT id, batch FROM journal WHERE id > ? ORDER BY id LIMIT 64");
    for (;;) {
      const rows = page.all(this.#journal) as unknown as { id: number; batch: Uint8Array }[];
      if (rows.length === 0) return;
      for (const { id, batch: entry } of rows) {
        const packed = entryContent(entry, unsealed);
        if (packed === undefined) this.#damage.setEntryAside(id, entry);
        else {
          const batch = unpackWriteBatch(packed);
          // A flush that begins here takes none of this entry, and may not trim it.
          this.#makeRoomFor([batch]);
          this.#head.add(batch);
          this.#journalBytes += packed.length;
        }
        this.#journal = id;
      }
    }
  }

  /** In one synced commit; nothing of it, if it throws. */
  inTransaction(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
