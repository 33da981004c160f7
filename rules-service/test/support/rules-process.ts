import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { token } from "./harness.ts";
import type { Answer } from "./harness.ts";

const entry = fileURLToPath(new URL("./rules-main.ts", import.meta.url));

/** A rules service as a process of its own, as `headwater start rules` runs it. */
export class RulesProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;
  readonly output: string[] = [];
  url = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exit = once(child, "exit");
  }

  /** Resolves when it has printed `ready`, or has ended before that. */
  static async start(env: Readonly<Record<string, string>>): Promise<RulesProcess> {
    const child = spawn(process.execPath, [entry], {
      // With the cache, as the command line has one, its threads start without a compiler of their own.
      env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const running = new RulesProcess(child);
    const ready = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        running.#keep(line);
        if (!line.startsWith("ready")) return;
        running.url = line.split(" ").at(-1)!;
        resolve();
      });
    });
    createInterface({ input: child.stderr }).on("line", (line) => running.#keep(line));
    await Promise.race([ready, running.#exit]);
    return running;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Resolves with [exit code, signal] when the process has ended. */
  async ended(): Promise<unknown[]> {
    return this.#exit;
  }

  /** Kills the process in whatever state it is. */
  async clear(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
  }

  /** As `fetch`; one that does not answer says what it printed last, since it may have ended. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, init);
    } catch (cause) {
      const { exitCode, signalCode } = this.#child;
      const state = exitCode === null && signalCode === null ? "runs" : `ended with ${exitCode ?? signalCode}`;
      const why = inspect(cause);
      const told = this.output.slice(-30).join("\n");
      throw new Error(`${this.url} does not answer; it ${state} and printed last:\n${told}\n${why}`, { cause });
    }
  }

  #keep(line: string): void {
    this.output.push(line);
    if (this.output.length > 500) this.output.shift();
  }
}
