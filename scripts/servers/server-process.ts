import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { endsWithUs } from "@headwater/testkit/ends-with-us";
import { StartError } from "./errors.ts";

export interface ServerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Survive the process that started it; otherwise the server is killed when that one exits. */
  readonly keepRunning: boolean;
}

export interface ServerProcess {
  readonly pid: number;
  /** Throws a StartError with the end of the log once the process has ended. */
  assertRunning(): void;
}

export async function spawnServer(server: ServerCommand): Promise<ServerProcess> {
  const log = openSync(server.logFile, "a", 0o600);
  const child = spawn(server.command, server.args, {
    detached: true,
    stdio: ["ignore", log, log],
    // Not the caller's whole environment: both servers take settings from variables, and a
    // server must be what its pinned settings say on every machine.
    env: pick(process.env, ["PATH", "HOME", "TMPDIR", "LANG", "JAVA_HOME"]),
  });
  closeSync(log);
  await once(child, "spawn").catch((error: unknown) => {
    throw new StartError(`${server.name} could not be started: ${String(error)}`);
  });
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new StartError(`${server.name} could not be started`);
  if (!server.keepRunning) endsWithUs(child);
  return {
    pid,
    assertRunning() {
      if (child.exitCode === null && child.signalCode === null) return;
      const how = child.signalCode ?? `exit code ${child.exitCode}`;
      throw new StartError(`${server.name} ended with ${how}; ${server.logFile} ends with:\n${tail(server.logFile)}`);
    },
  };
}

/** Polls until `ready` answers true; its last error is the reason of a timeout. */
export async function waitUntilReady(
  server: Pick<ServerCommand, "name" | "logFile">,
  timeoutMs: number,
  assertRunning: () => void,
  ready: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let reason = "not ready yet";
  for (;;) {
    assertRunning();
    try {
      if (await ready()) return;
    } catch (error) {
      reason = String(error);
    }
    if (Date.now() >= deadline) {
      throw new StartError(
        `${server.name} was not ready within ${timeoutMs / 1000} s (${reason}); see ${server.logFile}`,
      );
    }
    await sleep(50);
  }
}

/** Returns after SIGSTOP once the process does nothing any more: threads that run at that moment go on for a while. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    return;
  }
  if (signal !== "SIGSTOP" || process.platform !== "linux") return;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const deadline = Date.now() + 5000;
  while (!isStopped(pid) && Date.now() < deadline) Atomics.wait(pause, 0, 0, 1);
}

function isStopped(pid: number): boolean {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.every((thread) =>
      / [TtZX] /.test(afterName(readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8"))),
    );
  } catch {
    // A thread or the process itself has ended.
    return !existsSync(`/proc/${pid}`);
  }
}

/** What `stat` says after the name in parentheses, which may hold anything: first the state. */
const afterName = (stat: string): string => stat.slice(stat.lastIndexOf(")") + 1, stat.lastIndexOf(")") + 4);

/** SIGTERM, then SIGKILL for those that are still there after the grace period. */
export async function endProcesses(pids: readonly number[], marker: string, graceMs = 15_000): Promise<void> {
  const alive = (): number[] => pids.filter((pid) => isServerAlive(pid, marker));
  for (const pid of alive()) {
    signalProcess(pid, "SIGTERM");
    // A stopped process (SIGSTOP of a fault test) sees no SIGTERM before it continues.
    signalProcess(pid, "SIGCONT");
  }
  const deadline = Date.now() + graceMs;
  while (alive().length > 0 && Date.now() < deadline) await sleep(25);
  for (const pid of alive()) signalProcess(pid, "SIGKILL");
  while (alive().length > 0) await sleep(25);
}

/**
 * Whether this pid still is the server whose command line contains `marker`: a state file may outlive
 * a reboot, and its pid may by then be anyone's. A zombie has no command line, so it counts as ended.
 */
export function isServerAlive(pid: number, marker: string): boolean {
  return commandLine(pid).includes(marker);
}

function commandLine(pid: number): string {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" });
  } catch {
    return "";
  }
}

function tail(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-12).join("\n");
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
