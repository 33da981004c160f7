import { accessSync, chmodSync, constants, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ResourceError, silentLogger, type Logger } from "@headwater/core";
import { EmbeddedLog, type EmbeddedEventLog } from "./embedded-log.ts";
import { DEFAULT_RECORD_BYTES } from "../topics.ts";
import { syncFolder } from "./sync-folder.ts";
import { LogLockedError, LogWorkerClient } from "./log-worker-client.ts";

export type { EmbeddedEventLog } from "./embedded-log.ts";

export interface EmbeddedLogOptions {
  /** Made if it is not there; belongs to one process at a time. */
  readonly dataDir: string;
  readonly logger?: Logger;
  /**
   * Key, value and headers of a record, in bytes; a larger record is refused. Default 1,000,000, about what Kafka
   * takes.
   */
  readonly maxRecordBytes?: number;
  /** Between runs of retention and compaction, milliseconds. Default 60,000. */
  readonly housekeepingMs?: number;
  /** How long a tombstone is kept for readers that have not seen it yet, milliseconds. Default a day. */
  readonly tombstoneRetentionMs?: number;
  /**
   * Bound of the database in pages of 8 KiB; when it is reached appends are refused as on a full disk. Default: none.
   */
  readonly maxDatabasePages?: number;
  /** Batches that are appended from now on are compressed (zstd); those that are there are read either way. */
  readonly compression?: "none" | "zstd";
}

const OWNER_FILE = "event-log.pid";
/** What the names of all files of the log begin with. */
const FILES = "event-log.";

/**
 * Opens the log in a folder. Rejects with ResourceError when another process has it open or the folder cannot be
 * written, and with LogUnusableError when the log is damaged or holds less than it had acknowledged.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedEventLog> {
  const logger = options.logger ?? silentLogger;
  const dataDir = resolve(options.dataDir);
  prepareFolder(dataDir);
  const worker = new LogWorkerClient(logger);
  try {
    const { warnings, ...state } = await worker.request("open", {
      dataDir,
      housekeepingMs: options.housekeepingMs ?? 60_000,
      tombstoneRetentionMs: options.tombstoneRetentionMs ?? 24 * 60 * 60 * 1000,
      maxDatabasePages: options.maxDatabasePages,
      compress: options.compression === "zstd",
    });
    for (const warning of warnings) logger.warn({ dataDir }, warning);
    noteOwner(dataDir);
    return new EmbeddedLog(worker, state, options.maxRecordBytes ?? DEFAULT_RECORD_BYTES, logger);
  } catch (error) {
    // The thread may be dead already, and then the first error is the one that says why.
    await worker.close().catch(() => {});
    if (error instanceof LogLockedError) throw lockedError(dataDir, error);
    throw error;
  }
}

function prepareFolder(dataDir: string): void {
  try {
    const firstMade = mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (firstMade === undefined) closeToOthers(dataDir);
    else for (let made = dataDir; made.length >= firstMade.length; made = dirname(made)) syncFolder(dirname(made));
    accessSync(dataDir, constants.W_OK | constants.X_OK);
    for (const name of readdirSync(dataDir)) if (name.startsWith(FILES)) assertOurs(join(dataDir, name));
  } catch (error) {
    if (error instanceof ResourceError) throw error;
    throw new ResourceError(
      `the event log's folder ${dataDir} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** A command that was run as root (a restored backup, say) leaves files that its user cannot open. */
function assertOurs(file: string): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new ResourceError(
      `the event log's file ${file} belongs to another user (${(error as NodeJS.ErrnoException).code}); ` +
        `give all of its folder to the user that Headwater runs as (chown -R)`,
      { cause: error },
    );
  }
}

/** A volume that belongs to somebody else, as an orchestrator mounts it, has the mode that its owner gave it. */
function closeToOthers(dataDir: string): void {
  try {
    chmodSync(dataDir, 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}

export function lockedError(dataDir: string, cause: unknown): ResourceError {
  const owner = ownerOf(dataDir);
  const who = owner === undefined ? "another process" : `process ${owner}`;
  return new ResourceError(
    `the event log in ${dataDir} is open in ${who}; stop that one first, or give this one a folder of its own`,
    { cause },
  );
}

/** Only for the message that another process gives; the lock itself is the database's. */
function noteOwner(dataDir: string): void {
  try {
    writeFileSync(join(dataDir, OWNER_FILE), `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    // A log on a full disk opens, and cleans up.
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

function ownerOf(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, OWNER_FILE), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
