import { type EventLog, RecordRefusedError } from "@headwater/event-log";
import { retrying, type Logger } from "@headwater/core";
import { stampMarks, type TopicRecords } from "../frame/frame-records.ts";
import type { LogHealth } from "./log-health.ts";

export interface AppendOptions {
  readonly log: EventLog;
  readonly logger: Logger;
  /** Ends the repeating; the rejection is its reason. */
  readonly signal: AbortSignal;
  readonly health: LogHealth;
  /** What the receive clock says, which marks carry (microseconds). */
  readonly receiveTime: () => number;
  readonly maxWaitMs?: number;
}

/** A second of the same trouble is one line. */
const quietMs = 5000;

/**
 * Appends records of one topic, the same batch again for as long as it takes, and answers with the indexes of
 * those that the log refuses for good (all others have landed). Rejects only with the signal's reason, or with an error
 * that no repetition heals.
 */
export async function appendRepeatedly(group: TopicRecords, options: AppendOptions): Promise<readonly number[]> {
  const { log, logger, signal, health, receiveTime } = options;
  let loggedAt = Number.NEGATIVE_INFINITY;
  health.begun(group.topic);
  try {
    const append = () => {
      if (group.marks.length > 0) stampMarks(group.records, group.marks, receiveTime());
      return log.append(group.topic, group.records);
    };
    await retrying(append, {
      signal,
      baseMs: 50,
      maxMs: options.maxWaitMs ?? 2000,
      onRetry: (error, attempt) => {
        health.failed(group.topic, error);
        const now = performance.now();
        if (now - loggedAt < quietMs) return;
        loggedAt = now;
        logger.warn(
          { err: error, topic: group.topic, records: group.records.length, attempt },
          "the log did not take records; repeating",
        );
      },
    });
    return [];
  } catch (error) {
    if (error instanceof RecordRefusedError) return error.indexes;
    throw error;
  } finally {
    health.landed(group.topic);
  }
}
