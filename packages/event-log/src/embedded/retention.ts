import type { LogDatabase } from "./log-database.ts";

/** Batches deleted in one transaction: appends wait no longer than for these. */
const AT_ONCE = 100;

/**
 * Deletes records that are older than their topic keeps them, a bounded step per turn of the generator, so that appends
 * get in between. Whole batches go, from the left end of a partition; offsets stay as they are.
 */
export function* applyRetention(log: LogDatabase, now: number): Generator<void> {
  for (const topic of log.topics()) {
    if (topic.cleanup !== "delete" || topic.retention_ms === null) continue;
    const before = (now - topic.retention_ms) * 1000;
    for (const { id } of log.infos(topic.name)) {
      while (deleteSome(log, id, before)) yield;
    }
  }
}

function deleteSome(log: LogDatabase, id: number, before: number): boolean {
  const table = log.partition(id);
  let start = table.start;
  let count = 0;
  for (; count < AT_ONCE; count++) {
    const batch = table.batchAt(start);
    if (batch === undefined || batch.time >= before) break;
    start = batch.last + 1;
  }
  if (count === 0) return false;
  log.transaction("applying retention", () => {
    log.connection.prepare(`DELETE FROM batches_${id} WHERE base < ?`).run(start);
    log.connection.prepare("UPDATE partitions SET start = ? WHERE id = ?").run(start, id);
  });
  table.start = start;
  return count === AT_ONCE;
}
