import { ApiError, ProblemError } from "@headwater/client";
import { sleep } from "@headwater/core";
import { SimulationError } from "../../errors.ts";
import type { StoreReader } from "./reader.ts";

const pauseMs = 500;

/** Whether it is a store's answer, or its silence, rather than a fault of the simulator. */
export function isOfStore(error: unknown): error is Error {
  return error instanceof ApiError || error instanceof SimulationError;
}

/** Whether the same question may have an answer later. */
export function isForNow(error: unknown): boolean {
  if (error instanceof ProblemError) return error.status >= 500 || error.status === 408 || error.status === 429;
  return isOfStore(error);
}

/**
 * A store that is asked again, for up to `patienceMs`, when it has not answered: one broken connection at the end of a
 * long run is no reason to have no verdict. Answers are handed on whole, once.
 */
export function patient(store: StoreReader, patienceMs: number, hurry?: AbortSignal): StoreReader {
  async function whole<T>(ask: (take: (time: number, value: T) => void) => Promise<void>) {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const points: (readonly [time: number, value: T])[] = [];
      try {
        await ask((time, value) => void points.push([time, value]));
        return points;
      } catch (error) {
        if (!isForNow(error) || performance.now() > deadline || hurry?.aborted === true) throw error;
        await sleep(pauseMs, hurry).catch(() => undefined);
      }
    }
  }
  return {
    pauseMs: store.pauseMs,
    keepsText: store.keepsText,
    latest: (devices) => store.latest(devices),
    async eachPoint(device, take) {
      for (const [time, seq] of await whole<number>((each) => store.eachPoint(device, each))) take(time, seq);
    },
    ...(store.eachValue !== undefined && {
      async eachValue(device, metric, take) {
        const values = await whole<unknown>((each) => store.eachValue!(device, metric, each));
        for (const [time, value] of values) take(time, value);
      },
    }),
  };
}
