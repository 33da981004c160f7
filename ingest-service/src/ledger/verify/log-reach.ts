import type { EventLog } from "@headwater/event-log";

/** Events of a time were appended at the earliest this long before it (µs): a device may run ahead by less. */
export const earliestAppend = 24 * 3_600_000_000;

/** Which event times a partition tells all about, by the append times of its records (µs). */
export interface LogReach {
  /** From then on it has every event; before, it may have let go of some. */
  readonly wholeFrom: number;
  /** Up to then whoever sent in time is in it. */
  readonly until: number;
  /** It has its first record, and what is older than this the store may have from before there was the log. */
  readonly begunAt: number;
}

/** Of the records [start, end) of a partition. */
export async function reachOf(
  log: Pick<EventLog, "read">,
  topic: string,
  partition: number,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<LogReach> {
  const first = await appendTimeOf(log, topic, partition, start, end);
  const last = await appendTimeOf(log, topic, partition, end - 1, end);
  if (first === undefined || last === undefined) return { wholeFrom: Infinity, until: -Infinity, begunAt: -Infinity };
  const begunAt = first + earliestAppend;
  return start === 0
    ? { wholeFrom: Number.MIN_SAFE_INTEGER, until: last, begunAt }
    : { wholeFrom: begunAt, until: last, begunAt: -Infinity };
}

async function appendTimeOf(
  log: Pick<EventLog, "read">,
  topic: string,
  partition: number,
  fromOffset: number,
  end: number,
): Promise<number | undefined> {
  if (fromOffset < 0 || fromOffset >= end) return undefined;
  for await (const { records } of log.read(topic, partition, { fromOffset, toOffset: end })) {
    if (records.length > 0) return records[0]!.appendTime;
  }
  return undefined;
}
