import { QueueClosedError, QueueFullError } from "../errors.ts";

export interface BatcherOptions<T, R> {
  /** A batch of so many items is flushed at once. */
  readonly maxItems: number;
  /** A batch of so many bytes is flushed at once. Needs `sizeOf`. Default: no bound. */
  readonly maxBytes?: number;
  readonly sizeOf?: (item: T) => number;
  /** The first item of a batch waits no longer than this for others (milliseconds). 0: until the present turn of the event loop ends. */
  readonly maxDelayMs: number;
  /** More items than this, waiting and in flight, are refused. Default: 16 batches. */
  readonly maxPendingItems?: number;
  /** How many flushes may run at once. Default 1, which keeps the order. */
  readonly concurrency?: number;
  /** Does the work for a whole batch. */
  flush(items: readonly T[]): Promise<R>;
}

class Batch<T, R> {
  readonly items: T[] = [];
  bytes = 0;
  readonly done: Promise<R>;
  resolve!: (result: R) => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.done = new Promise<R>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // A caller may well drop the promise of an item: the batch's owner is told through `flush` itself.
    this.done.catch(() => {});
  }
}

/**
 * Collects items into batches by count, bytes and time, and flushes each as one. All items of a batch share one promise,
 * so an item costs no promise of its own; if the flush rejects, the whole batch does.
 */
export class Batcher<T, R = void> {
  readonly #options: BatcherOptions<T, R>;
  readonly #maxPending: number;
  #open: Batch<T, R> | undefined;
  readonly #full: Batch<T, R>[] = [];
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  /** The open batch's time has come, but nobody could flush it yet: until then it may as well grow. */
  #due = false;
  #flushing = 0;
  #pending = 0;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(options: BatcherOptions<T, R>) {
    this.#options = options;
    this.#maxPending = options.maxPendingItems ?? options.maxItems * 16;
  }

  /** Items that are waiting or in flight. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * The promise of the batch that the item went into: the flush's outcome.
   * Throws QueueFullError (retry) or QueueClosedError at once; the item was not taken then.
   */
  add(item: T): Promise<R> {
    if (this.#closed) throw new QueueClosedError("The batcher is closed");
    if (this.#pending >= this.#maxPending) {
      throw new QueueFullError(`More than ${this.#maxPending} items wait to be flushed`);
    }
    const { maxItems, maxBytes = Number.POSITIVE_INFINITY, sizeOf } = this.#options;
    const size = sizeOf === undefined ? 0 : sizeOf(item);
    if (this.#open !== undefined && this.#open.bytes + size > maxBytes) this.#seal();
    const batch = (this.#open ??= this.#begin());
    batch.items.push(item);
    batch.bytes += size;
    this.#pending += 1;
    if (batch.items.length >= maxItems || batch.bytes >= maxBytes) this.#seal();
    return batch.done;
  }

  /** Flushes what there is without waiting for its time, and resolves when nothing is pending, however the flushes ended. */
  async drain(): Promise<void> {
    this.#seal();
    if (this.#pending === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Takes no more items, and drains. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.drain();
  }

  #begin(): Batch<T, R> {
    const { maxDelayMs } = this.#options;
    const due = (): void => {
      if (this.#flushing < (this.#options.concurrency ?? 1)) this.#seal();
      else this.#due = true;
    };
    this.#timer = maxDelayMs > 0 ? setTimeout(due, maxDelayMs) : setImmediate(due);
    return new Batch<T, R>();
  }

  #seal(): void {
    const batch = this.#open;
    if (batch === undefined) return;
    this.#open = undefined;
    this.#due = false;
    if (this.#options.maxDelayMs > 0) clearTimeout(this.#timer as NodeJS.Timeout);
    else clearImmediate(this.#timer as NodeJS.Immediate);
    this.#full.push(batch);
    this.#flushNext();
  }

  #flushNext(): void {
    while (this.#flushing < (this.#options.concurrency ?? 1)) {
      const batch = this.#full.shift();
      if (batch === undefined) return;
      this.#flushing += 1;
      void this.#flush(batch);
    }
  }

  async #flush(batch: Batch<T, R>): Promise<void> {
    try {
      batch.resolve(await this.#options.flush(batch.items));
    } catch (error) {
      batch.reject(error);
    }
    this.#flushing -= 1;
    this.#pending -= batch.items.length;
    if (this.#due && this.#full.length === 0) this.#seal();
    else this.#flushNext();
    if (this.#pending === 0) {
      const idle = this.#idle;
      this.#idle = [];
      for (const resolve of idle) resolve();
    }
  }
}
