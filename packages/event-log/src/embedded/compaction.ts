import type { LogRecord } from "../event-log.ts";
import { BatchBuilder } from "./batch-builder.ts";
import type { LogDatabase } from "./log-database.ts";
import type { PartitionTable, StoredBatch } from "./partition-table.ts";
import { BatchCursor, sealBatch } from "./record-batch.ts";

/** Stored bytes rewritten in one transaction: appends wait no longer than for these. */
const AT_ONCE_BYTES = 1024 * 1024;
/** Rewritten batches grow to about this, so that a long history of small ones becomes few rows. */
const TARGET_BYTES = 256 * 1024;

interface CompactionSettings {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly tombstoneRetentionMs: number;
}

/**
 * Keeps the last record of every key on `compact` topics; older ones go, unless younger than the topic's minimum lag. A
 * tombstone goes once it is older than the tombstone retention. Offsets and append times stay. A bounded step per turn
 * of the generator.
 */
export function* applyCompaction(log: LogDatabase, settings: CompactionSettings): Generator<void> {
  for (const topic of log.topics()) {
    if (topic.cleanup !== "compact") continue;
    const youngest = (settings.now - (topic.min_compaction_lag_ms ?? 0)) * 1000;
    const tombstonesBefore = (settings.now - settings.tombstoneRetentionMs) * 1000;
    for (const { id } of log.infos(topic.name))
      yield* compactPartition(log, log.partition(id), youngest, tombstonesBefore);
  }
}

function* compactPartition(
  log: LogDatabase,
  table: PartitionTable,
  youngest: number,
  tombstonesBefore: number,
): Generator<void> {
  const cleanedTo = cleanedToOf(log, table.id);
  const limit = Math.min(table.offsetForTime(youngest), table.end);
  if (limit <= cleanedTo || !isWorthwhile(log, table.id, cleanedTo, limit)) return;
  const latest = new Map<string, number>();
  let seen = 0;
  for (let at = cleanedTo; at < limit;) {
    for (const batch of table.batchesFrom(at)) {
      for (const record of recordsOf(batch)) if (record.offset < limit) latest.set(keyOf(record), record.offset);
      at = batch.last + 1;
      seen += batch.body.length;
      if (at >= limit || seen > AT_ONCE_BYTES) break;
    }
    seen = 0;
    yield;
  }
  const isKept = (record: LogRecord): boolean => {
    const last = latest.get(keyOf(record));
    if (last !== undefined && last > record.offset) return false;
    return record.value !== null || record.appendTime >= tombstonesBefore;
  };
  for (let at = table.start; at < limit;) {
    at = rewriteSome(log, table, at, limit, isKept);
    yield;
  }
  log.transaction("compacting", () => {
    log.connection.prepare("UPDATE partitions SET cleaned_to = ? WHERE id = ?").run(limit, table.id);
  });
}

/** Whether the part not yet looked at is half of the rest, or more: everything is read and much of it rewritten. */
function isWorthwhile(log: LogDatabase, id: number, cleanedTo: number, limit: number): boolean {
  const bytes = (from: number, to: number): number => {
    const row = log.connection
      .prepare(`SELECT coalesce(sum(length(body)), 0) AS bytes FROM batches_${id} WHERE base >= ? AND base < ?`)
      .get(from, to);
    return Number(row?.["bytes"]);
  };
  return bytes(cleanedTo, limit) * 2 >= bytes(0, cleanedTo);
}

/** Rewrites a range from `from` on; answers where the next one begins. */
function rewriteSome(
  log: LogDatabase,
  table: PartitionTable,
  from: number,
  limit: number,
  isKept: (record: LogRecord) => boolean,
): number {
  const replaced: StoredBatch[] = [];
  const kept: LogRecord[] = [];
  let keptBytes = 0;
  let readBytes = 0;
  let dropped = 0;
  for (const batch of table.batchesFrom(from)) {
    if (batch.base >= limit) break;
    replaced.push(batch);
    for (const record of recordsOf(batch)) {
      if (record.offset >= limit || isKept(record)) {
        kept.push(record);
        keptBytes += (record.key?.length ?? 0) + (record.value?.length ?? 0) + 16;
      } else dropped++;
    }
    readBytes += batch.body.length;
    if (readBytes >= AT_ONCE_BYTES || keptBytes >= TARGET_BYTES) break;
  }
  const first = replaced[0];
  const last = replaced.at(-1);
  if (first === undefined || last === undefined) return limit;
  if (dropped > 0 || replaced.length > 1) {
    const body = sparseBatch(first.base, kept);
    log.transaction("compacting", () => {
      log.connection.prepare(`DELETE FROM batches_${table.id} WHERE base BETWEEN ? AND ?`).run(first.base, last.base);
      table.insert(first.base, last.last, last.time, body);
    });
  }
  return last.last + 1;
}

/** A batch whose records keep their offsets and times. */
export function sparseBatch(base: number, records: readonly LogRecord[]): Uint8Array {
  const appendTime = records[0]?.appendTime ?? 0;
  const builder = new BatchBuilder();
  for (const { offset, appendTime: time, key, value, headers } of records) {
    const set = Object.keys(headers).length === 0 ? undefined : headers;
    builder.addSparse(offset - base, time - appendTime, key, value, set);
  }
  const body = new Uint8Array(builder.bytes);
  const { headerTableBytes } = builder;
  builder.copyTo(body, 0);
  sealBatch(body, { baseOffset: base, appendTime, count: records.length, sparse: true, headerTableBytes });
  return body;
}

function recordsOf(batch: StoredBatch): LogRecord[] {
  const records: LogRecord[] = [];
  new BatchCursor(batch.body, batch.last + 1).take(records, Number.POSITIVE_INFINITY);
  return records;
}

function keyOf(record: LogRecord): string {
  return Buffer.from(record.key ?? []).toString("latin1");
}

function cleanedToOf(log: LogDatabase, id: number): number {
  const row = log.connection.prepare("SELECT cleaned_to FROM partitions WHERE id = ?").get(id);
  return Number(row?.["cleaned_to"] ?? 0);
}
