import { RequestError, sleep } from "@headwater/core";
import type { Position } from "@headwater/event-log";
import type { ReadModel } from "@headwater/event-log/read-model";

/**
 * Resolves as soon as the read model has a record of the log, however long it is behind. Rejects with the signal's
 * reason.
 */
export async function untilApplied(model: ReadModel, position: Position, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await model.waitFor(position, 1000);
      return;
    } catch (error) {
      if (!(error instanceof RequestError) || error.status < 500) throw error;
      if (error.status === 503) await sleep(100, signal);
    }
  }
}
