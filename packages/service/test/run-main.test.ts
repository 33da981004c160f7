import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

async function run(behaviour: string, signals: readonly NodeJS.Signals[] = []) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main-fixture.ts"), behaviour]);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const exited = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  if (signals.length > 0) await once(child.stdout, "data");
  for (const signal of signals) {
    child.kill(signal);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
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

  it("does not hang on what it forgot to close, but names it", async () => {
    const { code, err } = await run("lingers");
    expect(code).toBe(0);
    expect(err).toMatch(/^Still open at the end: .*Timeout/);
  });
});
