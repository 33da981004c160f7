import type { LogBatch } from "../event-log.ts";
import type { Logger } from "@headwater/core";
import type { DatabaseSync } from "node:sqlite";
import { checkpoints } from "./checkpoints.ts";
import { openModelFile } from "./model-file.ts";
import { PositionTable, type CoveredPartition } from "./position-table.ts";

/** Records whose pages the write-ahead log holds before it is folded back: some 26 MB of it where ids are random. */
const recordsBeforeFolding = 2000;

export interface ModelDatabaseOptions {
  readonly file: string;
  readonly version: string;
  readonly logger: Logger;
  migrate(db: DatabaseSync): void;
  apply(db: DatabaseSync, batch: LogBatch): void;
}

/** The database of a read model: always of the right version, each batch and its position in one transaction. */
export class ModelDatabase {
  readonly db: DatabaseSync;
  readonly positions: PositionTable;
  readonly #options: ModelDatabaseOptions;
  /** Records applied since the write-ahead log was folded back. */
  #unfolded = 0;

  constructor(options: ModelDatabaseOptions) {
    this.#options = options;
    const { file, logger } = options;
    this.db = openModelFile(
      file,
      (db) => this.#begin(db),
      (reason) => logger.warn({ file, reason }, "the read model was damaged and is built anew"),
    );
    this.positions = new PositionTable(this.db);
    this.positions.load();
  }

  /**
   * Empties the database and makes its tables again, in one transaction. Not by another file, since statements that are
   * prepared on this one have to go on working.
   */
  rebuild(): void {
    this.#empty(this.db);
    this.positions.load();
  }

  /** Applies a batch and its position: both, or neither if it throws. */
  apply(batch: LogBatch): void {
    const covered = transaction(this.db, () => {
      this.#options.apply(this.db, batch);
      return this.positions.save(batch);
    });
    this.#cover(covered, batch);
  }

  /**
   * Applies a batch like `apply`, a slice at a time and all in one transaction: many short ones would write the same
   * pages of the indexes again and again. Whoever reads meanwhile sees what is not committed yet. `next`: how many
   * records come next, once others have had the event loop.
   */
  async applyInSlices(batch: LogBatch, next: () => Promise<number>): Promise<void> {
    const { records, ...source } = batch;
    this.db.exec("BEGIN IMMEDIATE");
    let covered: CoveredPartition;
    try {
      for (let from = 0, to = 0; from < records.length; from = to) {
        to = Math.min(records.length, from + (await next()));
        this.#options.apply(this.db, { ...source, records: records.slice(from, to) });
      }
      covered = this.positions.save(batch);
      this.db.exec("COMMIT");
    } catch (error) {
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      throw error;
    }
    this.#cover(covered, batch);
  }

  get isFoldingDue(): boolean {
    return this.#unfolded >= recordsBeforeFolding && this.#options.file !== ":memory:";
  }

  /**
   * Folds the write-ahead log back into the file, in a thread. Between two transactions: while nobody writes it is
   * folded as a whole, and begins anew.
   */
  async foldBack(): Promise<void> {
    this.#unfolded = 0;
    await checkpoints.foldBack(this.#options.file);
  }

  close(): void {
    if (!this.db.isOpen) return;
    try {
      PositionTable.setClosed(this.db, true);
    } finally {
      this.db.close();
    }
  }

  #cover(covered: CoveredPartition, batch: LogBatch): void {
    this.positions.cover(covered);
    this.#unfolded += batch.records.length;
  }

  #begin(db: DatabaseSync): void {
    const version = PositionTable.versionOf(db);
    if (version !== this.#options.version) {
      const { file, logger } = this.#options;
      if (version !== undefined) logger.info({ file }, "the read model is of another version and is built anew");
      this.#empty(db);
    }
    PositionTable.setClosed(db, false);
  }

  #empty(db: DatabaseSync): void {
    // Off, since tables are dropped in no particular order; has no effect inside of a transaction.
    db.exec("PRAGMA foreign_keys = OFF");
    transaction(db, () => {
      dropAll(db);
      PositionTable.create(db, this.#options.version);
      this.#options.migrate(db);
    });
    db.exec("PRAGMA foreign_keys = ON");
  }
}

function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // Some failures of SQLite have already rolled back by themselves.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** Virtual tables first: they take the tables behind them along. */
function dropAll(db: DatabaseSync): void {
  const objects = db
    .prepare(
      `SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'trigger', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       ORDER BY CASE WHEN sql LIKE 'CREATE VIRTUAL%' THEN 0 WHEN type = 'table' THEN 2 ELSE 1 END`,
    )
    .all();
  for (const { type, name } of objects) {
    db.exec(`DROP ${String(type)} IF EXISTS "${String(name).replaceAll('"', '""')}"`);
  }
}
