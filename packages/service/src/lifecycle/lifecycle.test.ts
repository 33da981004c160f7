import { describe, expect, it } from "vitest";
import { ResourceError, TimedOutError, silentLogger, sleep } from "@headwater/core";
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

describe("Lifecycle", () => {
  it("starts in order and stops in reverse, once", async () => {
    const { trace, lifecycle, add } = traced();
    add("log", () => sleep(5));
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
    const { trace, lifecycle, add } = traced(50);
    add("log");
    add("hangs", undefined, () => new Promise(() => {}));
    add("fails", undefined, () => {
      throw new ResourceError("no");
    });
    await lifecycle.start();
    const before = performance.now();
    const failures = await lifecycle.stop();
    // Ten seconds are the default.
    expect(performance.now() - before).toBeLessThan(9000);
    expect(failures.map(({ part }) => part)).toEqual(["fails", "hangs"]);
    expect(failures[0]!.error).toBeInstanceOf(ResourceError);
    expect(failures[1]!.error).toBeInstanceOf(TimedOutError);
    expect(trace.at(-1)).toBe("stop log");
  });

  it("stopped during its start, starts nothing more, and stops what has begun", async () => {
    const { trace, lifecycle, add } = traced();
    add("log", () => sleep(20));
    add("http");
    const starting = lifecycle.start();
    await sleep(5);
    await lifecycle.stop();
    await starting;
    expect(trace).toEqual(["start log", "stop log"]);
  });

  it("never started, has nothing to stop", async () => {
    const { trace, lifecycle, add } = traced();
    add("log");
    expect(await lifecycle.stop()).toEqual([]);
    expect(trace).toEqual([]);
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
    const dying = app({ died: sleep(5).then(() => Promise.reject(new ResourceError("credentials refused"))) });
    await expect(runService(dying.service, { signal })).rejects.toThrow("credentials refused");
    expect(dying.trace).toEqual(["start", "stop"]);
  });
});
