import type { RecordableHistogram } from "node:perf_hooks";
import type { ExpectSpec } from "../fleet/fleet-schema.ts";
import { millisOf, shareOf } from "../fleet/units.ts";
import type { LoadCounts } from "../load/load-context.ts";
import type { Refusal } from "../load/worker-protocol.ts";
import type { Comparison } from "./compare.ts";
import type { Content } from "./compare-content.ts";

/** Milliseconds, from when a message was due. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** At `ranks`, of a part of a fleet: what the whole's percentiles are made of. */
  readonly steps?: readonly number[];
}

export interface AlertCount {
  readonly rule: string;
  readonly expected: number;
  /** null: nobody who is known serves alerts. */
  readonly raised: number | null;
  readonly tolerance: number;
}

/** Commands by name that values called for, and that were here, each once. */
export interface CommandCount {
  readonly name: string;
  readonly expected: number;
  readonly received: number;
  readonly tolerance: number;
}

export interface Expectation {
  readonly name: string;
  readonly wanted: string;
  readonly found: string;
  readonly holds: boolean;
}

/** Of a fleet that runs as several processes. */
export interface Share {
  readonly part: number;
  readonly parts: number;
  /** What the fleet expects of the whole. */
  readonly expect: ExpectSpec;
}

/** Until a message was acknowledged, on the log, shown by a query; until the command was here that it called for. */
export const latencyKinds = ["ack", "logged", "stored", "command"] as const;
export type LatencyKind = (typeof latencyKinds)[number];

export interface FleetVerdict {
  readonly share?: Share;
  readonly fleet: string;
  readonly seed: number;
  readonly beganAt: string;
  readonly seconds: number;
  readonly devices: number;
  readonly refused: readonly Refusal[];
  readonly counts: LoadCounts;
  /** Messages that fell due. */
  readonly scheduled: number;
  /** Sent with QoS 1 or 2, and not acknowledged by the end. */
  readonly unacked: number;
  readonly stored: Comparison | undefined;
  /** Why the store did not say all that it was asked; undefined: it did, or nobody has asked it. */
  readonly storedUnknown?: string;
  /** What stored messages say; undefined: it was not held against what was sent. */
  readonly content: Content | undefined;
  /** What the log had, as far as it could be followed. */
  readonly logged: Comparison | undefined;
  /** Why the log was not followed whole. */
  readonly loggedUnknown: string | undefined;
  readonly latency: Readonly<Record<LatencyKind, Latency>>;
  /** By which the load itself was late. */
  readonly lag: Latency;
  /** The load was not what was asked for, by its own doing. */
  readonly couldNotKeepUp: boolean;
  readonly alerts: readonly AlertCount[];
  readonly commands: readonly CommandCount[];
  /** What was done to processes and hops; seconds since the schedule began. */
  readonly faults?: readonly { readonly seconds: number; readonly text: string }[];
  readonly expectations: readonly Expectation[];
  readonly holds: boolean;
}

/** Percentiles at which a part of a fleet tells its latencies: every half percent, and finer above 99. */
const ranks = [
  ...Array.from({ length: 198 }, (_, i) => (i + 1) / 2),
  ...Array.from({ length: 9 }, (_, i) => 99 + (i + 1) / 10),
  ...Array.from({ length: 9 }, (_, i) => 99.9 + (i + 1) / 100),
  100,
];

export function latencyOf(histogram: RecordableHistogram, isPart = false): Latency {
  const { count } = histogram;
  const at = (percentile: number): number => (count === 0 ? 0 : histogram.percentile(percentile) / 1_000);
  return {
    ...{ count, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: count === 0 ? 0 : histogram.max / 1_000 },
    ...(isPart && { steps: ranks.map(at) }),
  };
}

/** Those of all messages of the parts; each rank of a part stands for those between it and the rank below. */
export function mergeLatencies(parts: readonly Latency[]): Latency {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const weighed = parts
    .flatMap((part) =>
      (part.steps ?? []).map((value, i) => ({ value, weight: part.count * (ranks[i]! - (ranks[i - 1] ?? 0)) })),
    )
    .toSorted((a, b) => a.value - b.value);
  const at = (percentile: number): number => {
    let left = percentile * count - 1e-6 * count;
    return weighed.find(({ weight }) => (left -= weight) <= 0)?.value ?? 0;
  };
  const max = Math.max(0, ...parts.map((part) => part.max));
  return { count, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max };
}

/** Milliseconds of its own lag from which on a run is not what was asked for. */
const mostLag = 100;

export function couldNotKeepUp(lag: Latency): boolean {
  return lag.p99 > mostLag;
}

/** What the fleet expects of a run, and whether it was so. Without a word of it nothing acknowledged may be lost. */
export function judge(run: Omit<FleetVerdict, "expectations" | "holds">, expect: ExpectSpec): readonly Expectation[] {
  const found: Expectation[] = [];
  const most = (name: string, wanted: number | undefined, value: number | undefined): void => {
    if (wanted === undefined) return;
    const shown = value === undefined ? "unknown" : String(value);
    found.push({
      name,
      wanted: wanted === 0 ? "none" : `at most ${wanted}`,
      found: shown,
      holds: value !== undefined && value <= wanted,
    });
  };
  const isStoreSilent = run.storedUnknown !== undefined && run.stored === undefined;
  const known = isStoreSilent ? undefined : (run.stored ?? run.logged);
  most("lost", known === undefined && !isStoreSilent ? expect.lost : (expect.lost ?? 0), known?.lost);
  most("unacked", expect.unacked ?? 0, run.unacked);
  const { content } = run;
  // Without a word of it no value may be another one, as far as values are compared.
  const isCompared = content !== undefined || (run.storedUnknown !== undefined && run.stored !== undefined);
  most("values changed", isCompared ? (expect.changed ?? 0) : expect.changed, content?.changed);
  most("retimed", expect.retimed, content?.retimed);
  most("duplicated", expect.duplicated, duplicatedOf(run));
  most("reordered", expect.reordered, run.logged?.reordered);
  most("devices refused", expect.refusedDevices ?? 0, run.refused.length);
  if (expect.sentAtLeast !== undefined) {
    const least = shareOf(expect.sentAtLeast)!;
    const { sent, missing, hostile } = run.counts;
    const share = run.scheduled === 0 ? 0 : (sent + missing + hostile) / run.scheduled;
    found.push({ name: "sent of what was due", wanted: percent(least), found: percent(share), holds: share >= least });
  }
  for (const kind of latencyKinds) {
    const wanted = expect.p99?.[kind];
    if (wanted === undefined) continue;
    const { count, p99 } = run.latency[kind];
    const holds = count > 0 && p99 <= millisOf(wanted)!;
    found.push({
      name: `p99 to ${kind}`,
      wanted: `at most ${wanted}`,
      found: count === 0 ? "unknown" : `${p99.toFixed(1)}ms`,
      holds,
    });
  }
  for (const { rule, expected, raised, tolerance } of run.alerts) {
    const holds = raised !== null && Math.abs(raised - expected) <= tolerance;
    const wanted = about(expected, tolerance);
    found.push({ name: `alerts of ${rule}`, wanted, found: raised === null ? "unknown" : String(raised), holds });
  }
  for (const { name, expected, received, tolerance } of run.commands) {
    const holds = Math.abs(received - expected) <= tolerance;
    found.push({ name: `commands ${name}`, wanted: about(expected, tolerance), found: String(received), holds });
  }
  if (expect.commandsAnswered !== undefined) {
    const least = shareOf(expect.commandsAnswered)!;
    const { commands, commandsAnswered } = run.counts;
    const share = commands === 0 ? 1 : commandsAnswered / commands;
    found.push({ name: "commands answered", wanted: percent(least), found: percent(share), holds: share >= least });
  }
  return found;
}

/** Those of the log, which sees each copy; a store that shows more, or that alone is known, says so. */
function duplicatedOf({ logged, stored }: Pick<FleetVerdict, "logged" | "stored">): number | undefined {
  const inStore = stored?.duplicated ?? 0;
  if (logged === undefined) return inStore > 0 ? inStore : undefined;
  return Math.max(logged.duplicated, inStore);
}

function about(expected: number, tolerance: number): string {
  return tolerance === 0 ? String(expected) : `${expected} ± ${tolerance}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share === 1 ? 0 : 2)} %`;
}
