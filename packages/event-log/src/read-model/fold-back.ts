import { DatabaseSync } from "node:sqlite";

/**
 * Copies what the write-ahead log of a database holds into its file, as far as nobody reads it; the next transaction
 * writes the log from its start again. Never waits for anybody.
 */
export function foldBack(file: string): void {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    // A log whose frames are on the disk only in part is of no use after a power cut: as its writer does it.
    db.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_checkpoint(PASSIVE)");
  } finally {
    db.close();
  }
}
