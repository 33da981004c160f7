import { DatabaseSync } from "node:sqlite";
import { LogFailure } from "./worker-protocol.ts";

/** Of a log without compressed batches; the version before this one opens it, too. */
const PLAIN_FORMAT = 1;
/** Some batches may be compressed (packed-batch.ts). */
const FORMAT = 2;

const schema = `
  CREATE TABLE IF NOT EXISTS commits (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL);
  INSERT OR IGNORE INTO commits VALUES (1, 0);
  CREATE TABLE IF NOT EXISTS topics (
    name TEXT PRIMARY KEY, partitions INTEGER NOT NULL, cleanup TEXT NOT NULL,
    retention_ms INTEGER, min_compaction_lag_ms INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS partitions (
    id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL,
    start INTEGER NOT NULL DEFAULT 0, cleaned_to INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, partition)
  );
  CREATE TABLE IF NOT EXISTS offsets (
    consumer_group TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, partition)
  ) WITHOUT ROWID;
`;

/**
 * A table per partition: appends go to its right end, retention takes from its left one. `body` last, so the rest is
 * read without it.
 */
export function createBatchTable(database: DatabaseSync, id: number): void {
  database.exec(
    `CREATE TABLE IF NOT EXISTS batches_${id} (base INTEGER PRIMARY KEY, last INTEGER NOT NULL, time INTEGER NOT NULL, body BLOB NOT NULL)`,
  );
}

/** Whether some of its batches may be compressed. */
export function isCompressed(database: DatabaseSync): boolean {
  return formatOf(database) >= FORMAT;
}

function formatOf(database: DatabaseSync): number {
  return (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
}

/**
 * Opens the database for this process alone. The exclusive lock is the operating system's, so it goes with the process
 * that held it, however that ended; throws a fatal LogFailure if another one has it.
 */
export function openDatabase(file: string, maxPages: number | undefined, compress = false): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    // Larger than the default: most of the database is batches of many kilobytes. Settles only when the file is new.
    database.exec("PRAGMA page_size = 8192");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA wal_autocheckpoint = 2000");
    database.exec("PRAGMA cache_size = -16384");
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    database.exec("BEGIN EXCLUSIVE");
    const format = formatOf(database);
    if (format > FORMAT) {
      throw new LogFailure(
        "unusable",
        `${file} was written by a newer version (format ${format}, this one knows ${FORMAT})`,
      );
    }
    // Nothing is written to a log that is only looked at: should it prove damaged, its write-ahead log is evidence.
    const wanted = compress ? FORMAT : PLAIN_FORMAT;
    if (format < wanted) {
      database.exec(schema);
      database.exec(`PRAGMA user_version = ${wanted}`);
    }
    database.exec("COMMIT");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
