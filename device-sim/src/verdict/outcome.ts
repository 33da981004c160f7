import { createHistogram } from "node:perf_hooks";
import type { Fleet } from "../fleet/fleet.ts";
import type { LoadCounts } from "../load/load-context.ts";
import type { LoadDone } from "../load/worker-protocol.ts";
import type { Comparison } from "./compare.ts";
import type { Content } from "./compare-content.ts";
import type { Probes } from "./probes.ts";
import { type AlertCount, type CommandCount, couldNotKeepUp, type FleetVerdict, judge, latencyOf } from "./verdict.ts";

/** What a run found, before it is judged. */
export interface Outcome {
  readonly done: readonly LoadDone[];
  readonly beganAt: string;
  readonly seconds: number;
  readonly devices: number;
  readonly stored: Comparison | undefined;
  readonly storedUnknown?: string;
  readonly content: Content | undefined;
  readonly logged: Comparison | undefined;
  readonly loggedUnknown: string | undefined;
  readonly probes: Probes;
  readonly alerts: readonly AlertCount[];
}

export function verdictOf(fleet: Fleet, [part, parts]: readonly [number, number], outcome: Outcome): FleetVerdict {
  const { done, probes, ...rest } = outcome;
  const precise = { lowest: 1, highest: 3_600_000_000, figures: 3 };
  const [ack, command, lag] = [createHistogram(precise), createHistogram(precise), createHistogram()];
  for (const each of done) {
    ack.add(each.ackLatency);
    command.add(each.commandLatency);
    lag.add(each.lag);
  }
  const counts = countsOf(done);
  const isPart = parts > 1;
  const lags = latencyOf(lag, isPart);
  const run = {
    ...(isPart && { share: { part, parts, expect: fleet.expect } }),
    ...rest,
    fleet: fleet.name,
    seed: fleet.seed,
    refused: done.flatMap((each) => each.refused),
    counts,
    scheduled: done.reduce((sum, each) => sum + each.scheduled, 0),
    unacked: counts.sent - counts.unconfirmed - counts.acked,
    latency: {
      ack: latencyOf(ack, isPart),
      logged: latencyOf(probes.logged, isPart),
      stored: latencyOf(probes.stored, isPart),
      command: latencyOf(command, isPart),
    },
    commands: commandsOf(fleet, done),
    lag: lags,
    couldNotKeepUp: couldNotKeepUp(lags),
  };
  const expectations = judge(run, fleet.expect);
  return { ...run, expectations, holds: expectations.every(({ holds }) => holds) };
}

function countsOf(done: readonly LoadDone[]): LoadCounts {
  const counts = { ...done[0]!.counts };
  for (const { counts: more } of done.slice(1)) {
    for (const key of Object.keys(counts) as (keyof LoadCounts)[]) counts[key] += more[key];
  }
  return counts;
}

function commandsOf(fleet: Fleet, done: readonly LoadDone[]): CommandCount[] {
  const devices = done.flatMap((each) => each.devices);
  return (fleet.expect.commands ?? []).map(({ name, tolerance = 0 }, i) => ({
    ...{ name, tolerance },
    expected: devices.reduce((sum, { commands }) => sum + commands[i]!.expected, 0),
    received: devices.reduce((sum, { commands }) => sum + commands[i]!.received, 0),
  }));
}
