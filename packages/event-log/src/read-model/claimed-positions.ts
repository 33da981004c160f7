import { type Logger, RequestError, sleep } from "@headwater/core";
import { LogUnavailableError } from "../errors.ts";
import type { EventLog, PartitionPositions, Position } from "../event-log.ts";

/** Milliseconds in which nearly every write is applied; after them a position from outside is looked up in the log. */
const claimPatienceMs = 200;

/** Waits for positions that come from outside, where nothing may ever have been written. */
export class ClaimedPositions {
  readonly #log: EventLog;
  readonly #logger: Logger;

  constructor(log: EventLog, logger: Logger) {
    this.#log = log;
    this.#logger = logger;
  }

  /** `covered` is the wait for the position to be covered, which a position of nothing that was written cuts short. */
  async wait(position: Position, covered: Promise<void>): Promise<void> {
    const settled = new AbortController();
    const applied = covered.finally(() => settled.abort());
    // Whichever of the two comes second may reject without anyone listening.
    applied.catch(() => {});
    let isWritten = false;
    const asked = this.#refuseUnwritten(position, settled.signal).then((answer) => (isWritten = answer));
    await Promise.race([applied, asked]);
    await applied.catch((error: unknown) => {
      if (isWritten || !(error instanceof RequestError) || error.code !== "read-model-behind") throw error;
      const { topic, partition, offset } = position;
      const place = `${topic}, partition ${partition}, offset ${offset}`;
      throw new LogUnavailableError(`The log does not say whether anything lies at ${place}; try again shortly`);
    });
  }

  /**
   * Rejects if nothing was ever written at that position; resolves with true if something was, false if the log cannot
   * tell, or is not asked.
   */
  async #refuseUnwritten({ topic, partition, offset }: Position, settled: AbortSignal): Promise<boolean> {
    let partitions: readonly PartitionPositions[];
    try {
      await sleep(claimPatienceMs, settled);
      partitions = await this.#log.positions(topic);
    } catch (error) {
      if (!settled.aborted) this.#logger.debug({ err: error }, "a claimed position cannot be checked with the log");
      return false;
    }
    const end = partitions.find((each) => each.partition === partition)?.end;
    if (end !== undefined && offset < end) return true;
    if (settled.aborted) return false;
    const what = end === undefined ? `no partition ${partition}` : `nothing at offset ${offset}; it ends at ${end}`;
    throw new RequestError(400, "unknown-position", `${topic} has ${what}: pass on the position that a write answered`);
  }
}
