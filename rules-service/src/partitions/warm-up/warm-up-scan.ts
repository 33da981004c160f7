import { setImmediate } from "node:timers/promises";
import type { TelemetryRecord } from "@headwater/proto";
import type { EventLog } from "@headwater/event-log";
import type { RecordPosition, WarmUp } from "../../engine/engine.ts";
import type { RecordObserver } from "../evaluation.ts";
import type { TelemetryDecoder } from "../telemetry-decoder.ts";
import type { PartitionMetrics } from "../metrics.ts";

export interface WarmUpScanOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly partition: number;
  /** The first telemetry offset that counts. */
  readonly warmFrom: number;
  readonly warmUps: readonly WarmUp[];
  readonly decoder: TelemetryDecoder;
  readonly metrics: PartitionMetrics;
  readonly signal: AbortSignal;
  /** Live records that are kept while the scan catches up with them. */
  readonly maxKept?: number;
}

/** So many rounds of catching up; whatever is still missing then is read while the partition waits. */
const maxRounds = 20;
/** Records between two looks at what else there is to do. */
const yieldEvery = 1000;

/**
 * One scan of older telemetry for all rules that are to be warmed. It runs beside the live evaluation: a round reads up
 * to where that stands, while what it applies meanwhile is kept; once a round ends with everything kept, the scan needs
 * nothing but those to be level.
 */
export class WarmUpScan implements RecordObserver {
  readonly warmFrom: number;
  readonly #options: WarmUpScanOptions;
  readonly #warmUps: Set<WarmUp>;
  readonly #maxKept: number;
  #next: number;
  #kept: { readonly record: TelemetryRecord; readonly at: RecordPosition }[] | undefined;

  constructor(options: WarmUpScanOptions) {
    this.#options = options;
    this.warmFrom = options.warmFrom;
    this.#next = options.warmFrom;
    this.#warmUps = new Set(options.warmUps);
    this.#maxKept = options.maxKept ?? 20_000;
  }

  /** That rule is not wanted any more. */
  drop(warmUp: WarmUp): void {
    this.#warmUps.delete(warmUp);
  }

  /** A record that was just applied live. */
  observe(record: TelemetryRecord, at: RecordPosition): void {
    if (this.#kept === undefined) return;
    if (this.#kept.length >= this.#maxKept) this.#kept = undefined;
    else this.#kept.push({ record, at });
  }

  /** Comes as close as it can; `liveOffset` answers the next offset that is applied live. */
  async approach(liveOffset: () => number): Promise<void> {
    for (let round = 0; round < maxRounds && this.#warmUps.size > 0; round += 1) {
      this.#kept = [];
      // Each round begins where the one before ended.
      await this.#readTo(liveOffset());
      if (this.#kept !== undefined) return;
    }
  }

  /** Takes in what is missing up to `offset`; the live evaluation stands there and waits. */
  async finish(offset: number): Promise<void> {
    if (this.#kept !== undefined) {
      for (const { record, at } of this.#kept) if (at.offset >= this.#next) this.#apply(record, at);
      this.#kept = undefined;
    } else {
      await this.#readTo(offset);
    }
    this.#next = offset;
  }

  async #readTo(offset: number): Promise<void> {
    const { log, topic, partition, decoder, signal, metrics } = this.#options;
    if (this.#next >= offset) return;
    for await (const batch of log.read(topic, partition, { fromOffset: this.#next, toOffset: offset })) {
      signal.throwIfAborted();
      let since = 0;
      for (const entry of batch.records) {
        const record = decoder.decode(entry);
        if (record !== undefined) {
          this.#apply(record, { partition, offset: entry.offset, appendTime: entry.appendTime });
        }
        this.#next = entry.offset + 1;
        since += 1;
        // Live records come first.
        if (since % yieldEvery === 0) await setImmediate();
      }
      metrics.warmed.inc(batch.records.length);
    }
    this.#next = offset;
  }

  #apply(record: TelemetryRecord, at: RecordPosition): void {
    for (const warmUp of this.#warmUps) warmUp.applyRecord(record, at);
  }
}
