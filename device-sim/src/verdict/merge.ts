import { SimulationError } from "../errors.ts";
import type { LoadCounts } from "../load/load-context.ts";
import { sumOf } from "./compare.ts";
import { sumOfContents } from "./compare-content.ts";
import { type FleetVerdict, judge, type Latency, mergeLatencies } from "./verdict.ts";

/**
 * One verdict of the parts of a fleet that ran as several processes (`--share`), judged anew as a whole.
 * @throws SimulationError if they are not the parts of one fleet, each of them once.
 */
export function mergeOf(parts: readonly FleetVerdict[]): FleetVerdict {
  const [first] = parts;
  if (first === undefined) throw new SimulationError("there is no verdict to merge; name the files of all parts");
  checkParts(first, parts);
  const stored = allOf(parts.map((part) => part.stored));
  const logged = allOf(parts.map((part) => part.logged));
  const loggedUnknown = parts.find((part) => part.loggedUnknown !== undefined)?.loggedUnknown;
  const latency = (kind: keyof FleetVerdict["latency"]): Latency =>
    mergeLatencies(parts.map((part) => part.latency[kind]));
  const storedUnknown = parts.find((part) => part.storedUnknown !== undefined)?.storedUnknown;
  const { share, expectations: _judged, holds: _held, ...rest } = first;
  const together = {
    ...rest,
    beganAt: parts.map(({ beganAt }) => beganAt).toSorted()[0]!,
    seconds: Math.max(...parts.map(({ seconds }) => seconds)),
    devices: total(parts, ({ devices }) => devices),
    refused: parts.flatMap(({ refused }) => refused),
    counts: countsOf(parts.map(({ counts }) => counts)),
    scheduled: total(parts, ({ scheduled }) => scheduled),
    unacked: total(parts, ({ unacked }) => unacked),
    stored: stored && sumOf(stored),
    ...(storedUnknown !== undefined && { storedUnknown }),
    content: sumOfContents(parts.map((part) => part.content)),
    logged: logged && sumOf(logged),
    loggedUnknown,
    latency: { ack: latency("ack"), logged: latency("logged"), stored: latency("stored"), command: latency("command") },
    lag: mergeLatencies(parts.map(({ lag }) => lag)),
    couldNotKeepUp: parts.some(({ couldNotKeepUp }) => couldNotKeepUp),
    alerts: first.alerts.map((alert, i) => {
      const raised = parts.map((part) => part.alerts[i]?.raised ?? null);
      return {
        ...alert,
        expected: total(parts, ({ alerts }) => alerts[i]?.expected ?? 0),
        raised: raised.includes(null) ? null : raised.reduce<number>((sum, each) => sum + each!, 0),
      };
    }),
  };
  const commands = first.commands.map((command, i) => ({
    ...command,
    expected: total(parts, (part) => part.commands[i]?.expected ?? 0),
    received: total(parts, (part) => part.commands[i]?.received ?? 0),
  }));
  const run = { ...together, commands };
  const expectations = judge(run, share!.expect);
  return { ...run, expectations, holds: expectations.every(({ holds }) => holds) };
}

function checkParts(first: FleetVerdict, parts: readonly FleetVerdict[]): void {
  if (first.share === undefined) throw new SimulationError("this verdict is of a whole fleet; only parts are merged");
  const { parts: wanted } = first.share;
  const found = new Set<number>();
  for (const { fleet, seed, share } of parts) {
    if (fleet !== first.fleet || seed !== first.seed || share?.parts !== wanted) {
      const one = `${first.fleet} (seed ${first.seed}, ${wanted} parts)`;
      throw new SimulationError(`${fleet} (seed ${seed}, ${share?.parts ?? 1} parts) is not a part of ${one}`);
    }
    if (found.has(share.part)) throw new SimulationError(`part ${share.part}/${wanted} is given twice`);
    found.add(share.part);
  }
  const missing = Array.from({ length: wanted }, (_, i) => i + 1).filter((part) => !found.has(part));
  if (missing.length > 0) {
    const names = missing.map((part) => `${part}/${wanted}`).join(", ");
    throw new SimulationError(`the part ${names} is missing; a fleet is judged whole`);
  }
}

function total(parts: readonly FleetVerdict[], of: (part: FleetVerdict) => number): number {
  return parts.reduce((sum, part) => sum + of(part), 0);
}

/** Undefined as soon as one part does not know. */
function allOf<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}

function countsOf(all: readonly LoadCounts[]): LoadCounts {
  const counts = { ...all[0]! };
  for (const more of all.slice(1)) {
    for (const key of Object.keys(counts) as (keyof LoadCounts)[]) counts[key] += more[key];
  }
  return counts;
}
