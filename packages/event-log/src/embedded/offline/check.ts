import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { nowMicros, ResourceError } from "@headwater/core";
import { silentAheadMicros } from "../append-clock.ts";
import { closeLogFiles, DATABASE_FILE, openLogFiles, type LogFiles } from "../log-files.ts";
import { errorOf } from "../log-worker-client.ts";
import { lockedError } from "../open-embedded-log.ts";
import { failureOf } from "../sqlite-failure.ts";
import { scanBatches, type ScannedBatch } from "./scan-batches.ts";

/** Offsets of a partition that cannot be read. */
export interface DamagedRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  /** Included. */
  readonly to: number;
  /** What is left of the batches that lay there. */
  readonly bodies: readonly Uint8Array[];
}

export interface LogReport {
  readonly batches: number;
  readonly damaged: readonly DamagedRange[];
  /** Batches whose time is more than two minutes ahead of this machine's clock. */
  readonly ahead: number;
  /** The latest append time, in microseconds; 0 for an empty log. */
  readonly lastTime: number;
  /** Of the settings of topics and the offsets of groups, what cannot be read. */
  readonly unreadable: readonly SideTable[];
}

/**
 * What the log can do without: topics are made again with their settings at the next start, and a group without its
 * offsets begins at the beginning.
 */
export const sideTables = ["topics", "offsets"] as const;
export type SideTable = (typeof sideTables)[number];

/** The side tables that cannot be read whole. */
export function unreadableTables(database: DatabaseSync): SideTable[] {
  return sideTables.filter((table) => {
    try {
      database.prepare(`SELECT * FROM ${table}`).all();
      return false;
    } catch (error) {
      if (failureOf(error, "reading").kind !== "unusable") throw error;
      return true;
    }
  });
}

export interface StoredPartition {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly start: number;
  readonly cleaned_to: number;
}

/**
 * Reads all of the log in a folder, under its lock, and says what is damaged. Changes nothing. Throws ResourceError
 * while another process has the log open or if there is none, and LogUnusableError when its files cannot be opened at
 * all.
 */
export function checkEmbeddedLog(dataDir: string, now = nowMicros()): LogReport {
  return withLogFiles(dataDir, ({ database }) => {
    const unreadable = unreadableTables(database);
    const report = { batches: 0, damaged: [] as DamagedRange[], ahead: 0, lastTime: 0, unreadable };
    for (const partition of partitionsOf(database)) {
      for (const piece of piecesOf(database, partition)) {
        if (piece.kind === "damaged") {
          report.damaged.push(piece.range);
          continue;
        }
        report.batches += 1;
        report.lastTime = Math.max(report.lastTime, piece.batch.time);
        if (piece.batch.time > now + silentAheadMicros) report.ahead += 1;
      }
    }
    return report;
  });
}

export function withLogFiles<R>(dataDir: string, work: (files: LogFiles) => R): R {
  const folder = resolve(dataDir);
  // Opening would make a log that is not there.
  if (!existsSync(join(folder, DATABASE_FILE))) throw new ResourceError(`There is no event log in ${folder}`);
  let files: LogFiles;
  try {
    files = openLogFiles({ dataDir: folder });
  } catch (error) {
    const failure = failureOf(error, "opening the event log");
    throw failure.kind === "locked" ? lockedError(folder, error) : errorOf(failure);
  }
  try {
    return work(files);
  } catch (error) {
    throw errorOf(failureOf(error, "reading the event log"));
  } finally {
    closeLogFiles(files);
  }
}

export function partitionsOf(database: DatabaseSync): StoredPartition[] {
  return database.prepare("SELECT * FROM partitions ORDER BY id").all() as unknown as StoredPartition[];
}

export type Piece =
  | Extract<ScannedBatch, { kind: "sound" }>
  | { readonly kind: "damaged"; readonly range: DamagedRange };

/** The offsets of a partition without a gap: sound batches, and the damaged ranges between and behind them. */
export function* piecesOf(database: DatabaseSync, stored: StoredPartition): Generator<Piece> {
  const { id, topic, partition, start } = stored;
  let expected: number | undefined;
  let bodies: Uint8Array[] = [];
  /** The last offset that damaged rows say they reach to. */
  let claimed = -1;
  let isDamaged = false;
  for (const scanned of scanBatches(database, id)) {
    if (scanned.kind === "damaged") {
      const { base, last, body } = scanned.row;
      isDamaged = true;
      if (body !== undefined) bodies.push(body);
      claimed = Math.max(claimed, plausibleEnd(expected ?? start, base, last));
      continue;
    }
    const { batch } = scanned;
    const from: number = expected ?? Math.min(start, batch.base);
    // A second row of offsets that are there already.
    if (batch.base < from) continue;
    if (batch.base > from) {
      yield { kind: "damaged", range: { topic, partition, from, to: batch.base - 1, bodies } };
    }
    [bodies, isDamaged, claimed] = [[], false, -1];
    yield scanned;
    expected = batch.last + 1;
  }
  const from = expected ?? start;
  const to = Math.max(claimed, committedOf(database, id) - 1, isDamaged ? from : -1);
  if (to >= from) yield { kind: "damaged", range: { topic, partition, from, to, bodies } };
}

/** No batch holds more records, so a damaged row that says so is not believed. */
const mostRecords = 10_000_000;

function plausibleEnd(from: number, base: number | undefined, last: number | undefined): number {
  const ends = [base, last].filter((each) => each !== undefined && each >= from && each < from + mostRecords);
  return Math.max(-1, ...(ends as number[]));
}

/** The furthest offset that a group has committed: as many were there. */
function committedOf(database: DatabaseSync, id: number): number {
  try {
    const row = database.prepare("SELECT coalesce(max(next), 0) AS next FROM offsets WHERE partition = ?").get(id);
    return Number(row?.["next"]);
  } catch (error) {
    if (failureOf(error, "reading").kind !== "unusable") throw error;
    return 0;
  }
}
