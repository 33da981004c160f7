import { type DeviceState, restateDevice } from "@headwater/aggregates";
import type { EventLog } from "@headwater/event-log";
import { HeadwaterError, type Logger } from "@headwater/core";
import type { FoldedDevice } from "./device-model.ts";
import { deviceRecord } from "./device-record.ts";

export interface RestatingOptions {
  readonly log: Pick<EventLog, "append">;
  readonly topic: string;
  readonly source: string;
  readonly logger: Logger;
  /** Whether the reader has seen the end of the log: before that it may hold a loser itself. */
  readonly caughtUp: () => boolean;
  /** Milliseconds; each instance waits a random part of it, so that mostly one of them writes. Default 2000. */
  readonly withinMs?: number;
}

/**
 * Appends the winner of a device again where the log's last word on it is a loser, so that compaction cannot keep the
 * loser alone (docs/adr/0003-restating-compacted-aggregates.md).
 */
export class Restating {
  readonly #options: RestatingOptions;
  readonly #dirty = new Map<string, DeviceState>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: RestatingOptions) {
    this.#options = options;
  }

  /** Called with every folded event, in order. */
  folded({ id, fold }: FoldedDevice): void {
    if (fold.needsRestating) {
      this.#dirty.set(id, fold.state);
      this.#arm();
    } else this.#dirty.delete(id);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #arm(): void {
    if (this.#stopped) return;
    const wait = Math.random() * (this.#options.withinMs ?? 2000);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#restate().finally(() => {
        this.#running = undefined;
      });
    }, wait);
  }

  async #restate(): Promise<void> {
    const { log, topic, source, logger, caughtUp } = this.#options;
    if (caughtUp()) {
      const states = [...this.#dirty];
      const records = states.map(([id, state]) => deviceRecord(restateDevice(id, state), source));
      try {
        if (records.length > 0) await log.append(topic, records);
        logger.info({ devices: states.map(([id]) => id).slice(0, 20) }, "devices were restated");
        // Clean once the restatement is read back; if another write overtook it, that is seen then.
        for (const [id, state] of states) if (this.#dirty.get(id) === state) this.#dirty.delete(id);
      } catch (error) {
        if (!(error instanceof HeadwaterError)) throw error;
        logger.warn({ code: error.code, problem: error.message }, "devices could not be restated; trying again");
      }
    }
    if (this.#dirty.size > 0) this.#arm();
  }
}
