import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { endsWithUs } from "./ends-with-us.ts";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface ServiceProcessOptions {
  /** Its whole environment, apart from PATH and where Node keeps compiled sources. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The folder in which it starts. Default: that of the test. */
  readonly cwd?: string;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
}

/** A limit against hanging; a busy machine may take long to start a process (milliseconds). */
const readyWithinMs = 240_000;
const keptOutput = 1_000_000;
const shownOutput = 20_000;

const cli = fileURLToPath(new URL("../../../cli/src/main.js", import.meta.url));

/**
 * A process of Headwater under test. It is started on port 0 and says on its `ready` line where it listens, so that no
 * port is looked up before it is bound. It ends with the test process.
 */
export class ServiceProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #name: string;
  #output = "";
  #addresses: readonly string[] = [];

  private constructor(
    script: string,
    args: readonly string[],
    { env = {}, cwd, nodeFlags = [] }: ServiceProcessOptions,
  ) {
    this.#name = [script, ...args].join(" ");
    const child = spawn(process.execPath, [...nodeFlags, script, ...args], {
      env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.pid = child.pid!;
    endsWithUs(child);
    this.exited = once(child, "close").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string | null,
    }));
  }

  /** Starts a script and resolves once it printed its `ready` line; rejects with its output if it ends before. */
  static async start(
    script: string,
    args: readonly string[],
    options: ServiceProcessOptions = {},
  ): Promise<ServiceProcess> {
    const started = new ServiceProcess(script, args, options);
    await started.#untilReady();
    return started;
  }

  /** Where it says that it listens, as URLs, in its order. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** The address of a scheme (`http`, `mqtt`, `wss`, …). Throws if it does not listen for that. */
  url(scheme: string): string {
    const found = this.#addresses.find((address) => address.startsWith(`${scheme}://`));
    if (found === undefined)
      throw new RangeError(`${this.#name} has no ${scheme}:// among ${this.#addresses.join(" ")}`);
    return found;
  }

  port(scheme: string): number {
    return Number(new URL(this.url(scheme)).port);
  }

  /** The end of what it printed, for the message of a failing test. */
  output(): string {
    return this.#output.slice(-shownOutput);
  }

  /** Sends the signal and resolves with how it ended; a process that has ended already stays as it is. */
  end(signal: NodeJS.Signals): Promise<Exit> {
    this.#child.kill(signal);
    return this.exited;
  }

  /** Runs a script to its end. */
  static async runToEnd(
    script: string,
    args: readonly string[],
    options: ServiceProcessOptions = {},
  ): Promise<{ code: number | null; output: string }> {
    const started = new ServiceProcess(script, args, options);
    started.#listen(() => {});
    const { code } = await started.exited;
    return { code, output: started.output() };
  }

  async #untilReady(): Promise<void> {
    const ready = new Promise<string>((resolve) => this.#listen(resolve));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new RangeError("was not ready in time")), readyWithinMs);
    });
    const ended = this.exited.then(({ code, signal }) => {
      throw new RangeError(`ended with ${code ?? signal} before it was ready`);
    });
    try {
      const line = await Promise.race([ready, ended, late]);
      this.#addresses = line.match(/\b[a-z]+:\/\/[^\s,]+/g) ?? [];
    } catch (error) {
      this.#child.kill("SIGKILL");
      throw new RangeError(`${this.#name} ${(error as Error).message}:\n${this.output()}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  #listen(onReady: (line: string) => void): void {
    let isReady = false;
    const take = (chunk: Buffer): void => {
      this.#output += chunk.toString("utf8");
      const line = isReady ? null : /^ready\b.*$(?=\n)/m.exec(this.#output);
      if (line !== null) {
        isReady = true;
        onReady(line[0]);
      }
      if (this.#output.length > 2 * keptOutput) this.#output = this.#output.slice(-keptOutput);
    };
    this.#child.stdout!.on("data", take);
    this.#child.stderr!.on("data", take);
  }
}

/** The environment of the test without Headwater's own settings, plus these. */
export function cleanEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(HEADWATER_|NODE_OPTIONS|VITEST)/.test(entry[0]),
  );
  return { ...Object.fromEntries(inherited), ...settings };
}

/** Runs `headwater …args` and resolves once it printed its `ready` line. */
export function startHeadwater(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  return ServiceProcess.start(cli, args, { env: cleanEnvironment(settings) });
}

/** Runs `headwater …args` to its end. */
export function runHeadwater(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  return ServiceProcess.runToEnd(cli, args, { env: cleanEnvironment(settings) });
}
