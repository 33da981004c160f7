import { setImmediate as turn } from "node:timers/promises";
import type { LogBatch } from "../event-log.ts";
import type { ModelDatabase } from "./model-database.ts";

/** How long a model may hold the event loop, as far as what it applied before tells (milliseconds). */
const sliceMs = 8;
/** Fewest records that are applied at once. */
const leastRecords = 32;
/** Most records of one transaction. */
const mostRecords = 1000;

/** Applies batches to the database of a model, as many records at once as leave the event loop to others. */
export class BatchApplication {
  readonly #database: ModelDatabase;
  readonly #onCommit: (batch: LogBatch) => void;
  /** Records that are applied at once. */
  #slice = leastRecords;
  /** How long batches have held the event loop in its present turn (milliseconds). */
  #held = 0;

  /** `onCommit`: a batch, or a part of one, is in the database. */
  constructor(database: ModelDatabase, onCommit: (batch: LogBatch) => void) {
    this.#database = database;
    this.#onCommit = onCommit;
  }

  /** A few records are applied at once, so that whoever waits for them does not wait for a turn as well. */
  apply(batch: LogBatch): Promise<void> | undefined {
    const isMuch = batch.records.length > this.#slice || this.#held >= sliceMs;
    if (isMuch || this.#database.isFoldingDue) return this.#applyInSlices(batch);
    const began = performance.now();
    this.#database.apply(batch);
    this.#took(batch.records.length, performance.now() - began);
    this.#onCommit(batch);
    return undefined;
  }

  /** Thousands of records come at once after a storm or a pause; nobody else waits for all of them. */
  async #applyInSlices({ records, ...source }: LogBatch): Promise<void> {
    for (let from = 0; from < records.length; from += mostRecords) {
      if (this.#database.isFoldingDue) await this.#database.foldBack();
      const part = { ...source, records: records.slice(from, from + mostRecords) };
      let began: number | undefined;
      await this.#database.applyInSlices(part, async () => {
        if (began !== undefined) this.#took(this.#slice, performance.now() - began);
        if (this.#held >= sliceMs) await turn();
        began = performance.now();
        return this.#slice;
      });
      this.#took(0, performance.now() - began!);
      this.#onCommit(part);
    }
  }

  /** So many records at once took that long. */
  #took(records: number, ms: number): void {
    // It is the turn of others when this is reset.
    if (this.#held === 0) setImmediate(() => (this.#held = 0));
    this.#held += ms;
    if (records < this.#slice) return;
    const fitting = Math.floor((records * sliceMs) / ms);
    this.#slice = Math.max(leastRecords, Math.min(fitting, 2 * records, mostRecords));
  }
}
