import { HeadwaterError, retrying, type Logger } from "@headwater/core";
import { type AppendedRange, type EventLog, type OutgoingRecord, RecordRefusedError } from "@headwater/event-log";
import { OutputRefusedError } from "./errors.ts";

export interface AppendOptions {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called before every attempt; a rejection ends it. `attempt` counts from 1. */
  readonly before?: (attempt: number) => Promise<void> | void;
}

/**
 * Appends records and resolves when they are durable, however long the log is away. After an unknown outcome the
 * identical batch is repeated; readers count the first of each id. Rejects with the signal's reason, with the rejection
 * of `before`, or with OutputRefusedError.
 */
export async function appendDurably(
  log: EventLog,
  topic: string,
  records: readonly OutgoingRecord[],
  { logger, signal, before }: AppendOptions,
): Promise<readonly AppendedRange[]> {
  let attempt = 0;
  try {
    return await retrying(
      async () => {
        attempt += 1;
        if (before !== undefined) await before(attempt);
        return log.append(topic, records);
      },
      {
        signal,
        maxMs: 2000,
        onRetry: (error) => logger.warn({ topic, records: records.length, attempt, err: error }, "appending again"),
      },
    );
  } catch (error) {
    if (error instanceof RecordRefusedError) {
      throw new OutputRefusedError(
        `The log refuses ${error.indexes.length} of ${records.length} records for ${topic}`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

/** Whether an error only says that the log is away for now. */
export function isTransient(error: unknown): boolean {
  return error instanceof HeadwaterError && (error.advice === "retry" || error.advice === "wait");
}
