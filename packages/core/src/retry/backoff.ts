import { HeadwaterError } from "../errors.ts";
import { sleep } from "../concurrency/sleep.ts";

export interface BackoffOptions {
  /** The first wait is somewhere between 0 and this (milliseconds). Default 100. */
  readonly baseMs?: number;
  /** No wait is longer, but for one that the other side asked for. Default 30 s. */
  readonly maxMs?: number;
  readonly signal?: AbortSignal;
  /** A number from 0 up to, not including, 1. Default: Math.random; tests give another. */
  readonly random?: () => number;
}

export interface Backoff {
  /** How many waits there were since the last reset. */
  readonly attempts: number;
  /**
   * Waits a random time between 0 and a bound that doubles with every attempt ("full jitter": clients that failed
   * together do not come back together). `atLeastMs` is the wait that the other side asked for (`retryAfterMs`).
   * Rejects with the signal's reason when that is aborted.
   */
  wait(atLeastMs?: number): Promise<void>;
  /** The next wait is a first one again. */
  reset(): void;
}

export function backoff(options: BackoffOptions = {}): Backoff {
  const { baseMs = 100, maxMs = 30_000, signal, random = Math.random } = options;
  let attempts = 0;
  return {
    get attempts() {
      return attempts;
    },
    async wait(atLeastMs = 0) {
      const bound = Math.min(maxMs, baseMs * 2 ** Math.min(attempts, 30));
      attempts += 1;
      await sleep(atLeastMs + random() * bound, signal);
    },
    reset() {
      attempts = 0;
    },
  };
}

export interface RetryOptions extends BackoffOptions {
  /** Gives up with the last error after so many calls. Default: never. */
  readonly maxAttempts?: number;
  /** Gives up with the error of the first call that fails so long after the begin (milliseconds). Default: never. */
  readonly maxForMs?: number;
  /** Called before every wait, so that no retry is silent. */
  readonly onRetry?: (error: HeadwaterError, attempt: number) => void;
}

/**
 * Calls until it succeeds. Only a HeadwaterError that advises `retry` or `wait` is repeated; every other error, and an
 * aborted signal, ends it with a rejection.
 */
export async function retrying<T>(call: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const pause = backoff(options);
  const begun = performance.now();
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof HeadwaterError) || (error.advice !== "retry" && error.advice !== "wait")) throw error;
      if (pause.attempts + 1 >= (options.maxAttempts ?? Number.POSITIVE_INFINITY)) throw error;
      if (performance.now() - begun >= (options.maxForMs ?? Number.POSITIVE_INFINITY)) throw error;
      options.onRetry?.(error, pause.attempts + 1);
      await pause.wait(error.retryAfterMs);
    }
  }
}
