import {
  RecordRefusedError,
  type AppendedRange,
  type EventLog,
  type LogRecord,
  type OutgoingRecord,
} from "@headwater/event-log";
import { events } from "@headwater/proto";
import { incarnationIn } from "@headwater/proto/telemetry";
import { type Logger, nowMicros, retrying } from "@headwater/core";
import { quarantineRecord, type EntryOrigin, type QuarantinedRecord } from "./entry.ts";
import { mergeRefusals, type PartitionRecords, type Refusal } from "./refusal.ts";

export interface QuarantinerOptions {
  readonly log: Pick<EventLog, "append">;
  readonly topic: string;
  readonly telemetryTopic: string;
  /** Of the topic, as configured. */
  readonly partitions: number;
  /** CloudEvents source of this instance. */
  readonly source: string;
  readonly logger: Logger;
  onQuarantined?(count: number): void;
  /** Told of each record of which something is beyond a limit. */
  onBeyondLimit?(device: string, cause: string, metrics: number): void;
}

/** How a record with refusals counts. */
export type RecordOutcome = "partlyStored" | "quarantined";

/** Writes records to quarantine.v1, with their bytes and the reason. */
export class Quarantiner {
  readonly #options: QuarantinerOptions;

  constructor(options: QuarantinerOptions) {
    this.#options = options;
  }

  /**
   * Resolves once the entries are durable; tries until the signal is aborted. `entryOf`: of records that are
   * projected again, by their index.
   */
  async quarantine(
    refused: PartitionRecords,
    refusals: readonly Refusal[],
    signal: AbortSignal,
    entryOf?: (index: number) => { readonly id: string; readonly attempt: number },
  ): Promise<readonly AppendedRange[]> {
    const { topic, source, partitions, log, logger } = this.#options;
    const at = nowMicros();
    const entries: QuarantinedRecord[] = [];
    for (const [index, { reason, cause, metrics }] of mergeRefusals(refusals)) {
      const record = refused.records[index]!;
      const whole = metrics === "all" || this.#isWhole(refused, record, metrics);
      const stage = metrics === "all" ? "decode" : "store";
      const place = { topic: refused.topic, partition: refused.partition, record, stage, reason } as const;
      const { id, attempt = 0 } = entryOf?.(index) ?? {};
      const incarnation = refused.topic === this.#options.telemetryTopic ? incarnationIn(record.value) : undefined;
      const what = { cause, attempt, metrics: whole ? [] : [...metrics], incarnation };
      entries.push({ ...place, ...what, ...(id !== undefined && { id }) });
      if (cause !== "") this.#options.onBeyondLimit?.(deviceOf(record), cause, metrics === "all" ? 1 : metrics.size);
    }
    const append = (records: readonly OutgoingRecord[]) =>
      retrying(() => log.append(topic, records), {
        signal,
        onRetry: (error) => logger.warn({ code: error.code, problem: error.message }, "quarantine is not taken yet"),
      });
    let appended: readonly AppendedRange[];
    try {
      appended = await append(entries.map((entry) => quarantineRecord(entry, { source, at, partitions })));
    } catch (error) {
      if (!(error instanceof RecordRefusedError)) throw error;
      // Where the log takes smaller records than those that it holds, an entry without bytes tells where they are.
      logger.warn(
        { problem: error.message },
        "records are too large for quarantine; their bytes stay in the log alone",
      );
      appended = await append(error.indexes.map((index) => bareRecord(entries[index]!, { source, at, partitions })));
    }
    logger.warn(
      { topic: refused.topic, partition: refused.partition, records: entries.length, reason: refusals[0]?.reason },
      "records were quarantined",
    );
    this.#options.onQuarantined?.(entries.length);
    return appended;
  }

  /** How each of the refused records counts, by the record's index. */
  outcomesOf(refused: PartitionRecords, refusals: readonly Refusal[]): Map<number, RecordOutcome> {
    const outcomes = new Map<number, RecordOutcome>();
    for (const [index, { metrics }] of mergeRefusals(refusals)) {
      const whole = metrics === "all" || this.#isWhole(refused, refused.records[index]!, metrics);
      outcomes.set(index, whole ? "quarantined" : "partlyStored");
    }
    return outcomes;
  }

  #isWhole(refused: PartitionRecords, record: LogRecord, metrics: ReadonlySet<string>): boolean {
    if (refused.topic !== this.#options.telemetryTopic) return true;
    if (record.value === null) return true;
    const { readings } = events.telemetry.decode(record.value);
    return readings.every((reading) => metrics.has(reading.metric));
  }
}

function deviceOf({ key }: LogRecord): string {
  return key === null ? "" : Buffer.from(key).toString().toWellFormed().slice(0, 200);
}

function bareRecord(entry: QuarantinedRecord, origin: EntryOrigin): OutgoingRecord {
  const { offset, appendTime } = entry.record;
  const record: LogRecord = { offset, appendTime, key: null, value: null, headers: {} };
  return quarantineRecord({ ...entry, record, metrics: [] }, origin);
}
