import { OwnershipLostError } from "./errors.ts";
import type { StallWatch } from "./stall-watch.ts";
import type { StateLog } from "./state-log/state-log.ts";

/**
 * Keeps a former owner from telling the world anything. The group's word comes late to a process that stood still; the
 * state log knows better: whoever owns the partition now has claimed it there. Asking it costs a read, so it is asked
 * only when there is reason to.
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

  /** Resolves if nothing speaks against being the owner. Throws OwnershipLostError, or what reading the log throws. */
  async assure(doubtful = false): Promise<void> {
    const stalls = this.#stalls.stalls();
    if (!doubtful && stalls === this.#stallsSeen) return;
    if (!(await this.#stateLog.isOwner())) {
      throw new OwnershipLostError(`Another instance has claimed partition ${this.#partition}`);
    }
    this.#stallsSeen = stalls;
  }
}
