import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

async function run(behaviour: string, signals: readonly NodeJS.Signals[] = []) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main-fixture.ts"), behaviour]);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const exited = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  // Each signal once the process has said what it did before: two that come together have no order.
  for (const signal of signals) {
    await once(child.stdout, "data");
    child.kill(signal);
  }
  const [code] = await exited;
  return { code, out, err };
}

describe("a process run by runMain", () => {
  it("ends with 0 when its main returns, silently", async () => {
    expect(await run("returns")).toEqual({ code: 0, out: "", err: "" });
  });

  it.each(["SIGTERM", "SIGINT"] as const)("on %s is told to stop, and ends with 0", async (signal) => {
    expect(await run("stops", [signal])).toEqual({ code: 0, out: "going\nstopped\n", err: "" });
  });

  it("takes a signal that arrives twice at the same time for one, as npm passes Ctrl-C on", async () => {
    expect(await run("told-twice", ["SIGINT"])).toEqual({ code: 0, out: "going\nstopped\n", err: "" });
  });

  it("ends at once on the second signal", async () => {
    const { code } = await run("hangs", ["SIGTERM", "SIGINT"]);
    expect(code).toBe(130);
  });

  it("says an error that a person can act on in one line without a stack or a secret, and ends with 1", async () => {
    const { code, err } = await run("fatal");
    expect(code).toBe(1);
    expect(err).toBe("The log refused the password; set HEADWATER_KAFKA_PASSWORD: Basic [redacted] was refused\n");
  });

  it.each([
    ["bug", /^TypeError: a bug\n +at [^]*Caused by RangeError: the cause of it\n +at /],
    ["misplaced", /^RequestError: an answer that nobody gave\n +at /],
    ["unhandled", /^TypeError: nobody looked\n +at /],
  ])("ends with 70 and a stack on what nobody expected (%s)", async (behaviour, message) => {
    const { code, err } = await run(behaviour);
    expect(code).toBe(70);
    expect(err).toMatch(message);
  });

  it("goes on, silently, when the reader of its standard output has gone away", async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "main-fixture.ts"), "prints"]);
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await once(child, "close")).toEqual([0, null]);
    expect(err).toBe("");
  });

  it("logs on, and says once that nobody reads it", async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "main-fixture.ts"), "logs"]);
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await once(child, "close")).toEqual([0, null]);
    expect(err).toBe("Log lines cannot be written to standard output (EPIPE); the process goes on\n");
  });

  it.skipIf(!existsSync("/dev/full"))("logs on when the disk behind its standard output is full", async () => {
    const full = openSync("/dev/full", "w");
    const stdio = ["ignore", full, "pipe"] as const;
    const child = spawn(process.execPath, [join(import.meta.dirname, "main-fixture.ts"), "logs"], {
      stdio: [...stdio],
    });
    let err = "";
    child.stderr!.on("data", (chunk: Buffer) => (err += chunk.toString()));
    expect(await once(child, "close")).toEqual([0, null]);
    closeSync(full);
    expect(err).toBe("Log lines cannot be written to standard output (ENOSPC); the process goes on\n");
  });

  it("says nothing of its standard streams at the end", async () => {
    expect(await run("reads")).toEqual({ code: 0, out: "", err: "" });
  });

  it("does not hang on what it forgot to close, but names it", async () => {
    const { code, err } = await run("lingers");
    expect(code).toBe(0);
    expect(err).toMatch(/^Still open at the end: .*Timeout/);
  });
});
