import { formatDuration } from "@headwater/core";
import type { Straggler } from "../engine/engine.ts";

/** Most gateways that are named. */
const maxNamed = 5;
const second = 1_000_000;

/** Gateways that lag while they send, each once, with the partition where it is worst. */
export function stragglerWarnings(
  partitions: Iterable<{ readonly partition: number; readonly stragglers: readonly Straggler[] }>,
): string[] {
  const worst = new Map<string, { readonly behind: number; readonly partition: number }>();
  for (const { partition, stragglers } of partitions) {
    for (const { gateway, behind } of stragglers) {
      if (behind > (worst.get(gateway)?.behind ?? 0)) worst.set(gateway, { behind, partition });
    }
  }
  const all = [...worst].toSorted(([, a], [, b]) => b.behind - a.behind);
  const named = all
    .slice(0, maxNamed)
    .map(
      ([gateway, { behind, partition }]) =>
        `gateway ${gateway} is ${formatDuration(Math.round(behind / second) * second)} behind in partition ` +
        `${partition} of telemetry: durations and silences of its devices are judged that much later; a backlog ` +
        "that it works off ends by itself, otherwise look at its way to the log",
    );
  const more = all.length - named.length;
  return more === 0 ? named : [...named, `${more} more gateways are behind`];
}
