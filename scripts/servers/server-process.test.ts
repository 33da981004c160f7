import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StartError } from "./errors.ts";
import { endProcesses, isServerAlive, signalProcess, spawnServer, waitUntilReady } from "./server-process.ts";

let dir: string;
beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), "headwater-servers-"))));
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A process that runs this script; `marker` is an argument of it. */
const spawnScript = (script: string, marker: string) =>
  spawnServer({
    name: "a server",
    command: process.execPath,
    args: ["--eval", `${script}; console.log("up")`, marker],
    logFile: join(dir, `${marker}.log`),
    keepRunning: false,
  });

describe("a server's process", () => {
  it("is recognised by its command line, so a reused pid is not taken for it", async () => {
    const { pid } = await spawnScript("setInterval(() => {}, 1000)", "recognised");
    expect(isServerAlive(pid, "recognised")).toBe(true);
    expect(isServerAlive(pid, "another")).toBe(false);
    await endProcesses([pid], "another");
    expect(isServerAlive(pid, "recognised")).toBe(true);
    await endProcesses([pid], "recognised");
    expect(isServerAlive(pid, "recognised")).toBe(false);
  });

  it("is ended even if it is stopped", async () => {
    const { pid } = await spawnScript("setInterval(() => {}, 1000)", "stopped");
    signalProcess(pid, "SIGSTOP");
    await endProcesses([pid], "stopped");
    expect(isServerAlive(pid, "stopped")).toBe(false);
  });

  it("is ended even if it ignores SIGTERM", async () => {
    const { pid } = await spawnScript('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)', "deaf");
    await sleep(300);
    await endProcesses([pid], "deaf", 200);
    expect(isServerAlive(pid, "deaf")).toBe(false);
  });

  it("that ends before it is ready is an error with the end of its log", async () => {
    const server = { name: "a server", logFile: join(dir, "failing.log") };
    const started = await spawnScript('console.error("address in use"); process.exit(3)', "failing");
    const ready = waitUntilReady(
      server,
      10_000,
      () => started.assertRunning(),
      () => Promise.resolve(false),
    );
    await expect(ready).rejects.toThrow(StartError);
    await expect(ready).rejects.toThrow(/exit code 3[\s\S]*address in use/);
  });

  it("that never becomes ready is an error with the last reason", async () => {
    const server = { name: "a server", logFile: join(dir, "slow.log") };
    const ready = waitUntilReady(
      server,
      100,
      () => {},
      () => Promise.reject(new Error("connection refused")),
    );
    await expect(ready).rejects.toThrow(/not ready within 0.1 s .*connection refused.*slow\.log/);
  });
});
