import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Starts the command line, with PATH and `env` as its whole environment. */
export function startCli(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const main = join(import.meta.dirname, "../src/main.ts");
  return spawn(process.execPath, [main, ...args], {
    stdio: "pipe",
    env: { PATH: process.env["PATH"], ...env },
  });
}

/** Runs it to its end. */
export async function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = startCli(args, env);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}
