import { isoFromMicros } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import { earliestAppend } from "../ledger/verify/log-reach.ts";

export interface Coverage {
  /** Nothing was ever removed from the partition, and what precedes its first record was never in it. */
  readonly fromBeginning: boolean;
  /** What is missing; undefined if the log has the range whole. */
  readonly missing?: string;
}

/**
 * Whether a partition still has all events from a time on: its first record was appended before any of them could be,
 * or it is the first that ever was. What a store has from before the log began is told by comparing the two.
 */
export async function coverageOf(
  log: Pick<EventLog, "positions" | "read">,
  topic: string,
  partition: number,
  from: number,
): Promise<Coverage> {
  const start = (await log.positions(topic)).find((each) => each.partition === partition)?.start ?? 0;
  const first = await firstAppend(log, topic, partition);
  if (first !== undefined && first <= from - earliestAppend) return { fromBeginning: false };
  if (start === 0) return { fromBeginning: true };
  const missing =
    first === undefined
      ? `partition ${partition} has no record left`
      : `partition ${partition} begins with a record appended at ${isoFromMicros(first)}, and has to begin before ` +
        isoFromMicros(from - earliestAppend);
  return { fromBeginning: false, missing };
}

async function firstAppend(log: Pick<EventLog, "read">, topic: string, partition: number): Promise<number | undefined> {
  for await (const { records } of log.read(topic, partition)) return records[0]!.appendTime;
  return undefined;
}
