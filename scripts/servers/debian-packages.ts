import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDir } from "./cache.ts";
import { InstallError } from "./errors.ts";
import { exclusively } from "./exclusive.ts";
import { runStep, type Progress } from "./install.ts";
import { findTool } from "./required-tool.ts";

/** What tests and benches take from Debian: a program, and the package that has it. */
export const debianPrograms = {
  chromium: "chromium",
  mosquitto: "mosquitto",
  mosquitto_pub: "mosquitto-clients",
  mosquitto_rr: "mosquitto-clients",
  mosquitto_sub: "mosquitto-clients",
  openssl: "openssl",
  prometheus: "prometheus",
  promtool: "prometheus",
} as const;

/** What Debian would start at the next boot. */
const services: Readonly<Record<string, string>> = {
  mosquitto: "mosquitto.service",
  prometheus: "prometheus.service",
};

export type DebianProgram = keyof typeof debianPrograms;

/** Debian keeps servers in folders that only root has on its PATH. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The path of the program; installs its package first where that is possible (Debian or Ubuntu, as root). */
export async function debianProgram(program: DebianProgram, progress: Progress): Promise<string> {
  await ensureDebianPrograms([program], progress);
  return pathOf(program) ?? program;
}

export async function ensureDebianPrograms(programs: readonly DebianProgram[], progress: Progress): Promise<void> {
  if (missing(programs).length === 0) return;
  const waiting = (): void => progress("another process is installing Debian's packages; waiting");
  await exclusively(join(cacheDir(), "locks", "apt.lock"), waiting, async () => {
    const packages = [...new Set(missing(programs).map((program) => debianPrograms[program]))];
    if (packages.length === 0) return;
    const byHand = `install ${packages.join(" and ")} (Debian: apt-get install ${packages.join(" ")})`;
    if (findTool("apt-get") === undefined)
      throw new InstallError(`${missing(programs).join(", ")} not found, nor apt-get: ${byHand}`);
    if (process.getuid?.() !== 0)
      throw new InstallError(`${missing(programs).join(", ")} not found, and only root can install: ${byHand}`);
    progress(`installing ${packages.join(", ")} with apt-get`);
    await withoutStartingServices(packages, async () => {
      await aptGet("update");
      await aptGet("install", "--yes", "--no-install-recommends", ...packages);
    });
    const absent = missing(programs);
    if (absent.length > 0) throw new InstallError(`${absent.join(", ")} still not found after apt-get: ${byHand}`);
  });
}

function pathOf(program: DebianProgram): string | undefined {
  return findTool(program) ?? systemFolders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

function missing(programs: readonly DebianProgram[]): DebianProgram[] {
  return programs.filter((program) => pathOf(program) === undefined);
}

async function aptGet(...args: string[]): Promise<void> {
  await runStep({
    command: "apt-get",
    args: ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", ...args],
    cwd: tmpdir(),
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
}

/**
 * Debian starts a server when its package is installed, unless this file says no. Where the machine has such a policy
 * (containers do) it stays; where it has none, it exists for as long as the installation takes.
 */
async function withoutStartingServices(packages: readonly string[], install: () => Promise<void>): Promise<void> {
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  if (ours) await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await install();
  } finally {
    if (ours) await rm(policy, { force: true });
  }
  // Nor at the next boot; there is nothing to tell where systemd is not in charge.
  if (!existsSync("/run/systemd/system") || findTool("systemctl") === undefined) return;
  for (const service of packages.flatMap((name) => services[name] ?? [])) {
    await runStep({ command: "systemctl", args: ["disable", "--now", service], cwd: tmpdir() });
  }
}
