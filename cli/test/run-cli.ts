import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { format } from "node:util";
import { vi } from "vitest";
import { reportFailure } from "@headwater/service";
import { runCommand } from "../src/command-line.ts";

/** How a command ended, and what it printed. */
export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the command line as a process, with PATH, the cache of this run and `env` as its whole environment. */
export function startCli(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const main = join(import.meta.dirname, "../src/main.js");
  return spawn(process.execPath, [main, ...args], {
    stdio: "pipe",
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], ...env },
  });
}

/** Runs it as a process to its end. */
export async function runCliProcess(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const child = startCli(args, env);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

let isRunning = false;

/**
 * Runs a command in this process, with `env` as its whole environment: a process of its own takes half a second to
 * start. One at a time, as the standard streams are those of the test.
 */
export async function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  if (isRunning) throw new RangeError(`headwater ${args.join(" ")}: another command prints into the same streams`);
  isRunning = true;
  const out = captured(process.stdout, "log");
  const err = captured(process.stderr, "error");
  try {
    const code = await runCommand(args, { env, signal: new AbortController().signal }).catch(reportFailure);
    return { code: code ?? null, out: out.text(), err: err.text() };
  } finally {
    out.restore();
    err.restore();
    isRunning = false;
  }
}

/** What is written to a standard stream, and to the console's method that writes there: Vitest has its own. */
function captured(stream: NodeJS.WriteStream, method: "log" | "error") {
  const parts: Buffer[] = [];
  const printed = vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
    parts.push(Buffer.from(`${format(...values)}\n`));
  });
  const written = vi.spyOn(stream, "write").mockImplementation((chunk, ...rest) => {
    parts.push(typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk));
    const done = rest.find((each) => typeof each === "function");
    if (done !== undefined) process.nextTick(done);
    return true;
  });
  return {
    text: () => Buffer.concat(parts).toString(),
    restore() {
      printed.mockRestore();
      written.mockRestore();
    },
  };
}
