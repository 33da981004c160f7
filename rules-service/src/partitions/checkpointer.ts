import type { GroupBatch, Position } from "@headwater/event-log";
import type { Logger } from "@headwater/core";
import type { RulesConfig } from "../config.ts";
import { isTransient } from "./append-durably.ts";
import type { Evaluation } from "./evaluation.ts";
import type { PartitionMetrics } from "./metrics.ts";
import type { Ownership } from "./ownership.ts";
import type { StateLog } from "./state-log/state-log.ts";

export interface CheckpointerOptions {
  readonly config: Pick<RulesConfig, "checkpointMs" | "checkpointRecords">;
  readonly evaluation: Evaluation;
  readonly stateLog: StateLog;
  readonly ownership: Ownership;
  readonly metrics: PartitionMetrics;
  readonly logger: Logger;
  /** Where alerts.v1 was read to. */
  readonly alertsRead: () => Position | undefined;
  /** Keys that the first checkpoint of this owner makes superfluous. */
  readonly superseded: readonly string[];
  readonly onFailure: (error: unknown) => void;
}

/**
 * Writes checkpoints beside the evaluation: what is written is taken at once, at a point where every output before it
 * is durable; the writing itself holds nobody up. The first one of an owner is a full snapshot, after which its
 * predecessors' states go.
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  #full = true;
  #at = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> | undefined;
  #alertsRead = -1;
  /** Commits of the batch that was applied last. */
  #batch: GroupBatch | undefined;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
  }

  /** Call where all outputs are durable and no control event that is due waits. */
  writeIfDue(batch?: GroupBatch): void {
    this.#batch = batch ?? this.#batch;
    const { evaluation, config } = this.#options;
    if (this.#writing !== undefined) return;
    const due =
      this.#full ||
      evaluation.uncovered >= config.checkpointRecords ||
      (evaluation.uncovered > 0 && performance.now() - this.#at >= config.checkpointMs);
    if (due) this.#begin();
  }

  /** Resolves when no checkpoint is being written. Never rejects: a failure has been reported. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** One more, if there is anything that the last one does not have; resolves when it is durable. */
  async writeLast(): Promise<void> {
    await this.#writing;
    if (this.#full || this.#options.evaluation.uncovered > 0) this.#begin();
    await this.#writing;
  }

  #begin(): void {
    const { onFailure } = this.#options;
    this.#writing = this.#write()
      .catch(onFailure)
      .finally(() => {
        this.#writing = undefined;
      });
  }

  async #write(): Promise<void> {
    const { evaluation, stateLog, metrics, ownership, superseded, alertsRead } = this.#options;
    const batch = this.#batch;
    const full = this.#full;
    const offset = evaluation.nextOffset;
    const changes = evaluation.engine.takeChanges(full);
    const read = alertsRead();
    evaluation.uncovered = 0;
    this.#full = false;
    this.#at = performance.now();
    const isNews = read !== undefined && read.offset > this.#alertsRead;
    await stateLog.appendCheckpoint(offset, changes, isNews ? read : undefined);
    if (isNews) this.#alertsRead = read.offset;
    metrics.checkpoints.inc();
    if (batch !== undefined) await this.#commit(batch, offset);
    if (full && superseded.length > 0) {
      await ownership.assure(true);
      await stateLog.remove(superseded);
    }
  }

  /**
   * For lag alone, since the checkpoint says where to go on; of no effect if the partition is someone else's by now.
   */
  async #commit(batch: GroupBatch, offset: number): Promise<void> {
    try {
      await batch.commit(offset);
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.#options.logger.warn(
        { offset, err: error },
        "an offset was not committed; the next checkpoint commits again",
      );
    }
  }
}
