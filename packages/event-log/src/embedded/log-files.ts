import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { DurableMark } from "./durable-mark.ts";
import { lostCommits } from "./lost-commits.ts";
import { openDatabase } from "./schema.ts";
import { failureOf, isLockedElsewhere } from "./sqlite-failure.ts";
import { LogFailure } from "./worker-protocol.ts";

export const DATABASE_FILE = "event-log.db";
const MARK_FILE = "event-log.mark";

/** The database and the mark beside it, both open and in agreement. */
export interface LogFiles {
  readonly database: DatabaseSync;
  readonly mark: DurableMark;
  /** The number of the last commit. */
  readonly sequence: number;
  readonly keepOffset: StatementSync;
  readonly keepSequence: StatementSync;
  /** What is amiss and does not keep the log from being used. */
  readonly warnings: readonly string[];
}

export interface LogFilesSettings {
  readonly dataDir: string;
  readonly maxDatabasePages?: number | undefined;
  readonly compress?: boolean;
}

/** Throws a LogFailure if another process has them, if they cannot be read, or if acknowledged commits are missing. */
export function openLogFiles({ dataDir, maxDatabasePages, compress = false }: LogFilesSettings): LogFiles {
  const file = join(dataDir, DATABASE_FILE);
  const markFile = join(dataDir, MARK_FILE);
  const warnings: string[] = [];
  let database: DatabaseSync;
  try {
    database = openDatabase(file, maxDatabasePages, compress);
  } catch (error) {
    if (isLockedElsewhere(error)) throw new LogFailure("locked", "locked", error);
    throw failureOf(error, `opening ${file}`);
  }
  try {
    for (const name of [file, `${file}-wal`]) if (existsSync(name)) chmodSync(name, 0o600);
    const { sequence } = database.prepare("SELECT sequence FROM commits").get() as { sequence: number };
    const acknowledged = DurableMark.read(markFile);
    if (acknowledged === undefined && sequence > 0) {
      warnings.push(`${markFile} is missing; taking the event log as it is, up to commit ${sequence}`);
    }
    if (acknowledged !== undefined && sequence < acknowledged)
      throw lostCommits(file, markFile, sequence, acknowledged);
    return {
      database,
      mark: DurableMark.open(markFile, sequence),
      sequence,
      keepOffset: database.prepare("INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)"),
      keepSequence: database.prepare("UPDATE commits SET sequence = ?"),
      warnings,
    };
  } catch (error) {
    database.close();
    throw failureOf(error, `opening ${file}`);
  }
}

export function closeLogFiles({ mark, database }: LogFiles): void {
  try {
    mark.close();
  } finally {
    database.close();
  }
}
