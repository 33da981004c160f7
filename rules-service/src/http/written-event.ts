import { retrying, type Logger } from "@headwater/core";
import type { EventLog, OutgoingRecord, Position } from "@headwater/event-log";
import type { ReadModel } from "@headwater/event-log/read-model";

export interface WriteOptions {
  readonly log: EventLog;
  readonly model: ReadModel;
  readonly logger: Logger;
  readonly timeoutMs: number;
}

/** Tries of one append; what comes after that the client had better decide. */
const maxAttempts = 5;

/**
 * Appends one event and waits until the read model has folded it; answers where it lies. An unknown outcome is repeated
 * with the same bytes: the fold counts it once. Rejects with what the log says (retry) or after the timeout with what
 * the read model says.
 */
export async function writeEvent(topic: string, record: OutgoingRecord, options: WriteOptions): Promise<Position> {
  const { log, model, logger, timeoutMs } = options;
  const began = performance.now();
  const [range] = await retrying(() => log.append(topic, [record]), {
    maxAttempts,
    maxMs: timeoutMs / maxAttempts,
    onRetry: (error, attempt) => logger.warn({ topic, attempt, err: error }, "appending a write again"),
  });
  const position = { topic, partition: range!.partition, offset: range!.baseOffset };
  await model.waitFor(position, Math.max(1, timeoutMs - (performance.now() - began)));
  return position;
}
