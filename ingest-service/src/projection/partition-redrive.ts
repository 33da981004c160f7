import { DecodeError, HeadwaterError, type Logger, nowMicros, retrying } from "@headwater/core";
import type { AppendedRange, EventLog, LogRecord, Position } from "@headwater/event-log";
import { readTelemetry } from "@headwater/proto/telemetry";
import type { ReadModel } from "@headwater/event-log/read-model";
import type { QuarantineEntry } from "../quarantine/quarantine-queries.ts";
import { askedOfOwner } from "../quarantine/quarantine-queries.ts";
import type { Quarantiner } from "../quarantine/quarantiner.ts";
import { redrivenStep, stepRecord } from "../quarantine/steps.ts";
import { AskedWork } from "./asked-work.ts";
import type { PointBatch } from "./point-batch.ts";
import type { Reprojection } from "./reprojection.ts";
import { untilFolded } from "./until-folded.ts";

export interface PartitionRedriveOptions {
  readonly partition: number;
  /** Topics whose records may be asked for: telemetry.v1 and alerts.v1. */
  readonly topics: readonly string[];
  readonly quarantineTopic: string;
  readonly log: Pick<EventLog, "append" | "read">;
  readonly model: ReadModel;
  /** CloudEvents source of this instance. */
  readonly source: string;
  readonly logger: Logger;
  readonly reprojection: Reprojection;
  readonly quarantiner: Quarantiner;
  /** To the writer of the partition. */
  push(pointBatch: PointBatch): Promise<void>;
}

/** Entries that are projected again in one turn of the writer: live data waits for no more than that. */
const entriesATurn = 100;
const bytesATurn = 4 * 1024 * 1024;

/**
 * Projects what was quarantined of a partition once more, for as long as this instance owns it: in the order of the
 * log, among the writes of the partition, under the identity that it has. A crash repeats what had not been told to be
 * done; the store takes a repetition as the same.
 */
export class PartitionRedrive {
  readonly #options: PartitionRedriveOptions;
  readonly #over = new AbortController();
  readonly #work: AskedWork;

  constructor(options: PartitionRedriveOptions) {
    this.#options = options;
    const { logger, partition } = options;
    this.#work = new AskedWork(
      () => this.#run(),
      this.#over.signal,
      (error) => logger.error({ err: error, partition }, "a re-drive has ended early"),
    );
  }

  /** Something may have been asked for. */
  look(): void {
    this.#work.ask();
  }

  /** Another instance has the partition, or this one stops. */
  end(): void {
    this.#over.abort();
  }

  async #run(): Promise<void> {
    const { model } = this.#options;
    const { signal } = this.#over;
    while (this.#work.take() && model.db.isOpen) {
      for (const topic of this.#options.topics) {
        for (let last = ""; ;) {
          const entries = this.#asked(topic);
          const first = entries[0] === undefined ? "" : `${entries[0].attempt} ${entries[0].id}`;
          // What is asked for still, after it was told, is nothing that this version can end.
          if (first === "" || first === last || signal.aborted) break;
          last = first;
          const told = await this.#redrive(topic, entries);
          // What was told is not asked for a second time once the read model has it.
          if (told !== undefined) await untilFolded(model, told, signal);
        }
      }
    }
  }

  #asked(topic: string): readonly QuarantineEntry[] {
    const { model, partition } = this.#options;
    if (!model.db.isOpen) return [];
    let bytes = 0;
    const found = askedOfOwner(model.db, topic, partition, { beyond: -1, limit: entriesATurn });
    return found.filter((entry, index) => (bytes += entry.payload.length) <= bytesATurn || index === 0);
  }

  /** Resolves with the position of the last thing that was told about them; undefined if the partition was lost. */
  async #redrive(topic: string, entries: readonly QuarantineEntry[]): Promise<Position | undefined> {
    const { partition } = this.#options;
    const { signal } = this.#over;
    const { promise, resolve } = Promise.withResolvers<Position | undefined>();
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
    let told: Position | undefined;
    await this.#options.push({
      ...{ topic, partition, records: [], points: [], sources: [], bytes: 0, refusals: [], signal },
      task: async () => {
        try {
          told = await this.#project(topic, entries);
        } catch (error) {
          if (!signal.aborted) throw error;
        }
      },
      onDurable: () => resolve(told),
    });
    return promise;
  }

  async #project(topic: string, entries: readonly QuarantineEntry[]): Promise<Position> {
    const { reprojection, quarantiner, quarantineTopic, source, log, logger, partition } = this.#options;
    const { signal } = this.#over;
    const records = await Promise.all(entries.map((entry) => this.#recordOf(topic, entry)));
    const refusals = await reprojection.project(topic, entries, records);
    const failed = new Set(refusals.map(({ source: index }) => index));
    let appended: readonly AppendedRange[] = [];
    if (failed.size > 0) {
      appended = await quarantiner.quarantine(
        { topic, partition, records },
        refusals,
        signal,
        (index) => entries[index]!,
      );
    }
    const at = nowMicros();
    const steps = entries.flatMap((entry, index) =>
      failed.has(index) ? [] : [stepRecord(entry, redrivenStep(entry.attempt), { source, at })],
    );
    if (steps.length > 0) appended = await retrying(() => log.append(quarantineTopic, steps), { signal });
    logger.info(
      { partition, entries: entries.length, failed: failed.size },
      "quarantined records were projected again",
    );
    const last = appended.at(-1)!;
    return { topic: quarantineTopic, partition: last.partition, offset: last.baseOffset + last.count - 1 };
  }

  /** The record as the log has it, or as the entry does: the log may have let go of it. */
  async #recordOf(topic: string, entry: QuarantineEntry): Promise<LogRecord> {
    const { logPartition, logOffset, payload, device, at } = entry;
    const kept = { offset: logOffset, appendTime: at, key: Buffer.from(device), value: payload, headers: {} };
    if (entry.stage === "store" && entry.state !== "dropped" && isWhole(payload)) return kept;
    const range = { fromOffset: logOffset, toOffset: logOffset + 1 };
    try {
      for await (const { records } of this.#options.log.read(topic, logPartition, range)) {
        const found = records.find(({ offset }) => offset === logOffset);
        if (found !== undefined) return found;
      }
    } catch (error) {
      // It begins behind the record by now.
      if (!(error instanceof HeadwaterError) || error.advice === "retry" || error.advice === "wait") throw error;
    }
    return kept;
  }
}

/** An entry holds the beginning of a record that is too large for it. */
function isWhole(payload: Uint8Array): boolean {
  try {
    return readTelemetry(payload).readings.length > 0;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
