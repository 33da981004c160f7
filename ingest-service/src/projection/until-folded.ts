import { HeadwaterError, sleep } from "@headwater/core";
import type { Position } from "@headwater/event-log";
import type { ReadModel } from "@headwater/event-log/read-model";

/** For how long it is waited at a time (milliseconds). */
const modelTimeoutMs = 10_000;
/** Before it is waited again (milliseconds). */
const pauseMs = 1000;

/**
 * Resolves as soon as the read model has what this service wrote at that position, however long the model or the log
 * stands still, or with the end of the signal.
 */
export async function untilFolded(model: ReadModel, position: Position, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await model.waitFor(position, modelTimeoutMs);
      return;
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      await sleep(pauseMs, signal);
    }
  }
}
