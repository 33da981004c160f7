import { setImmediate } from "node:timers/promises";
import { retrying, type Logger } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import type { DeviceAsNow, TriedRule } from "./partition-backtest.ts";
import type { EvaluationThread } from "./evaluation-thread.ts";
import { packRecords } from "./record-pack.ts";
import type { PartitionRange } from "./scan-range.ts";

/** Records that are handed over at once: well below what would be felt by the live evaluation. */
const packRecordsAtMost = 8192;
const devicesAtOnce = 1000;

export interface PartitionScanOptions {
  readonly log: EventLog;
  readonly topic: string;
  /** How many it has. */
  readonly partitions: number;
  readonly rules: readonly TriedRule[];
  /** Append time at which the range begins. */
  readonly from: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Told of records that were handed over. */
  readonly onRecords: (count: number) => void;
  /** Told of offsets that cannot be read any more. */
  readonly onMissing: (count: number) => void;
}

/** Hands the records of a partition to a thread that evaluates them. */
export async function scanPartition(
  thread: EvaluationThread,
  { partition, fromOffset, toOffset, rulesFrom }: PartitionRange,
  devices: readonly DeviceAsNow[],
  { log, topic, partitions, rules, from, logger, signal, onRecords, onMissing }: PartitionScanOptions,
): Promise<void> {
  await thread.send({ kind: "plan", plan: { partition, partitions, rules, rulesFrom, from } });
  for (let at = 0; at < devices.length; at += devicesAtOnce) {
    await thread.send({ kind: "devices", devices: devices.slice(at, at + devicesAtOnce) });
  }
  let next = fromOffset;
  const read = async (): Promise<void> => {
    const onGap = (gap: { fromOffset: number; toOffset: number }): void => onMissing(gap.toOffset - gap.fromOffset);
    for await (const { records } of log.read(topic, partition, { fromOffset: next, toOffset, onGap })) {
      for (let begin = 0; begin < records.length; begin += packRecordsAtMost) {
        signal.throwIfAborted();
        const end = Math.min(begin + packRecordsAtMost, records.length);
        const pack = packRecords(records, begin, end);
        const before = next;
        next = records[end - 1]!.offset + 1;
        await thread.send({ kind: "records", pack });
        onRecords(next - before);
        // What is live comes first.
        await setImmediate();
      }
    }
  };
  if (next < toOffset) {
    const onRetry = (error: unknown): void => logger.warn({ partition, err: error }, "reading for a backtest again");
    await retrying(read, { signal, maxMs: 2000, onRetry });
  }
  await thread.send({ kind: "finish" });
  await thread.settled();
}
