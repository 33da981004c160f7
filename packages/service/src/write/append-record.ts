import { InvariantError, type Logger, retrying, TimedOutError, withTimeout } from "@headwater/core";
import type { EventLog, OutgoingRecord, Position } from "@headwater/event-log";

export interface AppendContext {
  readonly log: Pick<EventLog, "append">;
  readonly logger: Logger;
  /** Milliseconds from the call to the rejection. */
  readonly timeoutMs: number;
}

/**
 * Appends the one record of a request and resolves with its position.
 *
 * An append that may succeed later is repeated with the same bytes until `timeoutMs` has passed; then the promise
 * rejects with the log's last error, or with TimedOutError if the log never answered (both answer 503). After a
 * rejection the record may still land, so its event carries a write id by which the fold recognises a record that
 * landed twice.
 */
export async function appendRecord(
  topic: string,
  record: OutgoingRecord,
  { log, logger, timeoutMs }: AppendContext,
): Promise<Position> {
  const giveUp = new AbortController();
  let last: Error | undefined;
  const appended = retrying(() => log.append(topic, [record]), {
    signal: giveUp.signal,
    maxMs: 1000,
    onRetry: (error) => {
      last = error;
      logger.warn({ topic, code: error.code, problem: error.message }, "the log did not take a write; it is repeated");
    },
  });
  const late = (): Error =>
    last ?? new TimedOutError(`The log did not answer within ${Math.ceil(timeoutMs)} ms; the write may still land`);
  try {
    const [range] = await withTimeout(appended, timeoutMs, late);
    if (range === undefined) throw new InvariantError("The log took a record without saying where");
    return { topic, partition: range.partition, offset: range.baseOffset };
  } finally {
    giveUp.abort();
  }
}
