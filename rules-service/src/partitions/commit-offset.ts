import type { Logger } from "@headwater/core";
import type { GroupBatch } from "@headwater/event-log";
import { isTransient } from "./append-durably.ts";

/**
 * Commits an offset (default: behind the batch). One that the log does not keep in time, since either side stood still,
 * is told and left: the next commit covers it, and a restart repeats what readers know by its id. Answers whether it is
 * committed.
 */
export async function commitOffset(batch: GroupBatch, logger: Logger, offset?: number): Promise<boolean> {
  try {
    return await batch.commit(offset);
  } catch (error) {
    if (!isTransient(error)) throw error;
    const { topic, partition } = batch;
    logger.warn({ topic, partition, err: error }, "an offset was not committed; the next one is");
    return false;
  }
}
