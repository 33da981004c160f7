import type { LogBatch, LogRecord, ReadRange } from "../event-log.ts";
import type { CatalogPartition } from "./catalog.ts";
import { BatchCursor } from "./record-batch.ts";
import type { LogWorkerClient } from "./log-worker-client.ts";

const FETCH_BYTES = 1024 * 1024;

/** A range of one partition, a fetch at a time; nothing is read ahead of the caller. */
export async function* readPartition(
  worker: LogWorkerClient,
  partition: CatalogPartition,
  range: ReadRange,
): AsyncGenerator<LogBatch> {
  const { id, topic, partition: number } = partition;
  const end = Math.min(range.toOffset ?? partition.end, partition.end);
  const { fromTime = Number.NEGATIVE_INFINITY, toTime = Number.POSITIVE_INFINITY } = range;
  let next = range.fromOffset ?? 0;
  if (range.fromTime !== undefined) {
    next = Math.max(next, (await worker.request("offsetForTime", { id, time: fromTime })).offset);
  }
  while (next < end) {
    const answer = await worker.request("fetch", {
      wanted: [{ id, offset: next, maxBytes: FETCH_BYTES }],
      maxBytes: FETCH_BYTES,
    });
    const { batches, end: highWatermark } = answer.partitions[0]!;
    if (batches.length === 0) return;
    const records: LogRecord[] = [];
    for (const { at, bytes, endOffset } of batches) {
      new BatchCursor(new Uint8Array(answer.buffer, at, bytes), endOffset, next).take(
        records,
        Number.POSITIVE_INFINITY,
      );
      next = endOffset;
    }
    const wanted = records.filter(
      ({ offset, appendTime }) => offset < end && appendTime >= fromTime && appendTime < toTime,
    );
    if (wanted.length > 0) yield { topic, partition: number, records: wanted, highWatermark };
    // Append times never decrease.
    if ((records.at(-1)?.appendTime ?? 0) >= toTime) return;
  }
}
