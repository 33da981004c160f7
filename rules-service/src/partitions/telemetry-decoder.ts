import { events, type TelemetryRecord } from "@headwater/proto";
import { DecodeError, type Logger } from "@headwater/core";
import type { LogRecord } from "@headwater/event-log";
import type { PartitionMetrics } from "./metrics.ts";

/** At most one line a second is logged about undecodable records (milliseconds). */
const logEveryMs = 1000;

/** Decodes telemetry. An undecodable record is counted and skipped; the ingest service quarantines it. */
export class TelemetryDecoder {
  readonly #partition: number;
  readonly #metrics: PartitionMetrics;
  readonly #logger: Logger;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(partition: number, metrics: PartitionMetrics, logger: Logger) {
    this.#partition = partition;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  decode(record: LogRecord): TelemetryRecord | undefined {
    try {
      if (record.value !== null) return events.telemetry.decode(record.value);
      this.#skipped(record, "it has no value");
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#skipped(record, error.message);
    }
    return undefined;
  }

  #skipped({ offset }: LogRecord, reason: string): void {
    this.#metrics.undecodable.inc();
    const now = performance.now();
    if (now - this.#loggedAt < logEveryMs) return;
    this.#loggedAt = now;
    this.#logger.warn({ partition: this.#partition, offset, reason }, "an undecodable telemetry record was skipped");
  }
}
