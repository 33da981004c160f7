import type { GroupBatch, Position } from "@headwater/event-log";
import { Pace, retrying, type Logger } from "@headwater/core";
import type { EngineChanges, StateBytes } from "../engine/engine.ts";
import { commitOffset } from "./commit-offset.ts";
import { CheckpointCost } from "./checkpoint-cost.ts";
import { allowedBytes, isCheckpointDue, type CheckpointLimits } from "./checkpoint-due.ts";
import type { Evaluation } from "./evaluation.ts";
import type { PartitionMetrics } from "./metrics.ts";
import type { Ownership } from "./ownership.ts";
import type { StateLog } from "./state-log/state-log.ts";

/** States that are written at once. */
const statesAtOnce = 5000;
/** Between two commits of how far the consumer is. */
const commitMs = 2000;

interface Taken extends EngineChanges {
  readonly full: boolean;
  /** The next telemetry offset to apply. */
  readonly offset: number;
  /** What it may take in the state log (bytes). */
  readonly allowed: number;
}

export interface CheckpointerOptions {
  readonly config: CheckpointLimits;
  readonly evaluation: Evaluation;
  readonly stateLog: StateLog;
  readonly ownership: Ownership;
  readonly metrics: PartitionMetrics;
  readonly logger: Logger;
  /** Every record of devices.v1 before this offset that won is in effect, or a newer one of its device is. */
  readonly devicesRead: () => number;
  /** The last position read in alerts.v1; undefined while an operator action waits. */
  readonly alertsRead: () => Position | undefined;
  /** Partitions that this instance evaluates: a restart goes through what each of them has not covered. */
  readonly partitions: () => number;
  /** Keys to be removed after the first checkpoint of this owner. */
  readonly superseded: readonly string[];
  /** Aborted when the partition is released. */
  readonly signal: AbortSignal;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Writes checkpoints beside the evaluation. The changes are taken at a point where every earlier output is durable, and
 * written while the evaluation continues. One is due as soon as what has changed takes a small share of the telemetry
 * since the last, and at the latest when a restart would take too long over that. The first checkpoint of an owner is a
 * full snapshot, after which the states of earlier owners are removed.
 */
export class Checkpointer {
  readonly #options: Omit<CheckpointerOptions, "superseded">;
  #full = true;
  #at = Number.NEGATIVE_INFINITY;
  readonly #cost = new CheckpointCost();
  #writing: Promise<void> | undefined;
  #alertsRead = -1;
  #superseded: readonly string[];
  /** The batch that was applied last, by which offsets are committed. */
  #batch: GroupBatch | undefined;
  #committedAt = Number.NEGATIVE_INFINITY;
  #committedTo = -1;
  #committing = false;

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
    if (this.#writing !== undefined) return;
    if (this.#isDue) await this.#begin();
    else this.#commitBeside();
  }

  /** The evaluation does not wait for it. */
  #commitBeside(): void {
    if (this.#committing || performance.now() - this.#committedAt < commitMs) return;
    const { evaluation, onFailure } = this.#options;
    this.#commit(evaluation.nextOffset).catch(onFailure);
  }

  get #isDue(): boolean {
    const { evaluation, config, partitions } = this.#options;
    if (this.#full) return true;
    const since = performance.now() - this.#at;
    const cost = (): number => this.#cost.of(evaluation.engine.changed);
    return isCheckpointDue(evaluation.uncovered, since, config, partitions(), cost);
  }

  /** Resolves when no checkpoint is being written. Never rejects; failures go to `onFailure`. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Writes one more checkpoint if anything changed since the last one; resolves when it is durable. */
  async writeLast(): Promise<void> {
    await this.#writing;
    if (this.#full || this.#options.evaluation.uncovered.count > 0) await this.#begin();
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
    // A snapshot takes what it takes.
    const allowed = full ? Infinity : allowedBytes(evaluation.uncovered);
    evaluation.uncovered.clear();
    this.#full = false;
    this.#at = performance.now();
    return { full, offset: evaluation.nextOffset, allowed, states, checkpoint: step.value };
  }

  async #write({ full, offset, allowed, states, checkpoint }: Taken): Promise<void> {
    const { stateLog, metrics, ownership, alertsRead, devicesRead } = this.#options;
    const read = alertsRead();
    const isNews = read !== undefined && read.offset > this.#alertsRead;
    const changes = { states, checkpoint };
    const written = await stateLog.appendCheckpoint(offset, changes, devicesRead(), isNews ? read : undefined);
    this.#cost.written(written, allowed);
    if (isNews) this.#alertsRead = read.offset;
    metrics.checkpoints.inc();
    await this.#commit(offset);
    if (full && this.#superseded.length > 0) {
      await retrying(() => ownership.assure(true), { signal: this.#options.signal, maxMs: 2000 });
      await stateLog.remove(this.#superseded);
      // As many texts as there are states; nobody asks for them again.
      this.#superseded = [];
    }
  }

  /**
   * Commits the offset for the metrics of consumer lag alone; a restart continues from the checkpoint. The commit has
   * no effect if another member owns the partition by now.
   */
  async #commit(offset: number): Promise<void> {
    const batch = this.#batch;
    if (batch === undefined || offset === this.#committedTo) return;
    this.#committedAt = performance.now();
    this.#committing = true;
    try {
      if (await commitOffset(batch, this.#options.logger, offset)) this.#committedTo = offset;
    } finally {
      this.#committing = false;
    }
  }
}
