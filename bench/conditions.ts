import { execFileSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";

/** What has to stand beside a figure for it to mean something. */
export interface Conditions {
  readonly at: string;
  readonly commit: string;
  readonly node: string;
  readonly machine: string;
  readonly memoryGiB: number;
  /** Of the last minute, before the bench began: more than about 0.5 means that others were at work. */
  readonly loadAverage: number;
}

export function conditions(): Conditions {
  return {
    at: new Date().toISOString(),
    commit: git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "-uno") === "" ? "" : ", changed"),
    node: process.version,
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    loadAverage: Number(loadavg()[0]?.toFixed(2)),
  };
}

export function describe({ at, commit, node, machine, memoryGiB, loadAverage }: Conditions): string {
  return `${at}, ${commit}, Node ${node}, ${machine}, ${memoryGiB} GiB, load average ${loadAverage} before`;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** NaN without values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return below + (above - below) * (at - Math.floor(at));
}

function git(...args: string[]): string {
  return execFileSync("git", args, { encoding: "utf8", cwd: import.meta.dirname }).trim();
}
