import type { AlertInput } from "@headwater/proto";
import { anyMetric } from "../conditions/program.ts";
import type { Position } from "../readings/position.ts";
import { deriverOf, type Reading } from "../readings/reading.ts";
import type { Transition } from "./fold.ts";
import type { Rule } from "./rule.ts";

/** What telling needs of an instance. */
export interface InstanceView {
  readonly rule: Rule;
  readonly device: string;
  readonly grounding: string;
  /** How far its readings lie behind the log at least (microseconds), up to five minutes. */
  readonly lag: number;
  /** The newest of its readings at or before a place. */
  lastOwn(place?: Position): Reading | undefined;
  latest(metric: string, place: Position | undefined): Reading | undefined;
}

type Evidence = NonNullable<AlertInput["evidence"]>[number];

export const noEvidence: readonly Evidence[] = [];

/** Most readings that one transition names as its evidence, for each role. */
const maxEvidence = 16;

/** The readings that made a transition, by what each of them did. */
export function evidenceOf(instance: InstanceView, shown: Transition, partition: number): readonly Evidence[] {
  const { rule } = instance;
  const { begun, decided, at } = shown;
  const armed = begun.reading;
  if (decided?.readings.length === 1) return evidenceOfOne(rule, armed, decided.readings[0]!, partition);
  const entries: Evidence[] = armed === undefined ? [] : [entryOf(armed, "armed", partition)];
  if (decided === undefined) {
    const held = instance.lastOwn(placeOf(shown));
    if (held === undefined) return entries;
    if (!isSame(held, armed)) entries.push(entryOf(held, "held", partition));
    entries.push({ ...entryOf(held, "timer", partition), eventTime: at });
    return entries;
  }
  const { readings } = decided;
  const most = entries.length + maxEvidence;
  // The sample holds what other rules take as well, however much that is.
  for (const reading of readings) {
    if (entries.length === most) break;
    if (!rule.takes(reading.metric) || isSame(reading, armed)) continue;
    // That something was heard is said by a reading as well.
    const isSaid = reading.metric === anyMetric && readings.some(({ metric }) => isOwn(rule, metric));
    if (!isSaid) entries.push(entryOf(reading, "decided", partition));
  }
  return entries;
}

/** Mostly the sample has one reading. The list is as long as it has to be; one that is pushed to has more room. */
function evidenceOfOne(rule: Rule, armed: Reading | undefined, only: Reading, partition: number): readonly Evidence[] {
  const decides = rule.takes(only.metric) && !isSame(only, armed);
  if (armed === undefined) return decides ? [entryOf(only, "decided", partition)] : noEvidence;
  const first = entryOf(armed, "armed", partition);
  return decides ? [first, entryOf(only, "decided", partition)] : [first];
}

function isSame({ offset, index }: Reading, other: Reading | undefined): boolean {
  return other !== undefined && other.offset === offset && other.index === index;
}

function isOwn(rule: Rule, metric: string): boolean {
  return metric !== anyMetric && rule.takes(metric);
}

function entryOf(reading: Reading, role: string, partition: number) {
  const { gateway, epoch, n, offset, eventTime, metric, value, derivedBy } = reading;
  const entry =
    typeof value === "string"
      ? { gateway, epoch, partition, n, offset, eventTime, metric, value: 0, text: value, role }
      : { gateway, epoch, partition, n, offset, eventTime, metric, value, role };
  if (derivedBy === "") return entry;
  const { rule, revision } = deriverOf(derivedBy);
  return { ...entry, derivedBy: rule, derivedRevision: revision };
}

/** The reading that began it: of an old episode that is told only now, no other may be retained. */
export function beganBy({ begun: { reading } }: Transition, metric: string): Reading | undefined {
  return reading?.metric === metric ? reading : undefined;
}

/** Readings at or before it are what the transition knew. */
export function placeOf({ decided, place, at }: Transition): Position | undefined {
  if (decided !== undefined) return { time: decided.time, offset: decided.offset, index: Number.MAX_SAFE_INTEGER };
  return place === undefined
    ? { time: at, offset: Number.MAX_SAFE_INTEGER, index: 0 }
    : { ...place, index: place.index - 1 };
}
