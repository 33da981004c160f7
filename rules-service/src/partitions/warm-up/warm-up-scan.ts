import { inSlices, Pace } from "@headwater/core";
import type { TelemetryRecord } from "@headwater/proto";
import type { EventLog } from "@headwater/event-log";
import { skipReasons, type SkippedRecords } from "@headwater/service";
import type { RecordPosition, WarmUp } from "../../engine/engine.ts";
import type { RecordObserver } from "../evaluation.ts";
import type { TelemetryDecoder } from "../telemetry-decoder.ts";
import type { PartitionMetrics } from "../metrics.ts";

export interface WarmUpScanOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly partition: number;
  /** The first telemetry offset of the scan. */
  readonly warmFrom: number;
  readonly warmUp: WarmUp;
  readonly decoder: TelemetryDecoder;
  readonly metrics: PartitionMetrics;
  readonly skipped: SkippedRecords;
  readonly signal: AbortSignal;
  /** At most so many live records are kept during a round. */
  readonly maxKept?: number;
}

/** So far back (microseconds of append time) what gateways said tells the clock at the first record of a scan. */
const clockBefore = 15 * 60_000_000;
/** After so many rounds the missing records are read while the partition waits. */
const maxRounds = 20;
/** Records between two looks at how long the event loop has been held. */
const recordsALook = 16;

/**
 * One scan of older telemetry for all rules that are to be warmed, beside the live evaluation. Each round reads up to
 * the live offset and keeps the records that are applied live meanwhile. After a round that could keep all of them, the
 * kept records alone bring the scan to the live offset.
 */
export class WarmUpScan implements RecordObserver {
  readonly warmFrom: number;
  readonly warmUp: WarmUp;
  readonly #options: WarmUpScanOptions;
  readonly #maxKept: number;
  #next: number;
  #hasClock = false;
  #kept: { readonly record: TelemetryRecord; readonly at: RecordPosition }[] | undefined;

  constructor(options: WarmUpScanOptions) {
    this.#options = options;
    this.warmFrom = options.warmFrom;
    this.#next = options.warmFrom;
    this.warmUp = options.warmUp;
    this.#maxKept = options.maxKept ?? 20_000;
  }

  /** Keeps a record that was just applied live. */
  observe(record: TelemetryRecord, at: RecordPosition): void {
    if (this.#kept === undefined) return;
    if (this.#kept.length >= this.#maxKept) this.#kept = undefined;
    else this.#kept.push({ record, at });
  }

  /** Runs rounds until one keeps every live record; `liveOffset` returns the next offset to be applied live. */
  async approach(liveOffset: () => number): Promise<void> {
    for (let round = 0; round < maxRounds && this.warmUp.rules.length > 0; round += 1) {
      this.#kept = [];
      // Each round begins at the end of the previous one.
      await this.#readTo(liveOffset());
      if (this.#kept !== undefined) return;
    }
  }

  /** Applies the missing records up to `offset`, where the live evaluation waits. */
  async finish(offset: number): Promise<void> {
    if (this.#kept !== undefined) {
      const kept = this.#kept;
      this.#kept = undefined;
      const pace = new Pace();
      for (const [index, { record, at }] of kept.entries()) {
        if (at.offset < this.#next) continue;
        const rest = this.#apply(record, at);
        if (rest !== undefined) await rest;
        this.#next = at.offset + 1;
        if (index % recordsALook === 0 && pace.isDue) await pace.rest();
      }
    } else {
      await this.#readTo(offset);
    }
    this.#next = offset;
  }

  async #readTo(offset: number): Promise<void> {
    const { log, topic, partition, decoder, signal, metrics } = this.#options;
    if (this.#next >= offset) return;
    const pace = new Pace();
    if (!this.#hasClock) await this.#runClock();
    for await (const batch of log.read(topic, partition, { fromOffset: this.#next, toOffset: offset })) {
      signal.throwIfAborted();
      for (const entry of batch.records) {
        const record = decoder.decode(entry);
        if (record !== undefined) {
          const rest = this.#apply(record, { partition, offset: entry.offset, appendTime: entry.appendTime });
          if (rest !== undefined) await rest;
        }
        this.#next = entry.offset + 1;
        // Live records have precedence.
        if (entry.offset % recordsALook === 0 && pace.isDue) await pace.rest();
      }
      metrics.warmed.inc(batch.records.length);
    }
    this.#next = offset;
  }

  /** Lets the clock alone have what came before the scan, so that it is what it was then. */
  async #runClock(): Promise<void> {
    const { log, topic, partition, decoder, signal } = this.#options;
    const { warmFrom: fromOffset } = this;
    const pace = new Pace();
    let begin: number | undefined;
    for await (const { records } of log.read(topic, partition, { fromOffset, toOffset: fromOffset + 1 })) {
      begin = records[0]?.appendTime;
      break;
    }
    if (begin !== undefined) {
      const range = { fromTime: begin - clockBefore, toOffset: fromOffset };
      for await (const { records } of log.read(topic, partition, range)) {
        signal.throwIfAborted();
        for (const [index, entry] of records.entries()) {
          // The first batch may begin before the range.
          const record = entry.appendTime < range.fromTime ? undefined : decoder.decode(entry);
          if (record !== undefined) {
            this.warmUp.applyClock(record, { partition, offset: entry.offset, appendTime: entry.appendTime });
          }
          if (index % recordsALook === 0 && pace.isDue) await pace.rest();
        }
      }
    }
    this.#hasClock = true;
  }

  /** Whoever calls waits for what is answered. A record whose evaluation fails is passed over, as it is live. */
  #apply(record: TelemetryRecord, at: RecordPosition): Promise<void> | undefined {
    try {
      this.warmUp.applyRecord(record, at);
    } catch (error) {
      this.#failed(at, error);
    }
    return this.warmUp.left === undefined ? undefined : this.#applyTheRest(at);
  }

  async #applyTheRest(at: RecordPosition): Promise<void> {
    try {
      await inSlices(this.warmUp.left!);
    } catch (error) {
      this.#failed(at, error);
    }
  }

  #failed({ offset }: RecordPosition, error: unknown): void {
    const { topic, partition, skipped } = this.#options;
    const detail = error instanceof Error ? error.message : String(error);
    skipped.note({ topic, partition, offset, reason: skipReasons.failed, detail });
  }
}
