import { closeSync, fsyncSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { backup, type DatabaseSync } from "node:sqlite";

/** Pages of 16 KiB copied at once; writes pass in between. */
const PAGES_A_STEP = 64;
/** So long (milliseconds) it tries to begin between two writes: a worker that is busy leaves few gaps. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 5;

/**
 * SQLite's result codes for a database that is being written at this moment. Node reads the code of a first step that
 * found it so from the copy's connection, where nothing failed: 0, "not an error".
 */
const busy: ReadonlySet<number | undefined> = new Set([0, 5, 6]);

/**
 * A copy of the file as it is when the copy ends: what is written meanwhile through the same connection is in it, whole
 * transactions only. Synced when it resolves. Rejects once `signal` is aborted.
 */
export async function backUp(database: DatabaseSync, path: string, signal: AbortSignal): Promise<void> {
  closeSync(openSync(path, "wx", 0o600));
  for (const began = performance.now(); ;) {
    signal.throwIfAborted();
    try {
      await backup(database, path, { rate: PAGES_A_STEP, progress: () => signal.throwIfAborted() });
      break;
    } catch (error) {
      const { errcode } = error as { errcode?: number };
      if (!busy.has(errcode === undefined ? undefined : errcode & 0xff) || performance.now() - began > PATIENCE_MS)
        throw error;
      await sleep(PAUSE_MS);
    }
  }
  const copy = openSync(path, "r+");
  try {
    fsyncSync(copy);
  } finally {
    closeSync(copy);
  }
}
