import type { GroupBatch, LogGap } from "../event-log.ts";
import type { PartitionBuffer } from "./partition-buffer.ts";

export interface DeliveryHooks {
  onBatch(batch: GroupBatch): Promise<void>;
  onGap(gap: LogGap): Promise<void>;
  /** Keeps the next offset to read; false if the group has given the partition to someone else. */
  commit(topic: string, partition: number, offset: number): Promise<boolean>;
  /** There is room for more. */
  onRoom(): void;
  onFailure(error: unknown): void;
}

/** One partition in the hands of one member: its handler is called with one batch at a time. */
export class PartitionDelivery {
  readonly buffer: PartitionBuffer;
  readonly #hooks: DeliveryHooks;
  readonly #maxRecords: number;
  readonly #abort = new AbortController();
  #paused = false;
  #revoked = false;
  #running: Promise<void> | undefined;
  readonly #commits = new Set<Promise<boolean>>();
  /** Behind the last record that the handler was given. */
  #delivered: number;
  /** The offset that the group keeps; undefined while that is not known here. */
  #committed: number | undefined;

  /** `committed`: what the group keeps for the partition, unless the member chose another place to start at. */
  constructor(buffer: PartitionBuffer, maxRecords: number, committed: number | undefined, hooks: DeliveryHooks) {
    this.buffer = buffer;
    this.#delivered = buffer.nextOffset;
    this.#committed = committed;
    this.#maxRecords = maxRecords;
    this.#hooks = hooks;
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    if (!paused) this.wake();
  }

  /** Delivers the records in the buffer, unless a handler is at work already. */
  wake(): void {
    if (this.#running !== undefined || this.#paused || this.#abort.signal.aborted || this.buffer.isEmpty) return;
    this.#running = this.#deliver().finally(() => {
      this.#running = undefined;
      this.wake();
    });
  }

  /** No more batches; the handler in hand is told to stop, and its commits still count. */
  end(reason: unknown): void {
    this.#abort.abort(reason);
  }

  /**
   * The partition is someone else's: commits answer false from now on. Resolves when those already under way are
   * settled.
   */
  async revoke(reason: unknown): Promise<void> {
    this.#revoked = true;
    this.#abort.abort(reason);
    await Promise.allSettled(this.#commits);
  }

  /** Resolves when no handler and no commit is at work. */
  async idle(): Promise<void> {
    await this.#running;
    await Promise.allSettled(this.#commits);
  }

  async #deliver(): Promise<void> {
    const { signal } = this.#abort;
    try {
      while (!signal.aborted && !this.#paused) {
        if (this.buffer.isEmpty) return;
        const gap = this.buffer.takeGap();
        if (gap !== undefined) await this.#hooks.onGap(gap);
        const batch = this.buffer.take(this.#maxRecords);
        this.#hooks.onRoom();
        if (batch === undefined) {
          this.#commitPast();
          continue;
        }
        const next = batch.records.at(-1)!.offset + 1;
        this.#delivered = next;
        await this.#hooks.onBatch({ ...batch, signal, commit: (offset = next) => this.#commit(offset) });
      }
    } catch (error) {
      // A handler that gives up because it was told to has not failed.
      if (!(signal.aborted && (this.#revoked || error === signal.reason))) this.#hooks.onFailure(error);
    }
  }

  async #commit(offset: number): Promise<boolean> {
    if (this.#revoked) return false;
    const committing = this.#hooks.commit(this.buffer.topic, this.buffer.partition, offset);
    this.#commits.add(committing);
    try {
      const isKept = await committing;
      if (isKept) {
        this.#committed = offset;
        this.#commitPast();
      }
      return isKept;
    } finally {
      this.#commits.delete(committing);
    }
  }

  /**
   * Behind the last record there may be stored things that are none (markers of transactions, gaps): once everything
   * that was delivered is committed, so are they, or the group would lag behind the end for ever.
   */
  #commitPast(): void {
    const to = this.buffer.nextOffset;
    const committed = this.#committed;
    if (committed === undefined || committed < this.#delivered || committed >= to || this.#revoked) return;
    if (this.buffer.hasGap) return;
    this.#committed = to;
    // It is tried again with the next commit.
    this.#commit(to).catch(() => (this.#committed = committed));
  }
}
