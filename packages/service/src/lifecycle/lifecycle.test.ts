import { afterEach, describe, expect, it, vi } from "vitest";
import { ResourceError, TimedOutError, silentLogger } from "@headwater/core";
import type { ServiceApp } from "../service-app.ts";
import { Lifecycle, runService } from "./index.ts";

function traced(stopWithinMs?: number) {
  const trace: string[] = [];
  const lifecycle = new Lifecycle({ logger: silentLogger, stopWithinMs });
  const add = (name: string, start?: () => Promise<void>, stop?: () => Promise<void> | void): void =>
    lifecycle.add(name, {
      async start() {
        trace.push(`start ${name}`);
        await start?.();
      },
      stop() {
        trace.push(`stop ${name}`);
        return stop?.();
      },
    });
  return { trace, lifecycle, add };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("Lifecycle", () => {
  it("starts in order and stops in reverse, once", async () => {
    const { trace, lifecycle, add } = traced();
    add("log", () => new Promise((resolve) => setImmediate(resolve)));
    add("http");
    lifecycle.add("nothing to do", {});
    await Promise.all([lifecycle.start(), lifecycle.start()]);
    expect(await lifecycle.stop()).toEqual([]);
    await lifecycle.stop();
    expect(trace).toEqual(["start log", "start http", "stop http", "stop log"]);
  });

  it("stops what was started when a part fails, that part included", async () => {
    const { trace, lifecycle, add } = traced();
    add("log");
    add("http", () => Promise.reject(new ResourceError("port in use")));
    add("mqtt");
    await expect(lifecycle.start()).rejects.toThrow("port in use");
    expect(trace).toEqual(["start log", "start http", "stop http", "stop log"]);
  });

  it("goes on stopping past a part that fails or hangs, and says which", async () => {
    vi.useFakeTimers();
    const { trace, lifecycle, add } = traced(300);
    add("log");
    add("hangs", undefined, () => new Promise(() => {}));
    add("fails", undefined, () => {
      throw new ResourceError("no");
    });
    await lifecycle.start();
    let isStopped = false;
    const stopping = lifecycle.stop().then((failures) => {
      isStopped = true;
      return failures;
    });
    await vi.advanceTimersByTimeAsync(299);
    expect(isStopped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isStopped).toBe(true);
    const failures = await stopping;
    expect(failures.map(({ part }) => part)).toEqual(["fails", "hangs"]);
    expect(failures[0]!.error).toBeInstanceOf(ResourceError);
    expect(failures[1]!.error).toBeInstanceOf(TimedOutError);
    expect(trace.at(-1)).toBe("stop log");
  });

  it("stopped during its start, starts nothing more, and stops what has begun", async () => {
    const { trace, lifecycle, add } = traced();
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    add("log", () => opened);
    add("http");
    const starting = lifecycle.start();
    await lifecycle.stop();
    open();
    await starting;
    expect(trace).toEqual(["start log", "stop log"]);
  });

  it("never started, stops only what was open from the beginning", async () => {
    const { trace, lifecycle, add } = traced();
    lifecycle.add("log", { stop: () => void trace.push("stop log") });
    add("http");
    lifecycle.add("store", { stop: () => void trace.push("stop store") });
    expect(await lifecycle.stop()).toEqual([]);
    await lifecycle.stop();
    expect(trace).toEqual(["stop store", "stop log"]);
  });
});

describe("runService", () => {
  function app(more: Partial<ServiceApp> = {}) {
    const trace: string[] = [];
    const service: ServiceApp = {
      name: "test",
      notReady: () => [],
      died: new Promise<never>(() => {}),
      ...more,
      start: async () => {
        trace.push("start");
        await more.start?.();
      },
      stop: async () => {
        trace.push("stop");
      },
    };
    return { trace, service };
  }

  it("runs until it is told to stop", async () => {
    const stop = new AbortController();
    const { trace, service } = app();
    await runService(service, {
      signal: stop.signal,
      onReady: () => {
        trace.push("ready");
        stop.abort();
      },
    });
    expect(trace).toEqual(["start", "ready", "stop"]);
  });

  it("told to stop while it starts, does not wait for the start", async () => {
    const stop = new AbortController();
    const { trace, service } = app({ start: () => new Promise(() => {}) });
    const running = runService(service, { signal: stop.signal });
    stop.abort();
    await running;
    expect(trace).toEqual(["start", "stop"]);
  });

  it("stops a service that failed to start or died, and rejects with why", async () => {
    const { signal } = new AbortController();
    const failing = app({ start: () => Promise.reject(new ResourceError("port in use")) });
    await expect(runService(failing.service, { signal })).rejects.toThrow("port in use");
    expect(failing.trace).toEqual(["start", "stop"]);
    const died = Promise.withResolvers<never>();
    const dying = app({ died: died.promise });
    const onReady = (): void => died.reject(new ResourceError("credentials refused"));
    await expect(runService(dying.service, { signal, onReady })).rejects.toThrow("credentials refused");
    expect(dying.trace).toEqual(["start", "stop"]);
  });
});
