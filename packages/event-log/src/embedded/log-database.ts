import { copyFileSync, existsSync, chmodSync, constants } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TopicSpec } from "../event-log.ts";
import { DurableMark } from "./durable-mark.ts";
import { PartitionTable } from "./partition-table.ts";
import { sealBatch } from "./record-batch.ts";
import { createBatchTable, openDatabase } from "./schema.ts";
import { failureOf, isIoFailure, isLockedElsewhere } from "./sqlite-failure.ts";
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

const DATABASE_FILE = "event-log.db";
const MARK_FILE = "event-log.mark";

interface TopicRow {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: "delete" | "compact";
  readonly retention_ms: number | null;
  readonly min_compaction_lag_ms: number | null;
}

/** The event log in its database: everything that happens in the worker, all of it synchronous. */
export class LogDatabase {
  readonly #settings: WorkerSettings;
  readonly warnings: string[] = [];
  readonly partitions = new Map<number, PartitionTable>();
  #database: DatabaseSync;
  #mark: DurableMark;
  #sequence: number;
  #lastTime = 0;
  #keepOffset: StatementSync;
  #keepSequence: StatementSync;
  /** Set after a failed write or sync: nothing is trusted before the files were opened anew. */
  #suspect = false;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
    const opened = this.#open();
    this.#database = opened.database;
    this.#mark = opened.mark;
    this.#sequence = opened.sequence;
    this.#keepOffset = opened.keepOffset;
    this.#keepSequence = opened.keepSequence;
  }

  get connection(): DatabaseSync {
    return this.#database;
  }

  topics(): TopicRow[] {
    return this.#database.prepare("SELECT * FROM topics").all() as unknown as TopicRow[];
  }

  infos(topic?: string): PartitionInfo[] {
    return [...this.partitions.values()]
      .filter((each) => topic === undefined || each.topic === topic)
      .map(({ id, topic: of, partition, compact, start, end }) => ({ id, topic: of, partition, compact, start, end }));
  }

  ensure(specs: readonly TopicSpec[]): PartitionInfo[] {
    const known = new Map(this.topics().map((row) => [row.name, row]));
    for (const spec of specs) {
      const row = known.get(spec.name);
      if (row !== undefined && row.partitions !== spec.partitions) {
        throw new LogFailure(
          "topic-mismatch",
          `topic ${spec.name} has ${row.partitions} partitions, not ${spec.partitions}; the count is fixed for the life of a topic`,
        );
      }
    }
    const putTopic = this.#database.prepare("INSERT OR REPLACE INTO topics VALUES (?, ?, ?, ?, ?)");
    const putPartition = this.#database.prepare("INSERT OR IGNORE INTO partitions (topic, partition) VALUES (?, ?)");
    this.transaction("creating topics", () => {
      for (const spec of specs) {
        putTopic.run(
          spec.name,
          spec.partitions,
          spec.cleanup,
          spec.retentionMs ?? null,
          spec.minCompactionLagMs ?? null,
        );
        for (let partition = 0; partition < spec.partitions; partition++) putPartition.run(spec.name, partition);
      }
      this.#load();
    });
    return this.infos();
  }

  /** Makes the parts and offsets durable; answers the base offset of each part. */
  commit(parts: readonly CommitPart[], offsets: readonly OffsetToKeep[], buffer: ArrayBuffer): number[] {
    if (this.#suspect) this.#reopen();
    const time = Math.max(this.#lastTime, Date.now() * 1000);
    const sequence = this.#sequence + 1;
    const bases: number[] = [];
    this.transaction("appending", () => {
      for (const part of parts) {
        const table = this.partition(part.id);
        const body = new Uint8Array(buffer, part.at, part.bytes);
        const { count, headerTableBytes } = part;
        sealBatch(body, { baseOffset: table.end, appendTime: time, count, sparse: false, headerTableBytes });
        table.insert(table.end, table.end + count - 1, time, body);
        bases.push(table.end);
      }
      for (const { group, id, offset } of offsets) this.#keepOffset.run(group, id, offset);
      this.#keepSequence.run(sequence);
    });
    this.#sequence = sequence;
    this.#lastTime = time;
    parts.forEach((part) => {
      const table = this.partition(part.id);
      table.end += part.count;
      table.lastTime = time;
    });
    try {
      this.#mark.advance(sequence);
    } catch (error) {
      this.#suspect = true;
      throw new LogFailure("unknown-outcome", `the disk failed after an append was written: ${String(error)}`, error);
    }
    return bases;
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
    return this.#database
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
      this.#database.exec("BEGIN IMMEDIATE");
      work();
      committing = true;
      this.#database.exec("COMMIT");
    } catch (error) {
      if (isIoFailure(error)) this.#suspect = true;
      const failure = failureOf(error, doing);
      try {
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
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
    this.#mark.close();
    this.#database.close();
  }

  #reopen(): void {
    try {
      this.close();
    } catch {
      // Both files may be half closed already; only a failure to open them again matters.
    }
    try {
      const opened = this.#open();
      this.#database = opened.database;
      this.#mark = opened.mark;
      this.#sequence = opened.sequence;
      this.#keepOffset = opened.keepOffset;
      this.#keepSequence = opened.keepSequence;
      // Pages of a failed sync may still be in the page cache alone: they are written once more, elsewhere, and synced.
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      this.#suspect = false;
    } catch (error) {
      throw failureOf(error, "opening the event log again");
    }
  }

  #open(): {
    database: DatabaseSync;
    mark: DurableMark;
    sequence: number;
    keepOffset: StatementSync;
    keepSequence: StatementSync;
  } {
    const file = join(this.#settings.dataDir, DATABASE_FILE);
    const markFile = join(this.#settings.dataDir, MARK_FILE);
    let database: DatabaseSync;
    try {
      database = openDatabase(file, this.#settings.maxDatabasePages);
    } catch (error) {
      if (isLockedElsewhere(error)) throw new LogFailure("locked", "locked", error);
      throw failureOf(error, `opening ${file}`);
    }
    try {
      for (const name of [file, `${file}-wal`]) if (existsSync(name)) chmodSync(name, 0o600);
      const { sequence } = database.prepare("SELECT sequence FROM commits").get() as { sequence: number };
      const acknowledged = DurableMark.read(markFile);
      if (acknowledged === undefined && sequence > 0) {
        this.warnings.push(`${markFile} is missing; taking the event log as it is, up to commit ${sequence}`);
      }
      if (acknowledged !== undefined && sequence < acknowledged)
        throw lostCommits(file, markFile, sequence, acknowledged);
      const mark = DurableMark.open(markFile, sequence);
      this.#database = database;
      this.#load();
      return {
        database,
        mark,
        sequence,
        keepOffset: database.prepare("INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)"),
        keepSequence: database.prepare("UPDATE commits SET sequence = ?"),
      };
    } catch (error) {
      database.close();
      throw failureOf(error, `opening ${file}`);
    }
  }

  #load(): void {
    const compact = new Map(this.topics().map((row) => [row.name, row.cleanup === "compact"]));
    const rows = this.#database.prepare("SELECT id, topic, partition, start FROM partitions").all();
    this.partitions.clear();
    for (const row of rows as unknown as { id: number; topic: string; partition: number; start: number }[]) {
      createBatchTable(this.#database, row.id);
      this.partitions.set(
        row.id,
        new PartitionTable(this.#database, { ...row, compact: compact.get(row.topic) ?? false }),
      );
    }
    this.#lastTime = Math.max(this.#lastTime, 0, ...[...this.partitions.values()].map((each) => each.lastTime));
  }
}

function lostCommits(file: string, markFile: string, sequence: number, acknowledged: number): LogFailure {
  // Closing the database folds the WAL into it and removes it, and with it the evidence of the damage.
  const wal = `${file}-wal`;
  const kept = `${wal}.damaged`;
  if (existsSync(wal) && !existsSync(kept)) copyFileSync(wal, kept, constants.COPYFILE_EXCL);
  const note = existsSync(kept) ? ` (its write-ahead log is kept as ${kept})` : "";
  return new LogFailure(
    "unusable",
    `the event log ${file} is damaged: it ends at commit ${sequence}, but commit ${acknowledged} was acknowledged${note}; ` +
      `restore the folder from a backup, or accept the loss of ${acknowledged - sequence} commits by moving ${markFile} away`,
  );
}
