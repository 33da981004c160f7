import type { EventLog } from "@headwater/event-log";
import { RequestError, TimedOutError } from "@headwater/core";
import type { ReadModel } from "@headwater/event-log/read-model";
import { statementsOf } from "@headwater/event-log/read-model";
import { incarnationOf } from "./device-model.ts";
import type { Erasure } from "./erasure-table.ts";

/** Data of devices that were deleted with it, by the read model. */
export class Erasures {
  readonly #log: Pick<EventLog, "positions">;
  readonly #topic: string;
  readonly #model: ReadModel;
  readonly #timeoutMs: number;
  version = 0;
  /** Told when there is something new to be deleted. */
  onChanged?: () => void;

  constructor(options: {
    readonly log: Pick<EventLog, "positions">;
    readonly topic: string;
    readonly model: ReadModel;
    readonly timeoutMs: number;
  }) {
    this.#log = options.log;
    this.#topic = options.topic;
    this.#model = options.model;
    this.#timeoutMs = options.timeoutMs;
  }

  /** Called by the read model after a batch that has some. */
  changed(): void {
    this.version += 1;
    this.onChanged?.();
  }

  belowOf(device: string): number {
    return Number(this.#sql("SELECT below FROM erasures WHERE device = ?").get(device)?.["below"] ?? 0);
  }

  /** What this instance has not deleted from the store yet. */
  pending(partition: number, limit: number): readonly Erasure[] {
    return this.#sql("SELECT device, below FROM erasures WHERE partition = ? AND done < below LIMIT ?")
      .all(partition, limit)
      .map(({ device, below }) => ({ device: String(device), below: Number(below) }));
  }

  /** The same of one device. */
  pendingOf(device: string): Erasure | undefined {
    const row = this.#sql("SELECT below FROM erasures WHERE device = ? AND done < below").get(device);
    return row && { device, below: Number(row["below"]) };
  }

  /** Whether the deletions before that incarnation of the device are known. */
  isKnown(device: string, incarnation: number): boolean {
    return (incarnationOf(this.#model.db, device)?.incarnation ?? 0) >= incarnation;
  }

  done({ device, below }: Erasure): void {
    if (this.#model.db.isOpen) this.#sql("UPDATE erasures SET done = ? WHERE device = ?").run(below, device);
  }

  /** Resolves when every deletion is known that was in the log at the call. Rejects with TimedOutError. */
  async known(partition: number): Promise<void> {
    const end = (await this.#log.positions(this.#topic)).find((each) => each.partition === partition)?.end ?? 0;
    if (end === 0) return;
    try {
      await this.#model.waitFor({ topic: this.#topic, partition, offset: end - 1 }, this.#timeoutMs);
    } catch (error) {
      // That of a caller who gets an answer now or never; here it is waited for again.
      if (error instanceof RequestError)
        throw new TimedOutError("The read model is behind devices.v1", { cause: error });
      throw error;
    }
  }

  #sql(text: string) {
    return statementsOf(this.#model.db).of(text);
  }
}
