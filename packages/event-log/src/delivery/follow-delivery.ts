import type { FollowOptions, Following, LogGap } from "../event-log.ts";
import { Pace, type Logger } from "@headwater/core";
import type { PartitionBuffer } from "./partition-buffer.ts";

const BATCH_RECORDS = 10_000;

export interface FollowHooks {
  onRoom(): void;
  onGap(gap: LogGap): void;
  /** The following ends: its fetches are stopped and their resources released. */
  leave(): Promise<void>;
}

/** Delivers the batches of all partitions one after the other; the same for every adapter. */
export class FollowDelivery implements Following {
  readonly done: Promise<void>;
  readonly #options: FollowOptions;
  readonly #hooks: FollowHooks;
  readonly #buffers: PartitionBuffer[];
  /** Partitions whose records of the beginning are not all delivered yet, and the offsets at which those end. */
  readonly #behind: Map<PartitionBuffer, number>;
  readonly #settle: { resolve(): void; reject(error: unknown): void };
  #running: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #caughtUp = false;

  /** `ends`: where each buffer's partition ended when the following began. */
  constructor(options: FollowOptions, ends: ReadonlyMap<PartitionBuffer, number>, hooks: FollowHooks, logger: Logger) {
    this.#options = options;
    this.#hooks = hooks;
    this.#buffers = [...ends.keys()];
    this.#behind = new Map(ends);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.#settle = { resolve, reject };
    promise.catch((error: unknown) => logger.error({ err: error, topics: options.topics }, "following ended"));
  }

  get ended(): boolean {
    return this.#ending !== undefined;
  }

  buffers(): readonly PartitionBuffer[] {
    return this.#buffers;
  }

  /** One more partition, which was not there when the following began. */
  add(buffer: PartitionBuffer): void {
    this.#buffers.push(buffer);
  }

  /** Something may be in the buffers. */
  delivered(): void {
    if (this.#running !== undefined || this.ended) return;
    this.#running = this.#deliver()
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.#running = undefined;
        if (this.#buffers.some((buffer) => !buffer.isEmpty)) this.delivered();
      });
  }

  fail(error: unknown): void {
    void this.#end(false).then(() => this.#settle.reject(error));
  }

  async close(): Promise<void> {
    const already = this.ended;
    await this.#end(true);
    if (!already) this.#settle.resolve();
  }

  async #deliver(): Promise<void> {
    // Handlers that return no promise would hold the event loop until all that was fetched is delivered.
    const pace = new Pace();
    for (let found = true; found && !this.ended;) {
      found = false;
      for (const buffer of this.#buffers) {
        if (this.ended || buffer.isEmpty) continue;
        found = true;
        const gap = buffer.takeGap();
        if (gap !== undefined) await this.#pass(gap);
        const batch = buffer.take(BATCH_RECORDS);
        this.#hooks.onRoom();
        if (batch === undefined) continue;
        // Most handlers fold in memory and return no promise; awaiting undefined would cost a turn each time.
        const handled = this.#options.onBatch(batch);
        if (handled !== undefined) await handled;
        if (pace.isDue) await pace.rest();
      }
      this.#checkCaughtUp();
    }
  }

  async #pass(gap: LogGap): Promise<void> {
    this.#hooks.onGap(gap);
    await this.#options.onGap?.(gap);
  }

  #checkCaughtUp(): void {
    if (this.#caughtUp || this.ended) return;
    for (const [buffer, end] of this.#behind) if (buffer.nextOffset >= end) this.#behind.delete(buffer);
    if (this.#behind.size > 0) return;
    this.#caughtUp = true;
    this.#options.onCaughtUp?.();
  }

  #end(waitForHandler: boolean): Promise<void> {
    this.#ending ??= (async () => {
      if (waitForHandler) await this.#running;
      await this.#hooks.leave();
    })();
    return this.#ending;
  }
}
