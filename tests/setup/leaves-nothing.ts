import { afterAll, expect, vi } from "vitest";

/**
 * The files of a worker share its process, and what they have imported. So a file gives back what it changed of the
 * process: otherwise another file passes after it alone, or fails after it.
 */

// Taken before the file is imported: what it changes outside of its tests counts too.
const before = processState();

afterAll(() => {
  expect(changes(before, processState()), "what this file leaves behind in its process").toEqual([]);
});

type ProcessState = ReadonlyMap<string, unknown>;

function processState(): ProcessState {
  const state = new Map<string, unknown>([
    ["the working directory", process.cwd()],
    ["the exit code", process.exitCode],
    ["faked timers", vi.isFakeTimers()],
  ]);
  const put = (name: string, holder: object, keys: readonly string[]): void => {
    for (const key of keys) state.set(`${name}.${key}`, Reflect.get(holder, key));
  };
  put("globalThis", globalThis, ["Date", "fetch", "setTimeout", "setInterval", "setImmediate", "queueMicrotask"]);
  put("Date", Date, ["now"]);
  put("Math", Math, ["random"]);
  put("performance", performance, ["now"]);
  put("process", process, ["exit", "kill", "hrtime"]);
  put("process.stdout", process.stdout, ["write"]);
  put("process.stderr", process.stderr, ["write"]);
  put("console", console, ["log", "info", "warn", "error", "debug"]);
  put("process.env", process.env, Object.keys(process.env));
  for (const event of process.eventNames()) {
    // The logger's streams have one for as long as the garbage collector leaves one of them alone.
    if (event === "exit" || event === "beforeExit") continue;
    state.set(`the listeners of ${String(event)}`, process.listenerCount(event));
  }
  return state;
}

function changes(from: ProcessState, to: ProcessState): string[] {
  const names = new Set([...from.keys(), ...to.keys()]);
  return [...names].filter((name) => !Object.is(from.get(name), to.get(name)));
}
