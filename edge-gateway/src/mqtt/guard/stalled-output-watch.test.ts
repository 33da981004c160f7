import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { StalledOutputWatch } from "./stalled-output-watch.ts";
import type { StreamGuard } from "./stream-guard.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A watch with a limit of four seconds, and a client of it with output that waits. */
function watched() {
  const cuts: string[] = [];
  let standstillMs = 0;
  const watch = new StalledOutputWatch(4000, () => performance.now() + standstillMs);
  const stream = { destroyed: false, writableLength: 100 };
  const guard = { stream, written: 100, cut: (why: string) => cuts.push(why) };
  watch.start();
  watch.watch(guard as unknown as StreamGuard);
  return {
    cuts,
    guard,
    /** As if the process had not run for so long. */
    standStill: (ms: number) => (standstillMs += ms),
    stop: () => watch.stop(),
  };
}

it("cuts who reads nothing for the time that is allowed, and nobody who reads a little now and then", () => {
  const { cuts, guard, stop } = watched();
  for (let seconds = 0; seconds < 20; seconds += 3) {
    vi.advanceTimersByTime(3000);
    guard.stream.writableLength -= 1;
  }
  expect(cuts).toEqual([]);
  vi.advanceTimersByTime(6000);
  expect(cuts[0]).toBe("stalled-output");
  stop();
});

it("does not count the time in which the process itself stood still", () => {
  const { cuts, guard, standStill, stop } = watched();
  vi.advanceTimersByTime(1000);
  standStill(60_000);
  vi.advanceTimersByTime(1000);
  expect(cuts).toEqual([]);
  guard.stream.writableLength = 0;
  vi.advanceTimersByTime(60_000);
  expect(cuts).toEqual([]);
  stop();
});
