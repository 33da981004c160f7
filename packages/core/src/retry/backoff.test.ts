import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { DecodeError, HeadwaterError, TimedOutError, UnknownOutcomeError } from "../errors.ts";
import { aborted, sleep } from "../concurrency/sleep.ts";
import { backoff, retrying } from "./backoff.ts";
import { withTimeout } from "../concurrency/with-timeout.ts";

/** As an error of a port: something outside is away. */
class AwayError extends HeadwaterError {
  readonly advice = "wait";
  readonly code = "away";
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

async function lengthOf(wait: Promise<void>): Promise<number> {
  const before = Date.now();
  let ended = false;
  void wait.then(() => (ended = true));
  while (!ended) await vi.advanceTimersByTimeAsync(1);
  return Date.now() - before;
}

describe("backoff", () => {
  it("doubles its bound up to the maximum, and starts over after a reset", async () => {
    const pause = backoff({ baseMs: 100, maxMs: 1000, random: () => 0.999 });
    const lengths: number[] = [];
    for (let round = 0; round < 6; round += 1) lengths.push(Math.ceil((await lengthOf(pause.wait())) / 100) * 100);
    expect(lengths).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(pause.attempts).toBe(6);
    pause.reset();
    expect(await lengthOf(pause.wait())).toBeLessThanOrEqual(100);
  });

  it("waits anything from nothing up to its bound, and never less than it was asked to", async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat({ max: 50 }), async (random, asked) => {
        const length = await lengthOf(backoff({ baseMs: 40, random: () => random }).wait(asked));
        expect(length).toBeGreaterThanOrEqual(Math.floor(asked + random * 40));
        expect(length).toBeLessThanOrEqual(asked + 42);
      }),
      { numRuns: propertyRuns(30) },
    );
  });

  it("ends at once when it is aborted", async () => {
    const stop = new AbortController();
    const waiting = expect(backoff({ baseMs: 60_000, random: () => 1, signal: stop.signal }).wait()).rejects.toThrow(
      "stop",
    );
    stop.abort(new TimedOutError("stop"));
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("retrying", () => {
  it("repeats what advises so, telling of every time, and waits as long as it was asked to", async () => {
    const told: string[] = [];
    let calls = 0;
    const call = async (): Promise<string> => {
      calls += 1;
      if (calls === 1) throw new UnknownOutcomeError("away");
      if (calls === 2) throw new AwayError("busy", { retryAfterMs: 5000 });
      return "done";
    };
    const before = Date.now();
    const result = retrying(call, { onRetry: (error, attempt) => told.push(`${attempt} ${error.code}`) });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await result).toBe("done");
    expect(told).toEqual(["1 unknown-outcome", "2 away"]);
    expect(Date.now() - before).toBeGreaterThan(5000);
  });

  it("does not repeat what will never pass, nor a bug", async () => {
    for (const error of [new DecodeError("too large"), new TypeError("a bug")]) {
      let calls = 0;
      const call = (): Promise<never> => {
        calls += 1;
        return Promise.reject(error);
      };
      await expect(retrying(call)).rejects.toBe(error);
      expect(calls).toBe(1);
    }
  });

  it("gives up after so many calls, with the last error", async () => {
    let calls = 0;
    const failing = retrying(() => Promise.reject(new UnknownOutcomeError(`away ${(calls += 1)}`)), { maxAttempts: 3 });
    const outcome = expect(failing).rejects.toThrow("away 3");
    await vi.advanceTimersByTimeAsync(60_000);
    await outcome;
  });
});

describe("time limits", () => {
  it("withTimeout gives the outcome in time, else the error, and takes a late rejection", async () => {
    const late = () => new TimedOutError("late");
    expect(await withTimeout(Promise.resolve(1), 10, late)).toBe(1);
    await expect(withTimeout(Promise.reject(new UnknownOutcomeError("away")), 10, late)).rejects.toThrow("away");
    const slow = sleep(100).then(() => Promise.reject(new UnknownOutcomeError("away")));
    const outcome = expect(withTimeout(slow, 10, late)).rejects.toThrow("late");
    await vi.advanceTimersByTimeAsync(200);
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("sleep is cut short by its signal, before and during", async () => {
    const stop = new AbortController();
    const sleeping = expect(sleep(60_000, stop.signal)).rejects.toThrow("stop");
    stop.abort(new TimedOutError("stop"));
    await sleeping;
    await expect(sleep(1, stop.signal)).rejects.toThrow("stop");
    await aborted(stop.signal);
  });
});
