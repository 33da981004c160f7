import { FatalError } from "@headwater/core";
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

/** A gateway on an embedded log in a process of its own, to be killed. */
export async function startProcess(
  dataDir: string,
): Promise<{ child: ChildProcess; port: number; ended: Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "embedded-process.ts"), dataDir, "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      const match = /ready (\d+)/.exec(chunk.toString());
      if (match !== null) resolve(Number(match[1]));
    });
    void ended.then(() => reject(new FatalError("the gateway ended")));
  });
  return { child, port, ended };
}
