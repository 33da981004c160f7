import { events, telemetryHeaders } from "@headwater/proto";
import type { Logger } from "@headwater/core";
import type { EventLog, OutgoingRecord } from "@headwater/event-log";
import type { RulesConfig } from "../config.ts";
import { isTransient } from "./append-durably.ts";
import type { PartitionRunner } from "./partition-runner.ts";

export interface TickerOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly config: Pick<RulesConfig, "tickMs" | "idleTickMs">;
  readonly runners: () => Iterable<PartitionRunner>;
  readonly logger: Logger;
  readonly onFailure: (error: unknown) => void;
}

/** Appends ticks to the owned partitions, so that the log's clock advances where no gateway sends anything. */
export class Ticker {
  readonly #options: TickerOptions;
  readonly #last = new WeakMap<PartitionRunner, number>();
  #timer: NodeJS.Timeout | undefined;
  #appending: Promise<void> | undefined;

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), this.#options.config.tickMs);
  }

  /** Resolves when the tick under way has landed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#appending;
  }

  #tick(): void {
    // While the log is away no ticks are appended, so no device counts as silent for that time.
    if (this.#appending !== undefined) return;
    const { config, runners } = this.#options;
    const now = performance.now();
    const records: OutgoingRecord[] = [];
    for (const runner of runners()) {
      if (runner.trouble !== undefined) continue;
      const since = now - (this.#last.get(runner) ?? Number.NEGATIVE_INFINITY);
      if (!runner.takeSawData() && since < config.idleTickMs) continue;
      this.#last.set(runner, now);
      records.push({
        key: null,
        partition: runner.partition,
        value: events.telemetry.encode({ tick: { ownerEpoch: runner.epoch } }),
        headers: telemetryHeaders.tick,
      });
    }
    if (records.length === 0) return;
    this.#appending = this.#append(records).finally(() => {
      this.#appending = undefined;
    });
  }

  async #append(records: readonly OutgoingRecord[]): Promise<void> {
    const { log, topic, logger, onFailure } = this.#options;
    try {
      await log.append(topic, records);
    } catch (error) {
      // The next tick makes up for the missing one.
      if (isTransient(error)) logger.warn({ err: error, partitions: records.length }, "ticks were not appended");
      else onFailure(error);
    }
  }
}
