import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

const SCHEMA_VERSION = 4;
/** The first version whose chunks and journal have checksums. */
const CHECKED_VERSION = 2;
/** The first version that packs points, and that has roll-ups. */
const PACKED_VERSION = 3;
/** The first version that has sums by the hour of points that are there, and keeps them right. */
const HOURS_VERSION = 4;

const SCHEMA = `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    measurement TEXT NOT NULL,
    tags TEXT NOT NULL,
    field TEXT NOT NULL,
    UNIQUE (measurement, tags, field)
  );
  CREATE TABLE journal (id INTEGER PRIMARY KEY, batch BLOB NOT NULL);
  CREATE TABLE chunks (
    series INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    count INTEGER NOT NULL,
    summary BLOB,
    times BLOB NOT NULL,
    numbers BLOB,
    texts TEXT,
    PRIMARY KEY (series, start)
  ) WITHOUT ROWID;
`;

/** Roll-ups of points that are gone, the newest of these of each series, and facts of the file. */
const ROLLUPS = `
  CREATE TABLE rollups (
    series INTEGER NOT NULL,
    grade INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    count INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    packed BLOB NOT NULL,
    texts TEXT,
    PRIMARY KEY (series, grade, start)
  ) WITHOUT ROWID;
  CREATE TABLE last_points (series INTEGER PRIMARY KEY, time INTEGER NOT NULL, value NOT NULL);
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

const HOUR_BLOCKS = `
  CREATE TABLE hour_blocks (
    series INTEGER NOT NULL,
    start INTEGER NOT NULL,
    count INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (series, start)
  ) WITHOUT ROWID;
`;

/** What was found to be damaged, as it is; nothing reads it but people. */
const DAMAGED = `
  CREATE TABLE damaged (
    id INTEGER PRIMARY KEY,
    what TEXT NOT NULL,
    series INTEGER, start INTEGER, stop INTEGER, count INTEGER,
    summary BLOB, times BLOB, numbers BLOB, texts TEXT, batch BLOB
  );
`;

/**
 * Opens the file for this process alone; throws the error of SQLite (`errcode` 5 or 6: another process has it).
 *
 * synchronous = FULL: a commit is on the disk when it returns, power loss included; the consumer commits its offsets on
 * the strength of that. Pages of 16 KiB: a flush touches many series, and fewer, larger pages cost half the CPU
 * (measured).
 */
export function openDatabase(path: string): { readonly database: DatabaseSync; readonly isNew: boolean } {
  createPrivately(path);
  const database = new DatabaseSync(path);
  try {
    database.exec(`
      PRAGMA page_size = 16384;
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 2000;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA cache_size = -32768;
    `);
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version > SCHEMA_VERSION) {
      throw new RangeError(`${path} was written by a newer version (${version}, this one knows ${SCHEMA_VERSION})`);
    }
    const steps = [
      ...(version === 0 ? [SCHEMA] : []),
      // Chunks of the first version are sealed as they are written again; until then some have no checksum.
      ...(version === 1 ? ["CREATE TABLE unsealed (since INTEGER);"] : []),
      ...(version < CHECKED_VERSION ? [DAMAGED] : []),
      ...(version < PACKED_VERSION ? [ROLLUPS] : []),
      ...(version < HOURS_VERSION ? [HOUR_BLOCKS] : []),
    ];
    if (version < SCHEMA_VERSION) {
      database.exec(`BEGIN; ${steps.join("\n")} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    }
    return { database, isNew: version === 0 };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** When the store was last written to (milliseconds since the epoch); undefined if there is none yet. */
export function lastUsed(path: string): number | undefined {
  const files = [path, `${path}-wal`].flatMap((name) => statSync(name, { throwIfNoEntry: false }) ?? []);
  const times = files.filter(({ size }) => size > 0).map(({ mtimeMs }) => mtimeMs);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Bytes of the pages that hold something; those of deleted rows are used again. */
export function usedBytes(database: DatabaseSync): number {
  const of = (pragma: string): number =>
    Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0] ?? 0);
  return (of("page_count") - of("freelist_count")) * of("page_size");
}

/** Whether there may be chunks and journal entries of a version that wrote no checksums. */
export function mayBeUnsealed(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'unsealed'").get() !== undefined;
}

/** SQLite gives its WAL the mode of the main file, so the main file is made with the right one first. */
function createPrivately(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
  const entry = openSync(folder, "r");
  fsyncSync(entry);
  closeSync(entry);
}
