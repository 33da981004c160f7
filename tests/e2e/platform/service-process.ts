import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { FatalError } from "@headwater/core";

const cli = fileURLToPath(new URL("../../../cli/src/main.ts", import.meta.url));
const readyWithinMs = 60_000;

export interface ServiceProcess {
  readonly pid: number;
  /** Everything it printed, for the message of a failing test. */
  output(): string;
  /** Sends the signal and resolves with how it ended. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }>;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
}

/** The environment of the test without Headwater's own settings, plus these. */
export function cleanEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(HEADWATER_|NODE_OPTIONS|VITEST)/.test(entry[0]),
  );
  return { ...Object.fromEntries(inherited), ...settings };
}

/** Runs `headwater …args` and resolves once it printed its `ready` line. */
export async function startService(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const child = runCli(args, settings);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new FatalError(`headwater ${args.join(" ")} was not ready in time`)),
      readyWithinMs,
    );
  });
  const ended = child.process.exited.then(({ code, signal }) => {
    throw new FatalError(`headwater ${args.join(" ")} ended with ${code ?? signal} before it was ready`);
  });
  try {
    await Promise.race([child.ready, ended, late]);
  } catch (error) {
    child.kill();
    throw new FatalError(`${(error as Error).message}:\n${child.process.output()}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  return child.process;
}

/** Runs `headwater …args` to its end. */
export async function runToEnd(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = runCli(args, settings);
  const { code } = await child.process.exited;
  return { code, output: child.process.output() };
}

function runCli(args: readonly string[], settings: Readonly<Record<string, string>>) {
  const child: ChildProcess = spawn(process.execPath, [cli, ...args], {
    env: cleanEnvironment(settings),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let becameReady: () => void;
  const ready = new Promise<void>((resolve) => (becameReady = resolve));
  const take = (chunk: Buffer) => {
    printed += chunk.toString("utf8");
    if (/^ready/m.test(printed)) becameReady();
    if (printed.length > 2_000_000) printed = printed.slice(-1_000_000);
  };
  child.stdout!.on("data", take);
  child.stderr!.on("data", take);
  const exited = once(child, "close").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }));
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  void exited.then(() => process.off("exit", kill));
  const service: ServiceProcess = {
    pid: child.pid!,
    exited,
    output: () => printed.slice(-20_000),
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
  return { process: service, ready, kill };
}
