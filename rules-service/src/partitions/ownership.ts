import { OwnershipLostError } from "./errors.ts";
import type { StallWatch } from "./stall-watch.ts";
import type { StateLog } from "./state-log/state-log.ts";

/**
 * Fences a former owner: keeps it from emitting anything. A process that stood still hears late from its group that it
 * lost a partition, but the new owner's claim is in the state log by then. The check costs a read, so it is made only
 * after a stall or a failed append.
 */
export class Ownership {
  readonly #partition: number;
  readonly #stateLog: StateLog;
  readonly #stalls: StallWatch;
  #stallsSeen: number;

  constructor(partition: number, stateLog: StateLog, stalls: StallWatch) {
    this.#partition = partition;
    this.#stateLog = stateLog;
    this.#stalls = stalls;
    this.#stallsSeen = stalls.stalls();
  }

  /** Rejects with OwnershipLostError if another instance has claimed the partition, or with the error of the read. */
  async assure(doubtful = false): Promise<void> {
    const stalls = this.#stalls.stalls();
    if (!doubtful && stalls === this.#stallsSeen) return;
    if (!(await this.#stateLog.isOwner())) {
      throw new OwnershipLostError(`Another instance has claimed partition ${this.#partition}`);
    }
    this.#stallsSeen = stalls;
  }
}
