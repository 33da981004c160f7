import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, pinnedName } from "./cache.ts";
import { InstallError } from "./errors.ts";
import { exclusively } from "./exclusive.ts";

export type Progress = (message: string) => void;

export interface Artifact {
  readonly name: string;
  /** The files that say what exactly to install; part of the folder's name. */
  readonly pinFiles: readonly URL[];
  readonly announce: string;
  /** Fills an empty folder, which is put in place only when this has succeeded. */
  install(dir: string): Promise<void>;
}

/** The folder of the artifact in the cache; installs it there first if need be. */
export async function installed(artifact: Artifact, progress: Progress): Promise<string> {
  const cache = cacheDir();
  const dir = join(cache, await pinnedName(artifact.name, artifact.pinFiles));
  if (existsSync(dir)) return dir;
  const waiting = (): void => progress(`${artifact.name}: another process is installing it; waiting`);
  return exclusively(join(cache, "locks", `${artifact.name}.lock`), waiting, async () => {
    if (existsSync(dir)) return dir;
    progress(`${artifact.name}: ${artifact.announce}`);
    const partial = await mkdtemp(`${dir}.partial-`);
    try {
      await artifact.install(partial);
      await rename(partial, dir);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    return dir;
  });
}

export interface Step {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs one step of an installation; its output goes to a log that the error points at. */
export async function runStep(step: Step): Promise<void> {
  const logs = join(cacheDir(), "logs");
  await mkdir(logs, { recursive: true });
  const logFile = join(logs, `install-${step.command.replaceAll(/[^a-z0-9-]/gi, "_").slice(-40)}-${process.pid}.log`);
  const log = await open(logFile, "w");
  const child = spawn(step.command, step.args, {
    cwd: step.cwd,
    env: { ...process.env, ...step.env },
    stdio: ["ignore", log.fd, log.fd],
  });
  await once(child, "exit").catch((error: unknown) => {
    throw new InstallError(`\`${step.command}\` could not be started: ${String(error)}`);
  });
  await log.close();
  if (child.exitCode === 0) {
    await rm(logFile, { force: true });
    return;
  }
  const lines = (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-15).join("\n");
  const how = child.signalCode ?? `exit code ${child.exitCode}`;
  throw new InstallError(
    `\`${step.command} ${step.args.join(" ")}\` ended with ${how}; ${logFile} ends with:\n${lines}`,
  );
}
