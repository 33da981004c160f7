import type { GroupBatch, Position } from "@headwater/event-log";
import { Pace, type Logger } from "@headwater/core";
import type { EngineChanges, StateBytes } from "../engine/engine.ts";
import type { RulesConfig } from "../config.ts";
import { isTransient } from "./append-durably.ts";
import type { Evaluation } from "./evaluation.ts";
import type { PartitionMetrics } from "./metrics.ts";
import type { Ownership } from "./ownership.ts";
import type { StateLog } from "./state-log/state-log.ts";

/** States that are written at once. */
const statesAtOnce = 5000;

interface Taken extends EngineChanges {
  readonly full: boolean;
  /** The next telemetry offset to apply. */
  readonly offset: number;
}

export interface CheckpointerOptions {
  readonly config: Pick<RulesConfig, "checkpointMs" | "checkpointRecords">;
  readonly evaluation: Evaluation;
  readonly stateLog: StateLog;
  readonly ownership: Ownership;
  readonly metrics: PartitionMetrics;
  readonly logger: Logger;
  /** The last position read in alerts.v1; undefined while an operator action waits. */
  readonly alertsRead: () => Position | undefined;
  /** Keys to be removed after the first checkpoint of this owner. */
  readonly superseded: readonly string[];
  readonly onFailure: (error: unknown) => void;
}

/**
 * Writes checkpoints beside the evaluation. The changes are taken at a point where every earlier output is durable, and
 * written while the evaluation continues. The first checkpoint of an owner is a full snapshot, after
 * which the states of earlier owners are removed.
 */
export class Checkpointer {
  readonly #options: Omit<CheckpointerOptions, "superseded">;
  #full = true;
  #at = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> | undefined;
  #alertsRead = -1;
  #superseded: readonly string[];
  /** The batch that was applied last; its offset is committed after the checkpoint. */
  #batch: GroupBatch | undefined;

  constructor({ superseded, ...options }: CheckpointerOptions) {
    this.#options = options;
    this.#superseded = superseded;
  }

  /** Whether the next one is a full snapshot. */
  get isFull(): boolean {
    return this.#full;
  }

  /** Begins a checkpoint if one is due. Call it where all outputs are durable and all due control events applied. */
  async writeIfDue(batch?: GroupBatch): Promise<void> {
    this.#batch = batch ?? this.#batch;
    const { evaluation, config } = this.#options;
    if (this.#writing !== undefined) return;
    const due =
      this.#full ||
      evaluation.uncovered >= config.checkpointRecords ||
      (evaluation.uncovered > 0 && performance.now() - this.#at >= config.checkpointMs);
    if (due) await this.#begin();
  }

  /** Resolves when no checkpoint is being written. Never rejects; failures go to `onFailure`. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Writes one more checkpoint if anything changed since the last one; resolves when it is durable. */
  async writeLast(): Promise<void> {
    await this.#writing;
    if (this.#full || this.#options.evaluation.uncovered > 0) await this.#begin();
    await this.#writing;
  }

  /** Resolves when the changes are taken. */
  async #begin(): Promise<void> {
    const { onFailure } = this.#options;
    let taken: Taken;
    try {
      taken = await this.#take();
    } catch (error) {
      onFailure(error);
      return;
    }
    this.#writing = this.#write(taken)
      .catch(onFailure)
      .finally(() => {
        this.#writing = undefined;
      });
  }

  /**
   * Takes the changes in slices, while the evaluation waits. Where there are too many to be held at once (a snapshot,
   * rules that were adopted for many devices) they are written as they are taken: no checkpoint counts on them yet.
   */
  async #take(): Promise<Taken> {
    const { evaluation, stateLog } = this.#options;
    const full = this.#full;
    const pace = new Pace();
    const taking = evaluation.engine.takeChanges(full);
    let states: StateBytes[] = [];
    let step = taking.next();
    for (; step.done !== true; step = taking.next()) {
      for (const state of step.value) states.push(state);
      if (states.length >= statesAtOnce) {
        await stateLog.appendStates(states);
        states = [];
      }
      if (pace.isDue) await pace.rest();
    }
    evaluation.uncovered = 0;
    this.#full = false;
    this.#at = performance.now();
    return { full, offset: evaluation.nextOffset, states, checkpoint: step.value };
  }

  async #write({ full, offset, states, checkpoint }: Taken): Promise<void> {
    const { stateLog, metrics, ownership, alertsRead } = this.#options;
    const batch = this.#batch;
    const read = alertsRead();
    const isNews = read !== undefined && read.offset > this.#alertsRead;
    await stateLog.appendCheckpoint(offset, { states, checkpoint }, isNews ? read : undefined);
    if (isNews) this.#alertsRead = read.offset;
    metrics.checkpoints.inc();
    if (batch !== undefined) await this.#commit(batch, offset);
    if (full && this.#superseded.length > 0) {
      await ownership.assure(true);
      await stateLog.remove(this.#superseded);
      // As many texts as there are states; nobody asks for them again.
      this.#superseded = [];
    }
  }

  /**
   * Commits the offset for the metrics of consumer lag alone; a restart continues from the checkpoint. The commit has
   * no effect if another member owns the partition by now.
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
