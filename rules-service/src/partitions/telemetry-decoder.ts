import type { TelemetryRecord } from "@headwater/proto";
import { TelemetryReader } from "@headwater/proto/telemetry";
import { DecodeError } from "@headwater/core";
import type { LogRecord } from "@headwater/event-log";
import { skipReasons, type SkippedRecords } from "@headwater/service";
import type { PartitionMetrics } from "./metrics.ts";

/**
 * Decodes telemetry, of whose names it keeps one text each. An undecodable record is counted and skipped; the ingest
 * service quarantines it.
 */
export class TelemetryDecoder {
  readonly #source: { readonly topic: string; readonly partition: number };
  readonly #metrics: PartitionMetrics;
  readonly #skipped: SkippedRecords;
  readonly #reader = new TelemetryReader();

  constructor(
    source: { readonly topic: string; readonly partition: number },
    metrics: PartitionMetrics,
    skipped: SkippedRecords,
  ) {
    this.#source = source;
    this.#metrics = metrics;
    this.#skipped = skipped;
  }

  decode({ value, offset }: LogRecord): TelemetryRecord | undefined {
    try {
      return this.#reader.read(value);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#metrics.undecodable.inc();
      this.#skipped.note({ ...this.#source, offset, reason: skipReasons.undecodable, detail: error.message });
      return undefined;
    }
  }
}
