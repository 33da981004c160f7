import type { LogBatch, LogRecord, Position } from "../event-log.ts";
import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** How far a partition is applied, and the fingerprint of the last record. */
export interface CoveredPartition {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to apply. */
  readonly next: number;
  /** The offset of the last record applied. */
  readonly last: number;
  readonly fingerprint: string;
}

/**
 * Which log this is, as far as one record can tell: another log's record at the same offset differs in time or bytes.
 */
export function fingerprint(record: LogRecord): string {
  const hash = createHash("sha256").update(String(record.appendTime));
  for (const part of [record.key, record.value]) {
    hash.update(part === null ? "-" : `${part.byteLength}:`);
    if (part !== null) hash.update(part);
  }
  return hash.digest("base64url");
}

/** The positions that the model covers, kept in the same transactions as the rows made from the records. */
export class PositionTable {
  readonly #db: DatabaseSync;
  readonly #covered = new Map<string, CoveredPartition>();
  #put: StatementSync | undefined;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Makes the tables in an empty database. */
  static create(db: DatabaseSync, version: string): void {
    db.exec(`
      CREATE TABLE read_model_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE read_model_positions (
        topic TEXT NOT NULL, partition INTEGER NOT NULL,
        next INTEGER NOT NULL, last INTEGER NOT NULL, fingerprint TEXT NOT NULL,
        PRIMARY KEY (topic, partition)
      ) WITHOUT ROWID;
    `);
    db.prepare("INSERT INTO read_model_meta (key, value) VALUES ('version', ?)").run(version);
  }

  /** The version that the database was made with; undefined if it is empty or not a read model. */
  static versionOf(db: DatabaseSync): string | undefined {
    const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'read_model_meta'").get();
    if (table === undefined) return undefined;
    return db.prepare("SELECT value FROM read_model_meta WHERE key = 'version'").get()?.["value"] as string | undefined;
  }

  /** Saves whether the file was closed in an orderly way. */
  static setClosed(db: DatabaseSync, closed: boolean): void {
    db.prepare("INSERT OR REPLACE INTO read_model_meta (key, value) VALUES ('closed', ?)").run(closed ? "yes" : "no");
  }

  load(): void {
    this.#covered.clear();
    const rows = this.#db.prepare("SELECT topic, partition, next, last, fingerprint FROM read_model_positions").all();
    for (const row of rows as unknown as CoveredPartition[]) this.#covered.set(keyOf(row.topic, row.partition), row);
  }

  get(topic: string, partition: number): CoveredPartition | undefined {
    return this.#covered.get(keyOf(topic, partition));
  }

  all(): readonly CoveredPartition[] {
    return [...this.#covered.values()];
  }

  positions(): Position[] {
    return this.all().map(({ topic, partition, next }) => ({ topic, partition, offset: next }));
  }

  /**
   * Saves that a batch is applied, in the transaction that is open; `cover` takes the answer once that has committed.
   */
  save(batch: LogBatch): CoveredPartition {
    const record = batch.records.at(-1)!;
    const { topic, partition } = batch;
    const covered = {
      topic,
      partition,
      next: record.offset + 1,
      last: record.offset,
      fingerprint: fingerprint(record),
    };
    this.#put ??= this.#db.prepare(
      "INSERT OR REPLACE INTO read_model_positions (topic, partition, next, last, fingerprint) VALUES (?, ?, ?, ?, ?)",
    );
    this.#put.run(topic, partition, covered.next, covered.last, covered.fingerprint);
    return covered;
  }

  cover(covered: CoveredPartition): void {
    this.#covered.set(keyOf(covered.topic, covered.partition), covered);
  }
}

export function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
