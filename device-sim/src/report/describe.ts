import type { Content } from "../verdict/compare-content.ts";
import type { FleetVerdict, Latency } from "../verdict/verdict.ts";

/** A verdict for a person at a terminal. */
export function describeVerdict(verdict: FleetVerdict): string {
  const { counts, stored, content, logged, latency, lag } = verdict;
  const rate = Math.round(counts.sent / Math.max(verdict.seconds, 0.001));
  const lines = [
    row("fleet", `${verdict.fleet}, seed ${verdict.seed}, ${verdict.devices} devices, ${verdict.seconds.toFixed(1)} s`),
    row("sent", `${counts.sent} (${rate}/s)${notes(verdict)}`),
    row("acked", `${counts.acked}${counts.unconfirmed > 0 ? `, and ${counts.unconfirmed} with QoS 0` : ""}`),
  ];
  if (verdict.unacked > 0) lines.push(row("unacked", String(verdict.unacked)));
  if (logged !== undefined) {
    lines.push(row("logged", `${logged.arrived}, ${logged.duplicated} duplicated, ${logged.reordered} reordered`));
  } else if (verdict.loggedUnknown !== undefined && stored !== undefined) {
    lines.push(row("logged", `not followed: ${verdict.loggedUnknown}`));
  }
  if (stored !== undefined) {
    const overwritten =
      stored.overwritten > 0 ? `, ${stored.overwritten} overwritten by a later one of the same time` : "";
    lines.push(row("stored", `${stored.arrived}${overwritten}`));
  }
  if (verdict.storedUnknown !== undefined) lines.push(row("stored", `not known: ${verdict.storedUnknown}`));
  const known = stored ?? (verdict.storedUnknown === undefined ? logged : undefined);
  if (known !== undefined) {
    lines.push(row("lost", String(known.lost)));
    for (const { device, from, to, fromTime, toTime } of known.lostRanges.slice(0, 10)) {
      lines.push(
        `  ${device}: ${from === to ? from : `${from} to ${to}`} (${fromTime}${from === to ? "" : ` to ${toTime}`})`,
      );
    }
    if (known.lostRanges.length > 10) lines.push(`  and ${known.lostRanges.length - 10} ranges more; --json has them`);
    if (known.unconfirmedMissing > 0)
      lines.push(row("", `${known.unconfirmedMissing} that nobody acknowledged are not there`));
  }
  if (content !== undefined) lines.push(...contentLines(content));
  if (counts.commands > 0) {
    const again = counts.repeatedCommands > 0 ? `, ${counts.repeatedCommands} delivered again` : "";
    lines.push(row("commands", `${counts.commands} received${again}, ${counts.commandsAnswered} answered`));
  }
  for (const { name, expected, received } of verdict.commands)
    lines.push(row("commands", `${name}: ${received} received, expected ${expected}`));
  for (const { rule, expected, raised } of verdict.alerts) {
    lines.push(row("alerts", `${rule}: ${raised ?? "unknown"}, expected ${expected}`));
  }
  lines.push(row("to ack", latencyText(latency.ack)));
  if (latency.logged.count > 0) lines.push(row("to the log", latencyText(latency.logged)));
  if (latency.stored.count > 0) lines.push(row("to a query", latencyText(latency.stored)));
  if (latency.command.count > 0) lines.push(row("to a command", latencyText(latency.command)));
  if (counts.reconnects > 0 || counts.cuts > 0)
    lines.push(row("reconnects", `${counts.reconnects}, after ${counts.cuts} cuts`));
  const refusals = Map.groupBy(verdict.refused, ({ reason }) => reason);
  for (const [reason, devices] of refusals) lines.push(row("refused", `${devices.length} devices: ${reason}`));
  for (const { seconds, text } of verdict.faults ?? []) lines.push(row("fault", `at ${seconds} s, ${text}`));
  if (verdict.couldNotKeepUp) {
    lines.push(
      row(
        "load",
        `could not keep up: it sent ${lag.p99.toFixed(0)} ms late (p99) by its own doing; latencies are too high.`,
      ),
      row("", "Use more threads (--threads), several processes (--share 1/2), or a lower rate."),
    );
  }
  lines.push("");
  for (const { name, wanted, found, holds } of verdict.expectations) {
    lines.push(`${holds ? "holds " : "BROKEN"}  ${name}: ${found} (expected: ${wanted})`);
  }
  return lines.join("\n");
}

function contentLines({ compared, changed, changes, retimed, retimes, misplaced, misplacements }: Content): string[] {
  const lines: string[] = [];
  if (changed > 0) lines.push(row("changed", `${changed} of ${compared} values that were compared`));
  for (const { device, seq, metric, sent, found } of changes.slice(0, 10))
    lines.push(`  ${device}: ${seq}, ${metric}: sent ${JSON.stringify(sent)}, found ${JSON.stringify(found)}`);
  if (retimed > 0) lines.push(row("retimed", `${retimed} lie at another time than their device gave them`));
  for (const { device, seq, byMs } of retimes.slice(0, 3)) lines.push(`  ${device}: ${seq}, by ${byMs} ms`);
  if (misplaced > 0) lines.push(row("misplaced", `${misplaced} of those that are lost lie with another device`));
  for (const { device, seq, foundAs } of misplacements.slice(0, 10))
    lines.push(`  ${device}: ${seq} lies with ${foundAs}`);
  return lines;
}

function row(name: string, text: string): string {
  return `${name.padEnd(12)} ${text}`;
}

function notes({ counts, scheduled }: FleetVerdict): string {
  const parts = [
    counts.late > 0 && `${counts.late} late on purpose`,
    counts.repeated > 0 && `${counts.repeated} sent twice`,
    counts.missing > 0 && `${counts.missing} left out`,
    counts.givenUp > 0 && `${counts.givenUp} given up by a full buffer`,
    counts.hostile > 0 && `${counts.hostile} hostile beside`,
    counts.sent + counts.missing + counts.hostile < scheduled && `${scheduled} were due`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

function latencyText({ count, p50, p90, p99, p999, max }: Latency): string {
  if (count === 0) return "unknown";
  const ms = (value: number): string =>
    value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
  return `p50 ${ms(p50)}  p90 ${ms(p90)}  p99 ${ms(p99)}  p99.9 ${ms(p999)}  max ${ms(max)} ms`;
}
