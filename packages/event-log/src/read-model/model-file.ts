import { ResourceError } from "@headwater/core";
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isBusy, isDamaged, isWithheld } from "./sqlite-failure.ts";

/** A file up to this size is checked whenever it is opened; a larger one only if it was not closed properly. */
const alwaysCheckedBytes = 32 * 1024 * 1024;

/** How long another process may still hold the file (milliseconds): one that is just ending, say. */
const lockTimeoutMs = 1000;

/**
 * Opens the database of a read model, empty if there is none, and hands it to `begin`. One that is damaged is deleted
 * and begun anew; `onDamaged` is told. Throws ResourceError if the file cannot be had at all.
 */
export function openModelFile(
  file: string,
  begin: (db: DatabaseSync) => void,
  onDamaged: (reason: string) => void,
): DatabaseSync {
  prepare(file);
  try {
    return open(file, begin);
  } catch (error) {
    if (isBusy(error)) {
      throw new ResourceError(`Another process uses ${file}; stop it, or set another data folder`, { cause: error });
    }
    if (isWithheld(error)) {
      throw new ResourceError(
        `The read model ${file} cannot be opened; give this user the rights to its files, room on the disk, and more open files (ulimit -n)`,
        { cause: error },
      );
    }
    if (!isDamaged(error)) throw error;
    onDamaged((error as Error).message);
    removeModelFile(file);
    prepare(file);
    return open(file, begin);
  }
}

/** Deletes the database with its write-ahead log and journal. */
export function removeModelFile(file: string): void {
  if (file === ":memory:") return;
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(file + suffix, { force: true });
}

/** SQLite would make the file with the modes of the umask; its WAL takes those of the file. */
function prepare(file: string): void {
  if (file === ":memory:") return;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ResourceError(
      `The read model ${file} cannot be written (${code}); make its folder writable for this user`,
      {
        cause: error,
      },
    );
  }
}

function open(file: string, begin: (db: DatabaseSync) => void): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: lockTimeoutMs });
  try {
    if (file !== ":memory:") holdForThisProcess(db, file);
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    // Ids are random, so each row touches pages all over the indexes; SQLite's 2 MB would be read again and again.
    // A thread folds the write-ahead log back; where it cannot, the commit that comes to so many pages does.
    db.exec("PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 16000");
    if (file !== ":memory:" && (statSync(file).size <= alwaysCheckedBytes || !closedProperly(db))) check(db);
    begin(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * A second process with the same folder hears of it at once. By the lock of a file beside it, not of the file itself,
 * into which a thread of this process folds the write-ahead log back by a connection of its own.
 */
function holdForThisProcess(db: DatabaseSync, file: string): void {
  db.prepare("ATTACH ? AS held").run(`${file}-lock`);
  // The lock is taken by the first write.
  db.exec("PRAGMA held.locking_mode = EXCLUSIVE; PRAGMA held.journal_mode = MEMORY; BEGIN IMMEDIATE; COMMIT;");
  chmodSync(`${file}-lock`, 0o600);
}

function closedProperly(db: DatabaseSync): boolean {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'read_model_meta'").get();
  if (table === undefined) return false;
  return db.prepare("SELECT value FROM read_model_meta WHERE key = 'closed'").get()?.["value"] === "yes";
}

function check(db: DatabaseSync): void {
  const result = db.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (result !== "ok") throw new DamagedFileError(String(result));
}

class DamagedFileError extends ResourceError {
  /** SQLite's own code for it, so that it is handled like a damage that SQLite came upon. */
  readonly errcode = 11;
}
