import type { EventLog } from "@headwater/event-log";
import { sleep } from "@headwater/core";
import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LoadResult } from "./mqtt-load.ts";
import { cpuOf, machineBusy } from "./process-figures.ts";

/** What is measured: where the load goes, whose CPU counts, and where its records land. */
export interface Subject {
  readonly name: string;
  readonly port: number;
  /** "": no login. */
  readonly password: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly topic: string;
}

export interface LoadShape {
  readonly connections: number;
  readonly inFlight: number;
  readonly seconds: number;
  readonly numbered?: boolean;
}

export interface Round {
  readonly acked: number;
  /** Messages a second from the first one sent until all were on the log. */
  readonly throughput: number;
  /** Of those acknowledged, not on the log yet when the load ended. */
  readonly behind: number;
  /** µs of CPU a message, of each process and of all together. */
  readonly cpu: Readonly<Record<string, number>>;
  readonly cpuTotal: number;
  readonly loadCpu: number;
  /** Share of the machine that went to others than these processes, the load and Kafka. */
  readonly others: number;
}

/** Loads the subject and waits until all that it acknowledged is on the log. */
export async function measureRound(
  log: EventLog,
  subject: Subject,
  shape: LoadShape,
  kafkaPids: readonly number[],
): Promise<Round> {
  const parts = Object.entries(subject.pids);
  const around = [...kafkaPids, process.pid];
  const aroundCpu = (): number => around.reduce((sum, pid) => sum + cpuOf(pid), 0);
  const landedBefore = await landed(log, subject.topic);
  const before = parts.map(([, pid]) => cpuOf(pid));
  const [busyBefore, aroundBefore, began] = [machineBusy(), aroundCpu(), performance.now()];
  const result = await loadOnce(subject.port, subject.password, shape);
  const target = landedBefore + result.acked;
  const behind = Math.max(0, target - (await landed(log, subject.topic)));
  while ((await landed(log, subject.topic)) < target) await sleep(20);
  const allAt = Date.now();
  const used = parts.map(([, pid], index) => cpuOf(pid) - before[index]!);
  const total = used.reduce((sum, each) => sum + each, 0);
  const known = total + result.loadCpu * result.acked + aroundCpu() - aroundBefore;
  const machine = (performance.now() - began) * 1000 * availableParallelism();
  return {
    acked: result.acked,
    throughput: (result.acked / (allAt - result.beganAt)) * 1000,
    behind,
    cpu: Object.fromEntries(parts.map(([name], index) => [name, used[index]! / result.acked])),
    cpuTotal: total / result.acked,
    loadCpu: result.loadCpu,
    others: Math.max(0, machineBusy() - busyBefore - known) / machine,
  };
}

/** The load in a process of its own: what it costs is not the bench's. */
export async function loadOnce(port: number, password: string, shape: LoadShape): Promise<LoadResult> {
  const script = join(import.meta.dirname, "mqtt-load.ts");
  const args = [
    script,
    port,
    shape.connections,
    shape.inFlight,
    shape.seconds,
    password,
    shape.numbered === true ? "numbered" : "",
  ].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env["PATH"], BENCH_LASTING_SESSIONS: process.env["BENCH_LASTING_SESSIONS"] },
  });
  return JSON.parse(stdout) as LoadResult;
}

/** Records that the topic ever got. */
export async function landed(log: EventLog, topic: string): Promise<number> {
  return (await log.positions(topic)).reduce((sum, { end }) => sum + end, 0);
}

export const roundHeader =
  "pair  who                    msg/s to the log   µs CPU a message                       behind at the end   load's µs   others' share";

export function roundLine(pair: number, name: string, round: Round): string {
  const { throughput, cpu, cpuTotal, behind, loadCpu, others } = round;
  const parts = Object.entries(cpu).map(([part, micros]) => `${part} ${micros.toFixed(1)}`);
  const each = parts.length === 1 ? "" : ` (${parts.join(", ")})`;
  return [
    String(pair).padEnd(5),
    name.padEnd(22),
    String(Math.round(throughput)).padStart(16),
    `  ${`${cpuTotal.toFixed(2)}${each}`.padEnd(38)}`,
    String(behind).padStart(17),
    loadCpu.toFixed(1).padStart(11),
    `${(others * 100).toFixed(0)} %`.padStart(15),
  ].join(" ");
}
