import { constants, copyFileSync, existsSync } from "node:fs";
import { LogFailure } from "./worker-protocol.ts";

/** The failure of a database that is behind its mark; keeps the write-ahead log. */
export function lostCommits(file: string, markFile: string, sequence: number, acknowledged: number): LogFailure {
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
