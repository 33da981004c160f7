import { QueueClosedError } from "../errors.ts";

export interface BoundedQueueOptions<T> {
  readonly maxItems: number;
  /** Needs `sizeOf`. Default: no bound by bytes. */
  readonly maxBytes?: number;
  readonly sizeOf?: (item: T) => number;
}

interface Waiter {
  readonly ready: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * A first-in-first-out queue bounded by count and bytes. A producer waits (`push`) or is refused (`tryPush`) when it is full;
 * waiting producers get in in their order. An item larger than `maxBytes` by itself gets in when the queue is empty, since
 * it would wait for ever otherwise. One consumer.
 */
export class BoundedQueue<T> {
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #sizeOf: (item: T) => number;
  #items: T[] = [];
  #head = 0;
  #bytes = 0;
  #closed = false;
  #producers: Waiter[] = [];
  #consumer: Waiter | undefined;

  constructor(options: BoundedQueueOptions<T>) {
    this.#maxItems = options.maxItems;
    this.#maxBytes = options.maxBytes ?? Number.POSITIVE_INFINITY;
    this.#sizeOf = options.sizeOf ?? (() => 0);
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many pushes wait. */
  get waiting(): number {
    return this.#producers.length;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Takes the item if there is room and nobody waits before it. */
  tryPush(item: T): boolean {
    if (this.#closed || this.#producers.length > 0 || !this.#fits(item)) return false;
    this.#put(item);
    return true;
  }

  /** Resolves when the item is in. Rejects with QueueClosedError, or with the signal's reason; the item is not in then. */
  async push(item: T, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.tryPush(item)) return;
    if (this.#closed) throw new QueueClosedError("The queue is closed");
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter & { item: T } = {
        item,
        ready: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        fail: (error) => {
          signal?.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      const onAbort = (): void => {
        this.#producers = this.#producers.filter((other) => other !== waiter);
        reject(signal!.reason);
        // The one that left may have been too large where the next one fits.
        this.#admit();
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#producers.push(waiter);
    });
  }

  /** Takes up to `max` items, without waiting; none if it is empty. */
  take(max = Number.POSITIVE_INFINITY): T[] {
    const end = Math.min(this.#items.length, this.#head + max);
    const taken = this.#items.slice(this.#head, end);
    this.#head = end;
    for (const item of taken) this.#bytes -= this.#sizeOf(item);
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    this.#admit();
    return taken;
  }

  /**
   * Waits for at least one item and takes up to `max`; answers none once the queue is closed and drained.
   * Rejects with the signal's reason.
   */
  async pull(max = Number.POSITIVE_INFINITY, signal?: AbortSignal): Promise<T[]> {
    signal?.throwIfAborted();
    while (this.length === 0) {
      if (this.#closed) return [];
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          this.#consumer = undefined;
          reject(signal!.reason);
        };
        const done = (): void => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        this.#consumer = { ready: done, fail: done };
      });
    }
    return this.take(max);
  }

  /** Takes no more; what is in it can still be taken. Waiting pushes are rejected with QueueClosedError. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const waiting = this.#producers;
    this.#producers = [];
    for (const waiter of waiting) waiter.fail(new QueueClosedError("The queue is closed"));
    this.#wakeConsumer();
  }

  #fits(item: T): boolean {
    if (this.length === 0) return true;
    return this.length < this.#maxItems && this.#bytes + this.#sizeOf(item) <= this.#maxBytes;
  }

  #put(item: T): void {
    this.#items.push(item);
    this.#bytes += this.#sizeOf(item);
    this.#wakeConsumer();
  }

  #admit(): void {
    let admitted = 0;
    for (const waiter of this.#producers as (Waiter & { item: T })[]) {
      if (!this.#fits(waiter.item)) break;
      admitted += 1;
      this.#put(waiter.item);
      waiter.ready();
    }
    if (admitted > 0) this.#producers = this.#producers.slice(admitted);
  }

  #wakeConsumer(): void {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    consumer?.ready();
  }
}
