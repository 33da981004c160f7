import type { EventLog } from "@headwater/event-log";
import { RecordRefusedError, retrying, type HeadwaterError, type Logger } from "@headwater/service-kit";
import type { TopicRecords } from "./frame-records.ts";

export interface DeliverOptions {
  readonly log: EventLog;
  readonly logger: Logger;
  /** Ends the repeating; the rejection is its reason. */
  readonly signal: AbortSignal;
  /** Told whenever an append failed and will be repeated, with undefined when one has passed again. */
  readonly onTrouble?: (error: HeadwaterError | undefined) => void;
  readonly maxWaitMs?: number;
}

/** A second of the same trouble is one line. */
const quietMs = 5000;

/**
 * Appends records of one topic, the identical batch again for as long as it takes, and answers with the indexes of those that the log
 * refuses for good (all others have landed). Rejects only with the signal's reason, or with an error that no repetition heals.
 */
export async function deliver(group: TopicRecords, options: DeliverOptions): Promise<readonly number[]> {
  const { log, logger, signal, onTrouble } = options;
  let loggedAt = Number.NEGATIVE_INFINITY;
  let failed = false;
  try {
    await retrying(() => log.append(group.topic, group.records), {
      signal,
      baseMs: 50,
      maxMs: options.maxWaitMs ?? 2000,
      onRetry: (error, attempt) => {
        failed = true;
        onTrouble?.(error);
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
    if (failed) onTrouble?.(undefined);
  }
}
