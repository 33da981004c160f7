import { statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { SpaceReserve } from "@headwater/core";
import type { TopicSpec } from "../event-log.ts";
import { AppendClock } from "./append-clock.ts";
import { closeLogFiles, DATABASE_FILE, openLogFiles, type LogFiles } from "./log-files.ts";
import { PartitionTable } from "./partition-table.ts";
import { sealBatch } from "./record-batch.ts";
import { createBatchTable } from "./schema.ts";
import { hasTopics, putTopics, topicRows, type TopicRow } from "./topic-rows.ts";
import { failureOf, isFull, isIoFailure } from "./sqlite-failure.ts";
import {
  LogFailure,
  type CommitPart,
  type FetchAnswer,
  type FetchedBatch,
  type FetchedPartition,
  type OffsetToKeep,
  type PartitionInfo,
  type Wanted,
  type WorkerSettings,
} from "./worker-protocol.ts";

const RESERVE_FILE = "event-log.reserve";
/** Appended bytes between two looks at the size of the write-ahead log. */
const BYTES_PER_LOOK = 1024 * 1024;

/** The event log in its database: everything that happens in the worker, all of it synchronous. */
export class LogDatabase {
  readonly #settings: WorkerSettings;
  readonly partitions = new Map<number, PartitionTable>();
  #files: LogFiles;
  #sequence: number;
  readonly clock: AppendClock;
  readonly #reserve: SpaceReserve;
  #bytesSinceLook = 0;
  /** Set after a failed write or sync: nothing is trusted before the files were opened anew. */
  #suspect = false;
  /** Set when the disk is full, until the reserve could be taken again. Appends are refused meanwhile. */
  #isStarved = false;

  constructor(settings: WorkerSettings, clock = new AppendClock()) {
    this.#settings = settings;
    this.clock = clock;
    this.#reserve = new SpaceReserve(join(settings.dataDir, RESERVE_FILE));
    this.#files = openLogFiles(settings);
    this.#sequence = this.#files.sequence;
    this.#loadOrClose();
  }

  get connection(): DatabaseSync {
    return this.#files.database;
  }

  get warnings(): readonly string[] {
    return this.#files.warnings;
  }

  /** Whether the disk is full and cleaning up is urgent. */
  get isStarved(): boolean {
    return this.#isStarved;
  }

  topics(): TopicRow[] {
    return topicRows(this.#files.database);
  }

  infos(topic?: string): PartitionInfo[] {
    return [...this.partitions.values()]
      .filter((each) => topic === undefined || each.topic === topic)
      .map(({ id, topic: of, partition, compact, start, end }) => ({ id, topic: of, partition, compact, start, end }));
  }

  ensure(specs: readonly TopicSpec[]): PartitionInfo[] {
    const { database } = this.#files;
    // A start on a full disk writes nothing.
    if (hasTopics(database, specs)) return this.infos();
    this.transaction("creating topics", () => {
      putTopics(database, specs);
      this.#load();
    });
    return this.infos();
  }

  /** Makes the parts and offsets durable; answers the base offset of each part. */
  commit(parts: readonly CommitPart[], offsets: readonly OffsetToKeep[], buffer: ArrayBuffer): number[] {
    if (this.#suspect) this.#reopen();
    if (this.#isStarved) throw new LogFailure("unavailable", "no space left: appends wait for room to be made");
    const time = this.clock.next();
    const sequence = this.#sequence + 1;
    let bases: number[] = [];
    const write = (): void =>
      this.transaction("appending", () => {
        bases = this.#write(parts, time, buffer);
        for (const { group, id, offset } of offsets) this.#files.keepOffset.run(group, id, offset);
        this.#files.keepSequence.run(sequence);
      });
    try {
      write();
    } catch (error) {
      if (!(error instanceof LogFailure) || !isFull(error.cause)) throw error;
      // What the write-ahead log takes may be all that is missing.
      if (this.#foldIn()) write();
      else throw this.#starve(error);
    }
    this.#sequence = sequence;
    parts.forEach((part) => {
      const table = this.partition(part.id);
      table.end += part.count;
      table.lastTime = time;
    });
    try {
      this.#files.mark.advance(sequence);
    } catch (error) {
      this.#suspect = true;
      throw new LogFailure("unknown-outcome", `the disk failed after an append was written: ${String(error)}`, error);
    }
    this.#bytesSinceLook += buffer.byteLength;
    if (this.#bytesSinceLook >= BYTES_PER_LOOK) this.#keepReserve();
    return bases;
  }

  /** The disk is full: gives the reserve up, so that there is room to clean up with. */
  makeRoom(): void {
    this.#isStarved = true;
    this.#reserve.giveUp();
    this.#foldIn();
  }

  /** After cleaning up: appends go on once the reserve is there again. */
  regainReserve(): void {
    if (!this.#isStarved) return;
    this.#foldIn();
    this.#isStarved = !this.#keepReserve();
  }

  fetch(wanted: readonly Wanted[], maxBytes: number): FetchAnswer {
    const found: Uint8Array[] = [];
    const partitions: FetchedPartition[] = [];
    let total = 0;
    for (const { id, offset, maxBytes: most } of wanted) {
      const table = this.partition(id);
      const batches: FetchedBatch[] = [];
      let bytes = 0;
      if (offset < table.end && total < maxBytes) {
        for (const { body, last } of table.batchesFrom(Math.max(offset, table.start))) {
          batches.push({ at: total, bytes: body.length, endOffset: last + 1 });
          found.push(body);
          bytes += body.length;
          total += body.length;
          if (bytes >= most || total >= maxBytes) break;
        }
      }
      partitions.push({ id, start: table.start, end: table.end, batches });
    }
    const buffer = new ArrayBuffer(total);
    const all = new Uint8Array(buffer);
    let at = 0;
    for (const body of found) {
      all.set(body, at);
      at += body.length;
    }
    return { partitions, buffer };
  }

  committed(group: string): { id: number; offset: number }[] {
    return this.#files.database
      .prepare("SELECT partition AS id, next AS offset FROM offsets WHERE consumer_group = ?")
      .all(group) as unknown as { id: number; offset: number }[];
  }

  partition(id: number): PartitionTable {
    const table = this.partitions.get(id);
    if (table === undefined) throw new LogFailure("invariant", `there is no partition number ${id} in the event log`);
    return table;
  }

  /** All or nothing. After a failed write nothing is trusted before the files were opened anew. */
  transaction(doing: string, work: () => void): void {
    let committing = false;
    try {
      this.#files.database.exec("BEGIN IMMEDIATE");
      work();
      committing = true;
      this.#files.database.exec("COMMIT");
    } catch (error) {
      if (isIoFailure(error)) this.#suspect = true;
      const failure = failureOf(error, doing);
      try {
        if (this.#files.database.isTransaction) this.#files.database.exec("ROLLBACK");
      } catch (second) {
        this.#suspect = true;
        throw failureOf(second, `rolling back after "${failure.message}"`);
      }
      // The frames may have reached the disk although their sync failed.
      if (committing && this.#suspect) throw new LogFailure("unknown-outcome", failure.message, error);
      throw failure;
    }
  }

  close(): void {
    try {
      this.#reserve.close();
    } finally {
      closeLogFiles(this.#files);
    }
  }

  #write(parts: readonly CommitPart[], time: number, buffer: ArrayBuffer): number[] {
    return parts.map((part) => {
      const table = this.partition(part.id);
      const body = new Uint8Array(buffer, part.at, part.bytes);
      const { count, headerTableBytes } = part;
      sealBatch(body, { baseOffset: table.end, appendTime: time, count, sparse: false, headerTableBytes });
      table.insert(table.end, table.end + count - 1, time, body);
      return table.end;
    });
  }

  #starve(failure: LogFailure): LogFailure {
    this.#isStarved = true;
    return failure;
  }

  #keepReserve(): boolean {
    this.#bytesSinceLook = 0;
    const wal = join(this.#settings.dataDir, `${DATABASE_FILE}-wal`);
    return this.#reserve.ensure(statSync(wal, { throwIfNoEntry: false })?.size ?? 0);
  }

  /** Whether all of the write-ahead log could be put into the database. */
  #foldIn(): boolean {
    try {
      return this.#files.database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.["busy"] === 0;
    } catch (error) {
      if (isIoFailure(error)) this.#suspect = true;
      return false;
    }
  }

  #reopen(): void {
    try {
      closeLogFiles(this.#files);
    } catch {
      // Both files may be half closed already; only a failure to open them again matters.
    }
    try {
      this.#files = openLogFiles(this.#settings);
      this.#sequence = this.#files.sequence;
      this.#loadOrClose();
      // Pages of a failed sync may still be in the page cache alone: they are written once more, elsewhere, and synced.
      this.#files.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      this.#suspect = false;
    } catch (error) {
      throw failureOf(error, "opening the event log again");
    }
  }

  #loadOrClose(): void {
    try {
      this.#load();
    } catch (error) {
      closeLogFiles(this.#files);
      throw failureOf(error, "opening the event log");
    }
  }

  #load(): void {
    const compact = new Map(this.topics().map((row) => [row.name, row.cleanup === "compact"]));
    const rows = this.#files.database.prepare("SELECT id, topic, partition, start FROM partitions").all();
    this.partitions.clear();
    for (const row of rows as unknown as { id: number; topic: string; partition: number; start: number }[]) {
      createBatchTable(this.#files.database, row.id);
      this.partitions.set(
        row.id,
        new PartitionTable(
          this.#files.database,
          { ...row, compact: compact.get(row.topic) ?? false },
          this.#settings.compress,
        ),
      );
    }
    for (const { lastTime } of this.partitions.values()) this.clock.advancePast(lastTime);
  }
}
