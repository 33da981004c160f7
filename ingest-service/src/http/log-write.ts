import type { EventLog, OutgoingRecord, Position } from "@headwater/event-log";
import { FatalError, type Logger, retrying, TimedOutError, withTimeout } from "@headwater/core";

export interface LogWriter {
  /**
   * Appends one record and resolves with where it landed. What can be repeated is, for `writeTimeoutMs`; then it
   * rejects with the log's error, or TimedOutError (both 503): the record may still land.
   */
  append(topic: string, record: OutgoingRecord): Promise<Position>;
}

/** Writes of REST requests to the log. */
export function logWriter(log: Pick<EventLog, "append">, writeTimeoutMs: number, logger: Logger): LogWriter {
  return {
    async append(topic, record) {
      const giveUp = new AbortController();
      let last: Error | undefined;
      const tried = retrying(() => log.append(topic, [record]), {
        signal: giveUp.signal,
        maxMs: 1000,
        onRetry: (error) => {
          last = error;
          logger.warn(
            { topic, code: error.code, problem: error.message },
            "the log did not take a write; repeating it",
          );
        },
      });
      try {
        const [range] = await withTimeout(
          tried,
          writeTimeoutMs,
          () =>
            last ?? new TimedOutError(`The log did not answer within ${writeTimeoutMs} ms; the write may still land`),
        );
        if (range === undefined) throw new FatalError("The log took a record without saying where");
        return { topic, partition: range.partition, offset: range.baseOffset };
      } finally {
        giveUp.abort();
      }
    },
  };
}
