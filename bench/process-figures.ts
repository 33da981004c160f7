import { readFileSync } from "node:fs";

// Linux only: what a process with all its threads used, as the kernel counts it.

const microsPerTick = 10_000;

/** User and system time of all threads, also of those that ended (microseconds, counted in hundredths of a second). */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * microsPerTick;
}

/** Time that all cores together were at work for anybody (microseconds). */
export function machineBusy(): number {
  const [, user, nice, system, , , irq, softIrq] = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]!.split(/\s+/);
  return [user, nice, system, irq, softIrq].reduce((sum, ticks) => sum + Number(ticks), 0) * microsPerTick;
}

/** Bytes resident now, and the most that there ever were. */
export function memoryOf(pid: number): { readonly resident: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
  return { resident: of("VmRSS"), peak: of("VmHWM") };
}

export const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
