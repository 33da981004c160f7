import type { Position } from "../event-log.ts";
import { RequestError } from "@headwater/core";
import { keyOf } from "./position-table.ts";

/** No more requests than this wait at a time. */
const maxWaiters = 10_000;

interface Waiter {
  readonly offset: number;
  readonly settle: (error?: RequestError) => void;
}

/** Calls that wait until the model covers a position. */
export class PositionWaiters {
  readonly #covered = new Map<string, number>();
  readonly #waiting = new Map<string, Set<Waiter>>();
  #count = 0;

  /** Everything of the partition before `next` is covered. */
  cover(topic: string, partition: number, next: number): void {
    const key = keyOf(topic, partition);
    if (next <= (this.#covered.get(key) ?? 0)) return;
    this.#covered.set(key, next);
    for (const waiter of this.#waiting.get(key) ?? []) if (waiter.offset < next) waiter.settle();
  }

  /** The model was emptied: nothing is covered any more, but the waiting goes on. */
  reset(): void {
    this.#covered.clear();
  }

  wait(position: Position, timeoutMs: number): Promise<void> {
    const key = keyOf(position.topic, position.partition);
    if (position.offset < (this.#covered.get(key) ?? 0)) return Promise.resolve();
    if (this.#count >= maxWaiters) {
      return Promise.reject(
        new RequestError(503, "too-many-waiting", "Too many requests wait for the read model; try again shortly"),
      );
    }
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiters);
      const waiter: Waiter = {
        offset: position.offset,
        settle: (error) => {
          clearTimeout(timer);
          this.#count -= 1;
          waiters.delete(waiter);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      const timer = setTimeout(() => waiter.settle(behind(position, timeoutMs)), timeoutMs);
      waiters.add(waiter);
      this.#count += 1;
    });
  }

  /** The model applies nothing more: all waiting calls are rejected. */
  end(makeError: () => RequestError): void {
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.settle(makeError());
  }
}

function behind(position: Position, timeoutMs: number): RequestError {
  const { topic, partition, offset } = position;
  return new RequestError(
    504,
    "read-model-behind",
    `What was written is safe in the log (${topic}, partition ${partition}, offset ${offset}), but not readable here after ${timeoutMs} ms; read it again shortly`,
  );
}
