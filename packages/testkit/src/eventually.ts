import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";

/** A limit against hanging, not a measure of speed: a busy machine is no reason to fail (milliseconds). */
const defaultLimitMs = 60_000;
const firstPauseMs = 5;
const longestPauseMs = 100;

/**
 * Repeats a check until it passes and resolves with what it returned. When the time is up, the last failure of the
 * check is the failure of the test.
 */
export async function eventually<T>(check: () => Promise<T> | T, withinMs?: number): Promise<T>;
/**
 * Repeats a probe until its value is accepted and resolves with that value. Rejects with the last value, or the last
 * failure of the probe, when the time is up.
 */
export async function eventually<T>(
  probe: () => Promise<T> | T,
  accept: (value: T) => boolean,
  withinMs?: number,
): Promise<T>;
export async function eventually<T>(
  probe: () => Promise<T> | T,
  acceptOrLimit?: ((value: T) => boolean) | number,
  limitMs?: number,
): Promise<T> {
  const accept = typeof acceptOrLimit === "function" ? acceptOrLimit : () => true;
  const withinMs = (typeof acceptOrLimit === "number" ? acceptOrLimit : limitMs) ?? defaultLimitMs;
  const deadline = performance.now() + withinMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const isLast = performance.now() >= deadline;
    try {
      const value = await probe();
      if (accept(value)) return value;
      if (isLast) throw new RangeError(`Still not as expected after ${withinMs} ms: ${inspect(value, { depth: 6 })}`);
    } catch (error) {
      if (isLast) throw error;
    }
    await delay(pauseMs);
  }
}
