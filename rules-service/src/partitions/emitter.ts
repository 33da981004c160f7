import type { Logger } from "@headwater/core";
import type { EventLog, TopicNames } from "@headwater/event-log";
import { appendDurably } from "./append-durably.ts";
import type { EffectsBuffer } from "./effects-buffer.ts";
import type { PartitionMetrics } from "./metrics.ts";
import type { Ownership } from "./ownership.ts";

export interface EmitterOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly effects: EffectsBuffer;
  readonly ownership: Ownership;
  readonly metrics: PartitionMetrics;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Appends the outputs of the rules of a partition. */
export class Emitter {
  readonly #options: EmitterOptions;

  constructor(options: EmitterOptions) {
    this.#options = options;
  }

  /**
   * Appends all outputs since the last call, in order per topic; resolves when they are durable. Rejects with
   * OwnershipLostError before a former owner appends anything.
   */
  async emit(): Promise<void> {
    const { log, topics, effects, ownership, metrics, logger, signal } = this.#options;
    const outputs = effects.take();
    if (outputs === undefined) return;
    const before = (attempt: number): Promise<void> => ownership.assure(attempt > 1);
    await Promise.all(
      [
        { topic: topics.alerts, records: outputs.alerts },
        { topic: topics.commands, records: outputs.commands },
        { topic: topics.telemetry, records: outputs.derived },
      ].map(async ({ topic, records }) => {
        if (records.length === 0) return;
        await appendDurably(log, topic, records, { logger, signal, before });
        metrics.outputs.labels({ topic }).inc(records.length);
      }),
    );
    metrics.raised.inc(outputs.raised);
  }
}
