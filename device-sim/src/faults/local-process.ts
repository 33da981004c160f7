import { type ChildProcess, spawn } from "node:child_process";
import { sleep } from "@headwater/core";
import { SimulationError } from "../errors.ts";

export interface LocalProcessOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it prints when it is ready; undefined: as soon as it runs. */
  readonly ready: string | undefined;
}

const readyMs = 120_000;
const endMs = 15_000;
/** Characters of its output that are kept for a person to read. */
const mostOutput = 4_000;

/** A process that the simulator starts, so that it can be killed, stopped and started again. */
export class LocalProcess {
  /** How it ended by itself; undefined: it did not. */
  endedByItself: string | undefined;
  readonly #options: LocalProcessOptions;
  #child: ChildProcess | undefined;
  #output = "";
  #isMeant = false;
  readonly #onExit = (): void => void this.#child?.kill("SIGKILL");

  constructor(options: LocalProcessOptions) {
    this.#options = options;
    process.once("exit", this.#onExit);
  }

  /** @throws SimulationError if it is not ready in time, with what it printed last. */
  async start(signal?: AbortSignal): Promise<void> {
    const { name, command, cwd, env, ready } = this.#options;
    const [program, ...args] = command;
    this.#output = "";
    this.#isMeant = false;
    const child = spawn(program === "node" ? process.execPath : program!, args, {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own: Ctrl-C at a terminal is the simulator's alone, which still has to ask what was stored.
      detached: true,
    });
    this.#child = child;
    let failure: string | undefined;
    child.once("error", (error) => (failure = error.message));
    child.once("exit", (code, signal) => {
      failure ??= signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
      if (!this.#isMeant) this.endedByItself = failure;
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => (this.#output = (this.#output + text).slice(-mostOutput)));
    }
    const deadline = performance.now() + readyMs;
    while (ready !== undefined && !this.#output.includes(ready)) {
      if (signal?.aborted === true) throw new SimulationError(`interrupted before the process ${name} was ready`);
      if (failure !== undefined || performance.now() > deadline) {
        const why = failure ?? `it did not print ${JSON.stringify(ready)} within ${readyMs / 1_000} s`;
        throw new SimulationError(`the process ${name} does not start: ${why}\n${this.#output.trim()}`);
      }
      await sleep(20);
    }
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child?.kill(name);
  }

  /** Resolves when it is gone; SIGTERM becomes SIGKILL if it takes too long. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    this.#isMeant = true;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    // A stopped process does not hear of SIGTERM.
    child.kill("SIGCONT");
    child.kill(signal);
    const hard = setTimeout(() => child.kill("SIGKILL"), endMs);
    await gone;
    clearTimeout(hard);
  }

  async close(): Promise<void> {
    await this.end("SIGTERM");
    process.off("exit", this.#onExit);
  }
}
