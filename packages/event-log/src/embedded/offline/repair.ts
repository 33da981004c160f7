import { chmodSync, chownSync, linkSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { nowMicros, ResourceError } from "@headwater/core";
import { LogUnusableError } from "../../errors.ts";
import type { LogRecord, OutgoingRecord } from "../../event-log.ts";
import { silentAheadMicros } from "../append-clock.ts";
import { BatchBuilder } from "../batch-builder.ts";
import { sparseBatch } from "../compaction.ts";
import { DATABASE_FILE } from "../log-files.ts";
import { plainBatch } from "../packed-batch.ts";
import type { StoredBatch } from "../partition-table.ts";
import { BatchCursor, readBatchHeader, sealBatch } from "../record-batch.ts";
import { createBatchTable, isCompressed, openDatabase } from "../schema.ts";
import { syncFolder } from "../sync-folder.ts";
import {
  partitionsOf,
  piecesOf,
  sideTables,
  unreadableTables,
  withLogFiles,
  type DamagedRange,
  type SideTable,
  type StoredPartition,
} from "./check.ts";

/** What stands around a damaged range, for whoever knows what the records of the topic mean. */
export interface Surroundings {
  /** Newest first. */
  readonly before: Iterable<LogRecord>;
  /** Oldest first, up to the next damage. */
  readonly after: Iterable<LogRecord>;
}

export interface RepairOptions {
  readonly dataDir: string;
  /** The records that stand in the place of a damaged range, to say what is gone; at most one an offset. */
  readonly standIns: (range: DamagedRange, around: Surroundings) => readonly OutgoingRecord[];
  readonly now?: number;
}

export interface SetAside {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  /** The bytes that were there, if any could be read. */
  readonly files: readonly string[];
}

export interface RepairReport {
  readonly setAside: readonly SetAside[];
  /** Batches that got another append time. */
  readonly rewritten: number;
  /** What could not be read and is not there any more. */
  readonly unreadable: readonly SideTable[];
  /** The database as it was; undefined if nothing had to be done. */
  readonly kept: string | undefined;
}

const piecesPerCommit = 500;

/** A machine whose clock says so cannot judge times. */
const earliestNow = Date.UTC(2025, 0, 1) * 1000;

/**
 * Writes the log in a folder anew, under its lock, without what is damaged and without times that are ahead of this
 * machine's clock. Offsets stay as they are, so readers go on where they were; what stood in a damaged range is kept in
 * files, and the database as it was beside the new one. Throws as `checkEmbeddedLog`.
 */
export function repairEmbeddedLog(options: RepairOptions): RepairReport {
  const dataDir = resolve(options.dataDir);
  const now = options.now ?? nowMicros();
  if (now < earliestNow) {
    throw new ResourceError(`this machine's clock says ${new Date(now / 1000).toISOString()}; set it right first`);
  }
  return withoutRepair(() =>
    withLogFiles(dataDir, ({ database }) => {
      const next = join(dataDir, `${DATABASE_FILE}.repaired`);
      for (const suffix of ["", "-wal", "-shm"]) rmSync(`${next}${suffix}`, { force: true });
      const target = openDatabase(next, undefined, isCompressed(database));
      let report: Omit<RepairReport, "kept">;
      try {
        report = new Rewriting(database, target, { ...options, dataDir }, now).all();
      } finally {
        target.close();
      }
      if (report.setAside.length === 0 && report.rewritten === 0 && report.unreadable.length === 0) {
        rmSync(next);
        return { ...report, kept: undefined };
      }
      return { ...report, kept: exchange(dataDir, database, next) };
    }),
  );
}

/** Whoever repairs is not told to repair. */
function withoutRepair<R>(work: () => R): R {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof LogUnusableError)) throw error;
    const message = error.message.replace(/; stop Headwater and run headwater log repair, or restore/, "; restore");
    throw new LogUnusableError(`the log cannot be repaired: ${message}`, { cause: error });
  }
}

/** The new database takes the place of the old one in one step; both are there at every moment. */
function exchange(dataDir: string, old: DatabaseSync, next: string): string {
  const file = join(dataDir, DATABASE_FILE);
  const kept = `${file}.${new Date().toISOString().replaceAll(/[:.]/g, "-")}.before-repair`;
  try {
    old.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // What is left of a damaged database is kept as it is.
  }
  linkSync(file, kept);
  // What could not be folded in goes with the old database: the new one would take it for its own.
  const wal = `${file}-wal`;
  if ((statSync(wal, { throwIfNoEntry: false })?.size ?? 0) > 0) renameSync(wal, `${kept}-wal`);
  chmodSync(next, 0o600);
  // Whoever repairs may be root; the log stays with the user that Headwater runs as.
  const { uid, gid } = statSync(file);
  if (process.getuid?.() === 0) chownSync(next, uid, gid);
  renameSync(next, file);
  syncFolder(dataDir);
  return kept;
}

class Rewriting {
  readonly #from: DatabaseSync;
  readonly #to: DatabaseSync;
  readonly #options: RepairOptions;
  readonly #now: number;
  readonly #setAside: SetAside[] = [];
  #rewritten = 0;

  constructor(from: DatabaseSync, to: DatabaseSync, options: RepairOptions, now: number) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#now = now;
  }

  all(): Omit<RepairReport, "kept"> {
    const unreadable = unreadableTables(this.#from);
    for (const table of ["commits", "partitions"]) this.#copy(table);
    for (const table of sideTables) if (!unreadable.includes(table)) this.#copy(table);
    for (const partition of partitionsOf(this.#from)) this.#partition(partition);
    return { setAside: this.#setAside, rewritten: this.#rewritten, unreadable };
  }

  #copy(table: string): void {
    this.#to.exec("BEGIN");
    for (const row of this.#from.prepare(`SELECT * FROM ${table}`).all()) {
      const columns = Object.keys(row);
      const places = columns.map(() => "?").join(", ");
      this.#to
        .prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(", ")}) VALUES (${places})`)
        .run(...Object.values(row));
    }
    this.#to.exec("COMMIT");
  }

  #partition(stored: StoredPartition): void {
    createBatchTable(this.#to, stored.id);
    const insert = this.#to.prepare(`INSERT INTO batches_${stored.id} (base, last, time, body) VALUES (?, ?, ?, ?)`);
    const pieces = [...piecesOf(this.#from, stored)].map((piece) =>
      piece.kind === "damaged" ? piece : { kind: "sound" as const, base: piece.batch.base, time: piece.batch.time },
    );
    const isAhead = (time: number): boolean => time > this.#now + silentAheadMicros;
    let ahead = pieces.filter((piece) => piece.kind === "sound" && isAhead(piece.time)).length;
    let lastTime = 0;
    const read = this.#from.prepare(`SELECT base, last, time, body FROM batches_${stored.id} WHERE base = ?`);
    const storedAt = (base: number): Uint8Array => (read.get(base) as unknown as StoredBatch).body;
    const batchAt = (base: number): StoredBatch => {
      const { last, time, body } = read.get(base) as unknown as StoredBatch;
      return { base, last, time, body: plainBatch(body) };
    };
    this.#to.exec("BEGIN");
    pieces.forEach((piece, index) => {
      // The write-ahead log of a large partition would otherwise take as much room once more.
      if (index % piecesPerCommit === piecesPerCommit - 1) this.#to.exec("COMMIT; BEGIN");
      if (piece.kind === "damaged") {
        const before = (function* () {
          for (const each of pieces.slice(0, index).toReversed())
            if (each.kind === "sound") yield* recordsOf(batchAt(each.base)).toReversed();
        })();
        const after = (function* () {
          for (const each of pieces.slice(index + 1)) if (each.kind === "sound") yield* recordsOf(batchAt(each.base));
        })();
        const records = this.#options.standIns(piece.range, { before, after });
        insert.run(piece.range.from, piece.range.to, lastTime, standInBatch(piece.range, lastTime, records));
        this.#keep(piece.range);
        return;
      }
      const batch = { ...batchAt(piece.base), time: piece.time };
      let { time } = batch;
      // As it lay there: compressed, if it was.
      let body = storedAt(piece.base);
      if (isAhead(time)) {
        // They end now, a microsecond apart, in their order.
        time = Math.max(lastTime, this.#now - ahead);
        ahead -= 1;
        body = retimed(batch, time);
        this.#rewritten += 1;
      }
      lastTime = Math.max(lastTime, time);
      insert.run(batch.base, batch.last, time, body);
    });
    this.#to.exec("COMMIT");
  }

  #keep({ topic, partition, from, to, bodies }: DamagedRange): void {
    const folder = join(this.#options.dataDir, "damaged");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const files = bodies.map((body, index) => {
      const file = join(folder, `${topic}-${partition}-${from}-${to}.${index}.batch`);
      writeFileSync(file, body, { mode: 0o600, flush: true });
      return file;
    });
    syncFolder(folder);
    this.#setAside.push({ topic, partition, from, to, files });
  }
}

function standInBatch({ from, to }: DamagedRange, appendTime: number, records: readonly OutgoingRecord[]): Uint8Array {
  const builder = new BatchBuilder();
  // The last offsets of the range, so that they stand as close to what follows as they can.
  const kept = records.slice(0, to - from + 1);
  kept.forEach(({ key, value, headers }, index) => {
    const bytes = typeof key === "string" ? Buffer.from(key) : key;
    builder.addSparse(to - from + 1 - kept.length + index, 0, bytes, value, headers);
  });
  const body = new Uint8Array(builder.bytes);
  builder.copyTo(body, 0);
  const { headerTableBytes } = builder;
  sealBatch(body, { baseOffset: from, appendTime, count: kept.length, sparse: true, headerTableBytes });
  return body;
}

function retimed({ base, body: bytes, last }: StoredBatch, time: number): Uint8Array {
  if (readBatchHeader(bytes).sparse) {
    const records = recordsOf({ base, last, time, body: bytes }).map((record) => ({
      offset: record.offset,
      appendTime: Math.min(record.appendTime, time),
      key: record.key,
      value: record.value,
      headers: record.headers,
    }));
    return sparseBatch(base, records);
  }
  const body = bytes.slice();
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const { baseOffset, count, sparse } = readBatchHeader(body);
  sealBatch(body, { baseOffset, appendTime: time, count, sparse, headerTableBytes: view.getUint32(28) });
  return body;
}

function recordsOf(batch: StoredBatch): LogRecord[] {
  const records: LogRecord[] = [];
  new BatchCursor(batch.body, batch.last + 1).take(records, Number.POSITIVE_INFINITY);
  return records;
}
