import type { Logger } from "@headwater/core";
import type { Metrics } from "../metrics/index.ts";

/** Why a record counts for nothing; values of the metric's label `reason`. */
export const skipReasons = {
  noValue: "no-value",
  undecodable: "undecodable",
  /** Of a later version. */
  unknownKind: "unknown-kind",
  /** Its key is not what its event is about, or its partition is not that of its key. */
  misplaced: "misplaced",
  /** It can be read, and says what no writer writes. */
  implausible: "implausible",
  /** It would have closed a loop of rules. */
  loop: "loop",
  /** It could be read, and evaluating it failed. */
  failed: "failed",
} as const;
export type SkipReason = (typeof skipReasons)[keyof typeof skipReasons];

export interface SkippedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: SkipReason;
  readonly detail: string;
}

export interface SkippedRecordsOptions {
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** The service that skips: the metric's label `reader`. */
  readonly reader: string;
}

/** Positions of a topic that are remembered, so that a record which several parts read counts once. */
const maxPositions = 1000;
/** Lines in the log about one topic; the metric and health tell of the others. */
const maxLines = 20;
const maxDetail = 200;

interface OfTopic {
  count: number;
  readonly positions: Set<string>;
  last: SkippedRecord;
}

/** The records that a service has skipped since it started: in a metric, in its log and in health, bounded. */
export class SkippedRecords {
  readonly #options: SkippedRecordsOptions;
  readonly #counter;
  readonly #topics = new Map<string, OfTopic>();

  constructor(options: SkippedRecordsOptions) {
    this.#options = options;
    this.#counter = options.metrics.counter(
      "headwater_skipped_records_total",
      "Records of the event log that count for nothing because they cannot be read or make no sense",
      ["reader", "topic", "reason"],
    );
  }

  note(skipped: SkippedRecord): void {
    const { topic, partition, offset, reason, detail } = skipped;
    const position = `${partition}/${offset}`;
    let known = this.#topics.get(topic);
    if (known === undefined) {
      known = { count: 0, positions: new Set(), last: skipped };
      this.#topics.set(topic, known);
    }
    if (known.positions.has(position)) return;
    if (known.positions.size < maxPositions) known.positions.add(position);
    known.count += 1;
    known.last = skipped;
    this.#counter.labels({ reader: this.#options.reader, topic, reason }).inc();
    if (known.count > maxLines) return;
    const more = known.count === maxLines ? "; further ones of this topic are only counted" : "";
    this.#options.logger.error(
      { topic, partition, offset, reason, detail: detail.slice(0, maxDetail) },
      `a record of the log is skipped${more}`,
    );
  }

  /** One line a topic, for health. */
  warnings(): string[] {
    return Array.from(this.#topics, ([topic, { count, last }]) => {
      const { partition, offset, reason, detail } = last;
      const records = count === 1 ? "1 record was" : `${count} records were`;
      const where = `partition ${partition}, offset ${offset}`;
      return `${topic}: ${records} skipped, the last at ${where} (${reason}: ${detail.slice(0, maxDetail)})`;
    });
  }
}
