import { setTimeout as sleep } from "node:timers/promises";
import type { EventLog } from "@headwater/event-log";
import type { ReadModel } from "@headwater/event-log/read-model";
import { RequestError } from "@headwater/core";
import { parsePosition } from "@headwater/service";

export interface ReadPositionsOptions {
  readonly model: ReadModel;
  readonly log: EventLog;
  readonly group: string;
  /** What the projection stores. */
  readonly topics: readonly string[];
  readonly timeoutMs: number;
  /** Commits the offsets of what this instance has stored. */
  flush(): Promise<void>;
  /** A read has waited for what is stored now. */
  onStored(): void;
}

const pollMs = 20;

/** Waits of reads for what was written before: in the read model, or in the store, whichever instance projects it. */
export class ReadPositions {
  readonly #options: ReadPositionsOptions;

  constructor(options: ReadPositionsOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the record at that position can be read here. Rejects with RequestError: 504 after the time-out, 400
   * for a position at which nothing was written.
   */
  async waitFor(after: string | undefined): Promise<void> {
    if (after === undefined) return;
    const { model, topics, timeoutMs } = this.#options;
    const position = parsePosition(after);
    if (!topics.includes(position.topic)) return model.waitForClaimed(position, timeoutMs);
    const { topic, partition, offset } = position;
    const { end = 0 } = (await this.#options.log.positions(topic)).find((each) => each.partition === partition) ?? {};
    if (offset >= end) {
      throw new RequestError(
        400,
        "unknown-position",
        `Nothing was written at ${topic}, partition ${partition}, offset ${offset}; pass on what a write answered`,
      );
    }
    const deadline = performance.now() + timeoutMs;
    while (!(await this.#isStored(topic, partition, offset))) {
      if (performance.now() >= deadline) {
        throw new RequestError(504, "read-model-behind", `What was written at ${after} is not stored yet; try again`);
      }
      await sleep(pollMs);
    }
    this.#options.onStored();
  }

  async #isStored(topic: string, partition: number, offset: number): Promise<boolean> {
    const { log, group } = this.#options;
    await this.#options.flush();
    const committed = (await log.committed(group, [topic])).find((each) => each.partition === partition);
    return (committed?.offset ?? 0) > offset;
  }
}
