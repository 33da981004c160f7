import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

/**
 * Preloaded into a process (`--import`): the longest turns of its event loop by the processor time of its first thread,
 * which others on the machine do not lengthen. At the end they are written to the file that BENCH_TURNS names, with the
 * number of the process behind it.
 */
export interface Turn {
  /** When it ended; milliseconds since the epoch. */
  readonly at: number;
  readonly cpuMs: number;
}

const everyMs = 2;
/** Turns below are not noted. */
const notedFromMs = Number(process.env["BENCH_TURNS_FROM_MS"] ?? "10");
const file = process.env["BENCH_TURNS"];

if (isMainThread && file !== undefined) {
  const turns: Turn[] = [];
  let before = usedMs();
  // A timer comes once in a turn: what was used since the one before is at least the longest turn between.
  setInterval(() => {
    const now = usedMs();
    if (now - before > notedFromMs) turns.push({ at: Date.now(), cpuMs: now - before });
    before = now;
  }, everyMs).unref();
  process.once("exit", () => writeFileSync(`${file}.${process.pid}`, JSON.stringify(turns)));
}

function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
